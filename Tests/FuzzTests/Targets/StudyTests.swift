// Studies on disk, damaged in every way.
import Foundation
import NumericCore
import Storage
import TestSupport
import Testing

@testable import LearningTasks
@testable import Tuning

@Suite(.onOwnThread(limit: Fuzzer.timeLimit), .serialized) struct StudyTests {
  private static let description = [
    (key: "task", value: "churn"), (key: "seed", value: "42"),
  ]

  private func newStudy(trials: Int = 10) throws -> Study {
    let space = try SearchSpace([
      SearchParameter("rate", .float(0.01...0.3, isLog: true)),
      SearchParameter("leaves", .integer(4...128, isLog: true)),
      SearchParameter("kind", .category(["a", "b", "c"])),
    ])
    return try Study(
      space: space, direction: .maximise, sampler: TPESampler(), pruner: NoPruner(),
      trialCount: trials, startingPoints: [[0.05, 16, 1]], seed: 1)
  }

  /// Runs a study to its end.
  private func finish(_ store: StudyStore) throws -> StudyFile {
    var study = try newStudy()
    let table = TrialTable(
      space: study.history.space, direction: .maximise, count: 10,
      context: RunContext(pool: WorkerPool(threads: 1)))
    try study.run(store: store, table: table, steps: 1...10) { missing, _ in
      var results: [Int: TrialResult] = [:]
      for trial in missing {
        let result = TrialResult(
          state: .complete, value: trial.point[0], bestStep: 3,
          checkpoints: [
            Checkpoint(step: 1, progress: 0.5, value: 0.1),
            Checkpoint(step: 4, progress: 2, value: trial.point[0]),
          ], seconds: 0.1)
        try store.record(trial.number, point: trial.point, result: result)
        results[trial.number] = result
      }
      return results
    }
    let file = StudyFile(study.history, description: Self.description)
    _ = try JSONDocument.text(of: file)
    _ = OptunaJournal.text(study.history, name: "x", attributes: Self.description, width: 4)
    return file
  }

  @Test func study() throws {
    let folder = try TemporaryFolder()
    let path = folder.appending("study.sqlite")
    do {
      // Half of the trials, so that the rest are asked for after the damage.
      let store = try StudyStore(path: path, description: Self.description)
      var half = try newStudy(trials: 6)
      while true {
        let batch = half.ask()
        if batch.isEmpty { break }
        let results = batch.map { trial in
          TrialResult(
            state: trial.number == 3 ? .pruned : .complete, value: trial.point[0], bestStep: 2,
            checkpoints: [Checkpoint(step: 2, progress: 1, value: 0.3)], seconds: 0.1)
        }
        for (trial, result) in zip(batch, results) {
          try store.record(trial.number, point: trial.point, result: result)
        }
        half.tell(results)
      }
    }
    let database = try DamagedDatabase(path: path)
    Fuzzer.run("study") { random in
      try database.damage(&random)
      do {
        let store = try StudyStore(path: path, description: Self.description)
        _ = try finish(store)
        return .accepted
      } catch TuningError.corruptStudy {
        return .refused
      } catch TuningError.otherStudy {
        return .refused
      } catch TuningError.database {
        // One byte of a database makes it read-only, as a disk or a permission may.
        return .refused
      }
    }
  }

  @Test func `study file`() throws {
    let folder = try TemporaryFolder()
    let file = try finish(
      StudyStore(path: folder.appending("study.sqlite"), description: Self.description))
    let text = try JSONDocument.text(of: file)
    let space = try newStudy().history.space
    Fuzzer.run("study file") { random in
      let input =
        random.once(in: 5)
        ? Array(text.utf8).mutatedBytes(&random)
        : Array(JSONTree(text).mutated(&random).text.utf8)
      do {
        let read = try StudyFile(decoding: input, file: "study.json")
        for trial in read.best(5) {
          guard space.holds(space.point(trial.params, otherwise: [0.05, 16, 1])) else {
            throw FuzzFinding(problem: "a point outside of the space")
          }
        }
        return .accepted
      } catch let error as StorageError where error.kind == .corrupt {
        return .refused
      } catch TuningError.corruptStudy {
        return .refused
      }
    }
  }
}
