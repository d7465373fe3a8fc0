// The model that a training goes on from, read from its run folder, and what it asks of new data.
import Configuration
import FoundationEssentials
import GradientBoosting
import Storage
import Tables
import Texts

/// A trained model to which trees are to be added.
struct InitialModel: Sendable {
  /// The run folder, as it was given.
  let folder: String
  /// The trees; a calibration beside them plays no part.
  let trees: BoostedTrees
  /// How the tables that it was trained on look.
  let layout: ClassifierLayout
  /// The manifest of the run folder, for the manifest of the new run.
  let manifest: Manifest.Input
  /// The tables that the trees have learnt from, those of earlier models included.
  let learnt: [Manifest.Input]

  /// Reads a run folder after all of it was checked.
  ///
  /// - Parameter target: the folder that is going to be written.
  /// - Throws: `TaskError.notAModel`, `StorageError`; `ConfigurationError` if the folder to write
  ///   is the one to read.
  init(folder: String, target: String?) throws {
    // A run that replaced its own beginning could not be repeated.
    guard target.map(Self.resolved) != Self.resolved(folder) else {
      throw ConfigurationError.refused(
        key: "boosting.continue_from", source: "--continue-from", found: "the folder of --out",
        expected: "another one, which stays as it is")
    }
    let model = try ClassifierModel(folder: folder)
    self.folder = folder
    trees = model.trees
    layout = model.layout
    manifest = try RunFolderReader.input(folder)
    learnt = model.manifest.learntInputs(
      test: try ChurnTask.configuration(of: folder).judging.test)
  }

  private static func resolved(_ folder: String) -> String {
    URL(filePath: folder).resolvingSymlinksInPath().standardizedFileURL.path
  }

  /// Checks that a positive class that was asked for is the model's.
  ///
  /// - Throws: `ConfigurationError.refused`.
  func checkPositive(_ asked: String?) throws {
    guard let asked, !ClassTarget.isSame(asked, positive) else { return }
    throw ConfigurationError.refused(
      key: "data.positive", source: "--positive", found: "'\(asked)'",
      expected: "'\(positive)', the positive class of the model in \(folder)")
  }

  /// The kinds in which the columns of the model have to be read.
  ///
  /// - Parameter kinds: the kinds that are asked for.
  /// - Throws: `TaskError.continuedColumn` if a column is missing or has another role.
  func kinds(
    for configuration: ChurnConfiguration.Data, asked kinds: [ByteText: ColumnKind]
  ) throws -> [ByteText: ColumnKind] {
    let names = Set(
      texts:
        try Table.columnNames(
          of: configuration.path, options: configuration.source(at: configuration.path).format))
    var result = kinds
    for input in trees.inputs {
      let problem: String? =
        if !names.contains(text: input.name) {
          "is missing"
        } else if configuration.drop.contains(bytesOf: input.name) {
          "is left out (--drop)"
        } else if configuration.id.contains(bytesOf: input.name) {
          "is an identifier (--id)"
        } else if configuration.target.hasSameBytes(as: input.name) {
          "is the target (--target)"
        } else if let asked = kinds[ByteText(input.name)], asked != input.kind {
          "is to be of the kind \(asked.rawValue)"
        } else {
          nil
        }
      if let problem {
        throw TaskError.continuedColumn(
          column: input.name, kind: input.kind.rawValue, problem: problem,
          data: configuration.shownPath, model: folder)
      }
      result[ByteText(input.name)] = input.kind
    }
    return result
  }

  /// The class that means churn.
  var positive: String { layout.positive }
  /// The other class.
  var negative: String { layout.negative }

  /// The names of the columns that the trees read.
  var inputNames: Set<ByteText> { Set(texts: trees.inputs.map(\.name)) }
}

extension Manifest {
  /// The tables that the model of a run folder has learnt from.
  ///
  /// - Parameter test: the table that it was judged on, as its run.toml names it.
  func learntInputs(test: String?) -> [Manifest.Input] {
    var learnt = inputs
    // The test table stands before the tables of models that were continued from, which may have
    // learnt from it.
    if let test, let index = learnt.firstIndex(where: { $0.name.hasSameBytes(as: test) }) {
      learnt.remove(at: index)
    }
    return learnt
  }
}
