// A trained model of trees, read back from its run folder after every byte of it was checked.
import Configuration
import Evaluation
package import GradientBoosting
import LearningTasks
import ModelFormats
package import NumericCore
package import Storage
package import Tables

/// A trained model of a task.
package struct TrainedTrees<Problem: TabularProblem>: TabularModel {
  package static var fileName: String { "model/\(Problem.task).safetensors" }

  /// How a table must look.
  package let layout: Problem.Layout
  /// The trees.
  package let trees: BoostedTrees
  /// From the trees' scores to probabilities; nil where no model of the task has one.
  let calibration: Calibration?
  /// The list of the folder's files.
  package let manifest: Manifest

  /// Reads a run folder.
  ///
  /// - Throws: `TaskError.notAModel` if it is no model of the task; `StorageError` if it is damaged.
  package init(folder: String) throws {
    let manifest = try RunFolderReader.manifest(of: folder, with: Self.self, task: Problem.task)
    let layoutFile = "\(folder)/\(Problem.Layout.fileName)"
    let layout = try Problem.Layout(
      decoding: try RunFolderReader.bytes(Problem.Layout.fileName, of: folder), file: layoutFile)
    try self.init(
      try SafetensorsFile(contentsOf: "\(folder)/\(Self.fileName)"), layout: layout,
      layoutFile: layoutFile, manifest: manifest)
  }

  /// Checks a model file against the columns of its folder.
  ///
  /// - Throws: `StorageError`.
  init(
    _ file: SafetensorsFile, layout: Problem.Layout, layoutFile: String, manifest: Manifest
  ) throws {
    trees = try Self.trees(file, of: Problem.objectives, layout: layout, layoutFile: layoutFile)
    let isCalibrated = Problem.calibration(of: Problem.Configuration()) != nil
    calibration = isCalibrated ? try Calibration(file) : nil
    self.layout = layout
    self.manifest = manifest
  }

  /// The prediction for each row of a table: a probability, or a number on the scale of the target.
  ///
  /// - Throws: `GradientBoostingError.missingFeature`.
  package func predict(_ table: Table, pool: WorkerPool) throws -> [Double] {
    try trees.predictions(layout.features(of: table), calibration, pool: pool)
  }

  /// The labels of a table that was read as labelled.
  ///
  /// - Throws: `TaskError`.
  func labels(of table: Table, data: String) throws -> [Double] {
    try Problem.labels(
      layout.targetColumn(of: table), layout: layout, objective: trees.objective, data: data)
  }
}

extension BoostedTrees {
  /// What raw scores predict, calibrated if there is a calibration.
  func predictions(of rawScores: [Double], _ calibration: Calibration?) -> [Double] {
    calibration?.probabilities(rawScores) ?? rawScores.map { objective.prediction(score: $0) }
  }

  /// The prediction for each row.
  ///
  /// - Throws: `GradientBoostingError.missingFeature`.
  func predictions(
    _ features: [Column], _ calibration: Calibration?, pool: WorkerPool
  ) throws -> [Double] {
    predictions(of: try rawScores(features, pool: pool), calibration)
  }
}
