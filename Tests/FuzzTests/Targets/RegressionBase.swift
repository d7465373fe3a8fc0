// A small regression model, whose files are damaged.
import Evaluation
import GradientBoosting
import ModelFormats
import NumericCore
import Storage
import Tables
import TestSupport

@testable import LearningTasks
@testable import Regression
@testable import Tabular

/// A regression model of a made-up table.
struct RegressionBase {
  let folder: TemporaryFolder
  let layout: ColumnLayout
  let file: SafetensorsFile
  private let table: Table
  private let pool = WorkerPool(threads: 1)

  init() throws {
    folder = try TemporaryFolder()
    var text = "id,tenure,charges,plan,calls\n"
    for row in 0..<120 {
      let (tenure, plan) = ((row * 13) % 60, row % 3)
      let charges = row % 11 == 0 ? "" : "\(Double((row * 37) % 90) + 0.5)"
      text += "c\(row),\(tenure),\(charges),\(["a", "b", "é"][plan]),\(tenure / 10 + plan)\n"
    }
    try folder.write(Array(text.utf8), to: "table.csv")
    let model = folder.appending("model")
    var configuration = RegressionConfiguration()
    configuration.data.path = folder.appending("table.csv")
    configuration.data.target = "calls"
    configuration.data.id = ["id"]
    configuration.loss = .poisson
    configuration.boosting.numTrees = 4
    configuration.boosting.numLeaves = 4
    configuration.boosting.minDataInLeaf = 5
    let context = RunContext(pool: pool)
    _ = try RegressionTask.train(
      configuration, into: RunFolder(target: model), shownAs: model, context: context)
    let layout = try ColumnLayout(
      decoding: try RunFolderReader.bytes(ColumnLayout.fileName, of: model), file: "layout")
    table = try layout.reading(
      TableSource(location: configuration.data.path), labelled: true, context: context
    ).table
    file = try SafetensorsFile(contentsOf: "\(model)/\(RegressionModel.fileName)")
    self.layout = layout
  }

  /// Reads the trees of a model file.
  func trees(_ bytes: [UInt8]) throws -> BoostedTrees {
    try RegressionModel.trees(
      SafetensorsFile(decoding: bytes),
      of: Regression.objectives, layout: layout, layoutFile: "layout")
  }

  /// Asks trees what a loop asks of a model.
  ///
  /// - Throws: `FuzzFinding` for what no model may answer.
  func use(_ trees: BoostedTrees) throws {
    let features = layout.features(of: table)
    let rows = try PredictedNumbers(
      targets: try RegressionTarget(
        layout.targetColumn(of: table), loss: .poisson, data: "table"
      ).labels,
      predictions: try trees.predictions(features, nil, pool: pool), groups: nil)
    for measure in RegressionMetric.allCases {
      guard rows.loss(by: measure, pool: pool).second.isFinite else {
        throw FuzzFinding(problem: "a loss that is not finite")
      }
    }
    let reasons = try trees.contributions(features, pool: pool)
    guard reasons.values.elements.allSatisfy(\.isFinite), reasons.base.isFinite else {
      throw FuzzFinding(problem: "a reason that is not finite")
    }
  }
}
