// A trained churn model, read back from its run folder after every byte of it was checked.
import Artifacts
import Evaluation
import GradientBoosting
import NumericCore
import Tables

/// A trained churn model.
struct ChurnModel: Sendable {
  /// How a table must look.
  let layout: ChurnLayout
  /// The trees.
  let trees: BoostedTrees
  /// From the trees' log-odds to probabilities.
  let calibration: Calibration
  /// Twelve digits of the model file's SHA-256: equal for equal models.
  let version: String
  /// The list of the folder's files.
  let manifest: Manifest

  /// Reads a run folder.
  ///
  /// - Throws: `TaskError.notAModel` if it is no churn model; `ArtifactError` if it is damaged.
  init(folder: String) throws {
    manifest = try RunFolderReader.manifest(of: folder)
    guard manifest.files[ChurnRunFiles.modelName] != nil else {
      throw TaskError.notAModel(
        folder: folder,
        problem: "this is not a churn model: its manifest lists no \(ChurnRunFiles.modelName)")
    }
    let layoutFile = "\(folder)/\(ChurnLayout.fileName)"
    layout = try ChurnLayout(
      decoding: try RunFolderReader.bytes(ChurnLayout.fileName, of: folder), file: layoutFile)
    let file = try SafetensorsFile(contentsOf: "\(folder)/\(ChurnRunFiles.modelName)")
    trees = try BoostedTrees(file)
    calibration = try Calibration(file)
    version = String(manifest.files[ChurnRunFiles.modelName]?.sha256.prefix(12) ?? "")
  }

  /// Notes what a table has that the model has never seen.
  func noteUnseenCategories(of table: Table, context: TaskContext) {
    let columns = layout.features(of: table)
    for note in ChurnWarnings.unseenCategories(in: columns, of: trees) {
      context.progress(.note(note))
    }
  }

  /// The probability that each row of a table churns.
  func predict(_ table: Table, pool: WorkerPool) throws -> [Double] {
    calibration.probabilities(try trees.rawScores(layout.features(of: table), pool: pool))
  }
}
