// A trained churn model, read back from its run folder after every byte of it was checked.
import Evaluation
import GradientBoosting
import ModelFormats
import NumericCore
package import Storage
import Tables

/// A trained churn model.
package struct ClassifierModel: TrainedModel {
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
  /// - Throws: `TaskError.notAModel` if it is no churn model; `ArtifactError` if it is damaged.
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
  /// - Throws: `ArtifactError`.
  init(
    _ file: SafetensorsFile, layout: ClassifierLayout, layoutFile: String, manifest: Manifest
  ) throws {
    do {
      trees = try BoostedTrees(file)
    } catch let error as GradientBoostingError {
      throw ArtifactError.corrupt(
        file: file.file, item: "trees", found: "with a problem (\(error.description))",
        expected: "those that training wrote")
    }
    guard type(of: trees.objective).name == BinaryLogLoss.name else {
      throw ArtifactError.corrupt(
        file: file.file, item: "the objective", found: type(of: trees.objective).name,
        expected: BinaryLogLoss.name)
    }
    for input in trees.inputs {
      let field = Schema.Field(name: input.name, kind: input.kind)
      guard layout.features.contains(field) else {
        throw ArtifactError.corrupt(
          file: layoutFile, item: "features",
          found: "without '\(input.name)' of the kind \(input.kind.rawValue)",
          expected: "every column that \(Self.fileName) reads")
      }
    }
    calibration = try Calibration(file)
    self.layout = layout
    self.manifest = manifest
  }

  /// Tells of categories of a table that the model has never seen.
  ///
  /// - Parameter refusing: whether a column that has nothing else is an error, unless there is one row.
  /// - Throws: `TaskError.unknownCategories`.
  func checkCategories(
    of table: Table, data: String, refusing: Bool = true, context: RunContext
  ) throws {
    let columns = ClassifierWarnings.unseenCategories(in: layout.features(of: table), of: trees)
    if refusing, let all = columns.first(where: { $0.count == $0.rows && $0.rows > 1 }) {
      throw TaskError.unknownCategories(
        column: all.column, example: all.example, known: all.known, data: data)
    }
    ClassifierWarnings.tellUnseen(columns, context: context)
  }

  /// The probability that each row of a table churns.
  func predict(_ table: Table, pool: WorkerPool) throws -> [Double] {
    calibration.probabilities(try trees.rawScores(layout.features(of: table), pool: pool))
  }
}
