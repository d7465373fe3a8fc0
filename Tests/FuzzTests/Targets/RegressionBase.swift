// A small regression model, whose run folder is damaged.
import GradientBoosting
import NumericCore
import Storage
import Tables
import TestSupport

@testable import Tasks

/// A regression model of a made-up table.
struct RegressionBase {
  /// The files that a model is read from.
  static let model = RegressionModel.fileName
  static let layout = ColumnLayout.fileName

  let table: String
  let model: String
  private let folder: TemporaryFolder
  private let original: Manifest
  private let context = RunContext(pool: WorkerPool(threads: 1))

  init() throws {
    folder = try TemporaryFolder()
    var text = "id,rooms,area,street,price\n"
    for row in 0..<80 {
      let area = row % 11 == 0 ? "" : "\(Double((row * 37) % 90) + 0.5)"
      text += "h\(row),\((row * 13) % 7),\(area),\(["a", "b", "é"][row % 3]),"
      text += "\((row * 13) % 7 * 50 + row % 3 * 20 + row % 5)\n"
    }
    table = try folder.write(text, to: "table.csv")
    model = folder.appending("model")
    var configuration = RegressionConfiguration()
    configuration.data.path = table
    configuration.data.target = "price"
    configuration.data.id = ["id"]
    configuration.boosting.numTrees = 4
    configuration.boosting.numLeaves = 4
    configuration.boosting.minDataInLeaf = 5
    _ = try RegressionTask.train(
      configuration, into: RunFolder(target: model), shownAs: model, context: context)
    original = try Manifest(folder: model)
  }

  func bytes(_ name: String) throws -> [UInt8] { try RunFolderReader.bytes(name, of: model) }

  /// Replaces files, and lists them in the manifest as if training had written them.
  func replace(_ files: [String: [UInt8]]) throws {
    var manifest = original
    for (name, bytes) in files {
      manifest.files[name] = Fingerprint(of: bytes)
      try folder.write(bytes, to: "model/\(name)")
    }
    try folder.write(manifest.encoded(), to: "model/\(Manifest.fileName)")
  }

  /// Asks a model all that is asked of one.
  ///
  /// - Throws: what a user would be told; `FuzzFinding` for anything else.
  func use(_ predictor: RegressionPredictor) throws {
    let table = try predictor.read(TableSource(location: table), context: context)
    let answers = try predictor.predict(table, context: context)
    guard case .number(let predictions)? = answers[RegressionPredictor.prediction]?.values,
      predictions.doubles().allSatisfy(\.isFinite)
    else { throw FuzzFinding(problem: "a prediction that is not finite") }
    let trees = predictor.model.trees
    let features = predictor.model.layout.features(of: table)
    let reasons = try trees.contributions(features, pool: context.pool)
    guard reasons.values.elements.allSatisfy(\.isFinite), reasons.base.isFinite else {
      throw FuzzFinding(problem: "a reason that is not finite")
    }
    _ = try JSONDocument.text(of: trees.importances())
  }
}
