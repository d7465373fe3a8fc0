// A small churn model, whose files are damaged.
import Evaluation
import Foundation
import GradientBoosting
import NumericCore
import Storage
import Tables
import TestSupport

@testable import Classification
@testable import LearningTasks
@testable import Tabular

/// A churn model of a made-up table.
struct ChurnBase {
  let folder: TemporaryFolder
  let table: String
  let model: String
  let pool = WorkerPool(threads: 1)

  var context: RunContext { RunContext(pool: pool) }

  init() throws {
    folder = try TemporaryFolder()
    var text = "id,tenure,charges,plan,churn\n"
    for row in 0..<120 {
      let churns = (row * 7) % 10 < (row % 3 == 0 ? 8 : 2)
      let charges = row % 11 == 0 ? "" : "\(Double((row * 37) % 90) + 0.5)"
      text += "c\(row),\((row * 13) % 60),\(charges),\(["a", "b", "é"][row % 3]),"
      text += churns ? "Yes\n" : "No\n"
    }
    try folder.write(Array(text.utf8), to: "table.csv")
    table = folder.appending("table.csv")
    model = folder.appending("model")
    var configuration = ChurnConfiguration()
    configuration.data.path = table
    configuration.data.target = "churn"
    configuration.data.id = ["id"]
    configuration.boosting.numTrees = 4
    configuration.boosting.numLeaves = 4
    configuration.boosting.minDataInLeaf = 5
    configuration.calibration = .isotonic
    _ = try ChurnTask.train(
      configuration, into: RunFolder(target: model), shownAs: model,
      context: RunContext(pool: pool))
  }

  func bytes(_ name: String) throws -> [UInt8] { try RunFolderReader.bytes(name, of: model) }

  func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

  /// Asks a model all that is asked of one.
  ///
  /// - Throws: what a user would be told; `FuzzFinding` for anything else.
  func use(_ model: ClassifierModel) throws {
    let read = try model.layout.reading(
      TableSource(location: table), labelled: true, withIdentifiers: true, context: context
    ).table
    let probabilities = try model.predict(read, pool: pool)
    guard probabilities.allSatisfy({ (0...1).contains($0) }) else {
      throw FuzzFinding(problem: "a probability outside of 0 to 1")
    }
    let reasons = try model.trees.contributions(model.layout.features(of: read), pool: pool)
    guard reasons.values.elements.allSatisfy(\.isFinite), reasons.base.isFinite else {
      throw FuzzFinding(problem: "a reason that is not finite")
    }
    _ = try PredictionReasons.columns(
      min(2, model.trees.inputs.count), of: model.layout.features(of: read),
      rowCount: read.rowCount, trees: model.trees, context: context)
    let importances = model.trees.importances()
    _ = try JSONDocument.text(of: importances)
    _ = try model.layout.labels(of: read, data: table)
  }
}

/// Runs a decoder and the use of what it read.
///
/// - Returns: refused for errors that belong to damaged files.
/// - Throws: `FuzzFinding` for an error that does not.
func attempting(_ decode: () throws -> Void, use: () throws -> Void) throws -> FuzzOutcome {
  do {
    try decode()
  } catch let error as StorageError {
    guard error.kind == .corrupt else { throw FuzzFinding(problem: "\(error)") }
    return .refused
  }
  do {
    try use()
  } catch is TableError {
  } catch is any TaskFailure {
  }
  return .accepted
}
