// What a search goes on from: the study of one that was stopped, which lies beside the run folder,
// the study of one that has ended, which lies in it, or both.
import Storage
import Tuning

/// The trials that a search for a run folder may find.
struct EarlierStudy {
  /// Where the trials are kept until the search has ended.
  let place: StudyPlace
  /// The study of the run folder, if the search goes on and there is one.
  let finished: StudyFile?
  private let folder: String
  private let resumes: Bool
  private let force: Bool
  private let wasStopped: Bool

  /// Looks for trials.
  ///
  /// - Parameters:
  ///   - shown: the folder as messages name it.
  ///   - resumes: whether to go on with what is there.
  ///   - force: whether to begin anew, or to replace the folder.
  /// - Throws: `TuningError.nothingToResume`, `StorageError`, `TuningError.corruptStudy`.
  init(target: String, shownAs shown: String, resumes: Bool, force: Bool) throws {
    place = StudyPlace(target: target)
    folder = shown
    self.resumes = resumes
    self.force = force
    wasStopped = place.exists
    finished =
      resumes && SearchTask.holdsStudy(target) ? try StudyFile(folder: target) : nil
    if resumes, !wasStopped, finished == nil { throw TuningError.nothingToResume(path: shown) }
  }

  /// Opens the study that a search records its trials in.
  ///
  /// - Throws: `TuningError`; `.fewerTrials` if there are more trials than are wanted.
  func open(
    description: [(key: String, value: String)], trials: Int, context: RunContext
  ) throws -> StudyStore {
    if let finished {
      let path = "\(folder)/\(StudyFile.name)"
      if let key = finished.difference(from: description) {
        guard wasStopped, force else {
          throw TuningError.otherStudy(
            path: path, key: key, found: finished.description[key],
            expected: description.first { $0.key == key }?.value)
        }
      } else if finished.trials.count > trials {
        throw TuningError.fewerTrials(
          path: path, found: finished.trials.count, asked: trials)
      }
    }
    let store = try place.open(description: description, resumes: resumes, force: force)
    guard resumes else { return store }
    let stored = try store.trials().count
    guard stored <= trials else {
      throw TuningError.fewerTrials(path: store.path, found: stored, asked: trials)
    }
    let count = max(stored, finished?.trials.count ?? 0)
    context.progress(.note("the search goes on after \(count) trial\(count == 1 ? "" : "s")"))
    return store
  }
}

extension StudyFile {
  /// The first key in which this study differs from a search; nil if it is of that search.
  func difference(from search: [(key: String, value: String)]) -> String? {
    search.first { description[$0.key] != $0.value }?.key
      ?? description.keys.sorted().first { key in !search.contains { $0.key == key } }
  }

  /// Puts trials into a store that lacks them.
  ///
  /// - Throws: `TuningError`.
  func copyTrials(to store: StudyStore, space: SearchSpace) throws {
    let stored = try store.trials()
    let first = [Double](repeating: 0, count: space.parameters.count)
    for trial in trials where stored[trial.number] == nil {
      try store.record(
        trial.number, point: space.point(trial.params, otherwise: first),
        result: TrialResult(
          state: trial.state, value: trial.value, bestStep: trial.bestStep,
          checkpoints: trial.steps.map {
            Checkpoint(step: $0.step, progress: $0.progress, value: $0.value)
          }, seconds: 0))
    }
  }
}
