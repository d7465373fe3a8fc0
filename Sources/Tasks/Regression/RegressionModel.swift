// A trained regression model, read back from its run folder after every byte of it was checked.
import GradientBoosting
import ModelFormats
import NumericCore
package import Storage
import Tables

/// A trained regression model.
package struct RegressionModel: TabularModel {
  package static let fileName = "model/regression.safetensors"

  /// How a table must look.
  let layout: ColumnLayout
  /// The trees.
  let trees: BoostedTrees
  /// The list of the folder's files.
  package let manifest: Manifest

  /// Reads a run folder.
  ///
  /// - Throws: `TaskError.notAModel` if it is no regression model; `StorageError` if it is
  ///   damaged.
  package init(folder: String) throws {
    let manifest = try RunFolderReader.manifest(
      of: folder, with: Self.self, task: RegressionConfiguration.task)
    let layoutFile = "\(folder)/\(ColumnLayout.fileName)"
    let layout = try ColumnLayout(
      decoding: try RunFolderReader.bytes(ColumnLayout.fileName, of: folder), file: layoutFile)
    trees = try Self.trees(
      try SafetensorsFile(contentsOf: "\(folder)/\(Self.fileName)"),
      objectives: RegressionConfiguration.Loss.allCases.map { type(of: $0.objective).name },
      layout: layout, layoutFile: layoutFile)
    self.layout = layout
    self.manifest = manifest
  }

  /// What training minimised.
  var loss: RegressionConfiguration.Loss {
    let name = type(of: trees.objective).name
    return RegressionConfiguration.Loss.allCases.first { type(of: $0.objective).name == name }
      ?? .squared
  }

  /// The predicted number of each row of a table.
  ///
  /// - Throws: `GradientBoostingError.missingFeature`.
  func predict(_ table: Table, pool: WorkerPool) throws -> [Double] {
    try trees.predictedNumbers(layout.features(of: table), pool: pool)
  }
}

extension BoostedTrees {
  /// The predicted number of each row, on the scale of the target.
  ///
  /// - Throws: `GradientBoostingError.missingFeature`.
  func predictedNumbers(_ features: [Column], pool: WorkerPool) throws -> [Double] {
    try rawScores(features, pool: pool).map { objective.prediction(score: $0) }
  }
}
