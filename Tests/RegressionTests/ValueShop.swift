// Made-up customers with a value, dropped file by file, for the tests of the regression's loop.
import Foundation
import GradientBoosting
import LoopContract
import NumericCore
import Storage
import TestSupport

@testable import LearningTasks
@testable import Regression
@testable import Tabular

/// Files of customers, and the steps of a loop over them.
struct ValueShop {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The path of a name in the folder.
  func path(_ name: String) -> String { folder.appending(name) }

  func loop(
    threads: Int = 4, _ change: (inout RegressionTask.LoopConfiguration) -> Void = { _ in }
  ) -> RegressionLoop {
    var configuration = RegressionTask.LoopConfiguration()
    configuration.training.data.target = "value"
    configuration.training.data.id = ["id"]
    configuration.training.boosting.numTrees = 80
    configuration.training.boosting.learningRate = 0.1
    change(&configuration)
    return RegressionLoop(configuration, context: RunContext(pool: WorkerPool(threads: threads)))
  }

  struct Row {
    var id: Int
    var tenure: Int
    var plan: String
    var value: Int
  }

  /// Customers whose value follows from two columns, but for noise.
  func rows(_ range: Range<Int>) -> [Row] {
    range.map { id in
      var random = SeededGenerator(seed: 5, stream: UInt64(id))
      let tenure = Int.random(in: 0..<60, using: &random)
      let plan = id % 3
      let noise = Int.random(in: 0..<30, using: &random)
      return Row(
        id: id, tenure: tenure, plan: ["a", "b", "c"][plan],
        value: 10 + 3 * tenure + 25 * plan + noise)
    }
  }

  /// The same rows with their values dealt out anew.
  func shuffled(_ rows: [Row], seed: UInt64) -> [Row] {
    var random = SeededGenerator(seed: seed)
    return zip(rows, rows.map(\.value).shuffled(using: &random)).map { row, value in
      var row = row
      row.value = value
      return row
    }
  }

  func file(_ name: String, _ text: String) throws -> StepFile {
    try folder.write(Array(text.utf8), to: name)
    return StepFile(
      path: folder.appending(name), name: name,
      sha256: Fingerprint(of: Array(text.utf8)).sha256)
  }

  func file(_ name: String, _ rows: [Row], labelled: Bool = true) throws -> StepFile {
    let lines = rows.map {
      "C\($0.id),\($0.tenure),\($0.plan)" + (labelled ? ",\($0.value)\n" : "\n")
    }
    return try file(name, "id,tenure,plan" + (labelled ? ",value\n" : "\n") + lines.joined())
  }

  /// Trains a candidate of a name, with a work folder beside it.
  func train(
    _ loop: RegressionLoop, _ files: [StepFile], as name: String, champion: String? = nil
  ) throws -> TrainedCandidate {
    for path in [name, "\(name)-work"].map(folder.appending) {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    return try loop.train(
      TrainingRequest(
        files: files, candidate: folder.appending(name), work: folder.appending("\(name)-work"),
        champion: champion.map(folder.appending), unfinished: folder.appending("study")))
  }

  func judge(
    _ loop: RegressionLoop, _ name: String, champion: String? = nil
  ) throws -> Verdict {
    try loop.judge(
      folder.appending(name), work: folder.appending("\(name)-work"),
      champion: champion.map(folder.appending), comparisons: 0)
  }
}
