// The model that a training goes on from, read from its run folder, and what it asks of new data.
import Configuration
import FoundationEssentials
import GradientBoosting
import LearningTasks
import Storage
import Tables
import Texts

/// A trained model to which trees are to be added.
package struct InitialModel<Problem: TabularProblem>: Sendable {
  /// The run folder, as it was given.
  package let folder: String
  /// The model; a calibration beside its trees plays no part.
  package let model: TrainedTrees<Problem>
  /// The manifest of the run folder, for the manifest of the new run.
  let manifest: Manifest.Input
  /// The tables that the trees have learnt from, those of earlier models included.
  let learnt: [Manifest.Input]

  /// Reads a run folder after all of it was checked.
  ///
  /// - Parameter output: the folder that is going to be written.
  /// - Throws: `TaskError.notAModel`, `StorageError`; `TaskError.continuedIsOutput` if the folder to
  ///   write is the one to read.
  init(folder: String, output: String?) throws {
    // A run that replaced its own beginning could not be repeated.
    guard output.map(Self.resolved) != Self.resolved(folder) else {
      throw TaskError.continuedIsOutput(folder: folder)
    }
    model = try TrainedTrees<Problem>(folder: folder)
    self.folder = folder
    manifest = try RunFolderReader.input(folder)
    learnt = model.manifest.learntInputs(
      test: try TabularTask<Problem>.configuration(of: folder).judging.test)
  }

  private static func resolved(_ folder: String) -> String {
    URL(filePath: folder).resolvingSymlinksInPath().standardizedFileURL.path
  }

  /// The kinds in which the columns of the model have to be read.
  ///
  /// - Parameter kinds: the kinds that are asked for.
  /// - Throws: `TaskError.continuedColumn` if a column is missing or has another role.
  func kinds(
    for configuration: LabelledTableConfiguration, asked kinds: [ByteText: ColumnKind]
  ) throws -> [ByteText: ColumnKind] {
    let names = Set(
      texts:
        try Table.columnNames(
          of: configuration.path, options: configuration.source(at: configuration.path).format))
    var result = kinds
    for input in model.trees.inputs {
      let problem: String? =
        if !names.contains(text: input.name) {
          "is missing"
        } else if configuration.drop.contains(bytesOf: input.name) {
          "is left out"
        } else if configuration.id.contains(bytesOf: input.name) {
          "is an identifier"
        } else if configuration.target.hasSameBytes(as: input.name) {
          "is the target"
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

  /// The names of the columns that the trees read.
  var inputNames: Set<ByteText> { Set(texts: model.trees.inputs.map(\.name)) }
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
