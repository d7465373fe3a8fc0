// A study from its first trial to its last: those that a store holds are told again, the others are
// run, and all are told in the order of their numbers.
import Tuning

extension Study {
  /// Runs the trials that a store does not hold yet.
  ///
  /// - Parameters:
  ///   - steps: the best step that a trial can have.
  ///   - perform: runs some trials of a batch in any way and records them in the store.
  /// - Throws: `TuningError`, and what `perform` throws.
  mutating func run(
    store: StudyStore, table: TrialTable, steps: ClosedRange<Int>,
    perform: (_ missing: [Trial], _ study: Study) throws -> [Int: TrialResult]
  ) throws {
    let stored = try store.trials()
    while true {
      let batch = ask()
      guard !batch.isEmpty else { return }
      for trial in batch {
        guard let known = stored[trial.number] else { continue }
        guard known.point == trial.point else {
          throw TuningError.corruptStudy(
            path: store.path, reason: "trial \(trial.number) has other parameters than were asked")
        }
        guard steps.contains(known.result.bestStep), known.result.value.isFinite,
          known.result.checkpoints.allSatisfy({ $0.value.isFinite })
        else {
          throw TuningError.corruptStudy(
            path: store.path,
            reason: "trial \(trial.number) has the value \(known.result.value) after "
              + "\(known.result.bestStep) steps, expected a finite one after "
              + "\(steps.lowerBound) to \(steps.upperBound)")
        }
      }
      var results = stored.mapValues(\.result)
      let missing = batch.filter { results[$0.number] == nil }
      try results.merge(perform(missing, self)) { $1 }
      tell(
        try batch.map { trial in
          guard let result = results[trial.number] else { throw TaskError.cancelled }
          table.end(trial, result)
          return result
        })
    }
  }
}
