// A trained churn model, read back from its run folder after every byte of it was checked.
import Evaluation
import GradientBoosting
import ModelFormats
import NumericCore
package import Storage
import Tables

/// A trained churn model.
package struct ClassifierModel: TabularModel {
  package static let fileName = "model/churn.safetensors"

  /// How a table must look.
  let layout: ClassifierLayout
  /// The trees.
  let trees: BoostedTrees
  /// From the trees' log-odds to probabilities.
  let calibration: Calibration
  /// The list of the folder's files.
  package let manifest: Manifest

  /// Reads a run folder.
  ///
  /// - Throws: `TaskError.notAModel` if it is no churn model; `StorageError` if it is damaged.
  package init(folder: String) throws {
    let manifest = try RunFolderReader.manifest(
      of: folder, with: Self.self, task: ChurnConfiguration.task)
    let layoutFile = "\(folder)/\(ClassifierLayout.fileName)"
    let layout = try ClassifierLayout(
      decoding: try RunFolderReader.bytes(ClassifierLayout.fileName, of: folder), file: layoutFile)
    let file = try SafetensorsFile(contentsOf: "\(folder)/\(Self.fileName)")
    try self.init(file, layout: layout, layoutFile: layoutFile, manifest: manifest)
  }

  /// Checks a model file against the columns of its folder.
  ///
  /// - Throws: `StorageError`.
  init(
    _ file: SafetensorsFile, layout: ClassifierLayout, layoutFile: String, manifest: Manifest
  ) throws {
    trees = try Self.trees(
      file, objectives: [BinaryLogLoss.name], layout: layout, layoutFile: layoutFile)
    calibration = try Calibration(file)
    self.layout = layout
    self.manifest = manifest
  }

  /// The probability that each row of a table churns.
  func predict(_ table: Table, pool: WorkerPool) throws -> [Double] {
    calibration.probabilities(try trees.rawScores(layout.features(of: table), pool: pool))
  }
}
