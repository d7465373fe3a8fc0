// Searching a churn model's hyperparameters: what becomes of studies that do not belong to a search.
import GradientBoosting
import NumericCore
import Storage
import TestSupport
import Testing
import Tuning

@testable import Classification
@testable import LearningTasks
@testable import Tabular

@Suite(.onOwnThread) struct ClassifierSearchTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `a study with other trials than are asked for is begun anew, or refused`() throws {
    let rows = (0..<300).map { row in
      "\(row % 17),\(row * 7 % 23),\((row % 17 > 9) != (row % 5 == 0) ? "yes" : "no")\n"
    }
    try folder.write(Array(("a,b,churn\n" + rows.joined()).utf8), to: "customers.csv")
    var configuration = ChurnSearchConfiguration()
    configuration.training.data.path = folder.appending("customers.csv")
    configuration.training.data.target = "churn"
    configuration.training.boosting.numTrees = 10
    configuration.trials = 2
    configuration.folds = 2
    let search = configuration
    let place = StudyPlace(folder: folder.appending("study"))
    let context = RunContext(pool: WorkerPool(threads: 2), progress: { _ in })
    func tune(
      _ out: String, anew: ((_ description: [(key: String, value: String)]) throws -> StudyStore)?
    ) throws -> TuningReport<ChurnTask> {
      try ChurnTask.tune(
        search, into: RunFolder(target: folder.appending(out)), shownAs: out, context: context,
        opening: { description in
          let store = try place.open(description: description, resumes: true, force: false)
          if try store.trials().isEmpty {
            try store.record(
              0, point: [0.5],
              result: TrialResult(
                state: .complete, value: 1, bestStep: 1, checkpoints: [], seconds: 0))
          }
          return store
        }, openingAnew: anew)
    }
    #expect(throws: TuningError.self) { try tune("refused", anew: nil) }
    let report = try tune("anew") { description in
      #expect(description.contains { $0 == ("rules", SearchRules.version) })
      return try place.open(description: description, resumes: false, force: true)
    }
    #expect(report.trials.count == 2 && report.best.value < 1)
  }
}
