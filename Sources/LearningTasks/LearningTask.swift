// What differs between one kind of model and another, and nothing else. Run folders, training,
// searching, inspecting and evaluating are written once, over this protocol.
package import Evaluation
package import Storage

/// A kind of model that can be trained, searched, evaluated and inspected.
///
/// A task reads its tables, trains and judges on them, and says what its documents hold besides that
/// which all documents hold. The names of types are those of documents:
///
/// | document | holds |
/// |---|---|
/// | metrics.json | `Summary`, `Record`, `judged_on` |
/// | `train --json` | `Summary`, `Details`, task, seed, threads, out, timings |
/// | `tune --json` | that of `train`, and what `Search` tells |
/// | `inspect --json` | `Description`, versions, `judged_on`, parameters, files |
/// | `evaluate --json` | `Measures`, model and table |
package protocol LearningTask: Sendable {
  associatedtype Configuration: TaskConfiguration
  /// What a run reads before anything is trained.
  associatedtype Tables: TrainingTables where Tables.Configuration == Configuration
  /// A trained model, read back from a run folder.
  associatedtype Model: TrainedModel
  /// What is measured in a training.
  associatedtype Summary: RunSummary
  /// What metrics.json alone holds.
  associatedtype Record: Codable & Sendable = Nothing
  /// What the report of a training alone holds.
  associatedtype Details: Encodable & Sendable
  /// What `inspect` tells of a model.
  associatedtype Description: Encodable & Sendable
  /// What `evaluate` measures.
  associatedtype Measures: Encodable & Sendable
  /// A search for hyperparameters.
  associatedtype Search: HyperparameterSearch where Search.Task == Self

  /// What the rows of its tables are, in the plural.
  static var unit: String { get }
  /// The phases that its reports tell the seconds of.
  static var phases: [Stopwatch.Phase] { get }

  /// Reads the tables of a training.
  ///
  /// - Parameter target: the folder that is going to be written; nil for none.
  /// - Throws: the errors of reading; `TaskError.cancelled`.
  static func read(
    _ configuration: Configuration, target: String?, context: RunContext
  ) throws -> Tables

  /// Trains and judges a model.
  ///
  /// - Parameter configuration: that of the tables, with any hyperparameters.
  /// - Throws: the errors of every room below; `TaskError.cancelled`.
  static func fit(
    _ tables: Tables, configuration: Configuration, options: TrainingOptions, context: RunContext
  ) throws -> FinishedTraining<Self>

  /// Tells what is known of a model in a run folder.
  ///
  /// - Throws: `StorageError.corrupt` if the results are not those of the model.
  static func describe(
    _ model: Model, _ results: RunResults<Self>, folder: String
  ) throws -> Description

  /// What settings that are "auto" came to in the training of a model, as TOML by key.
  static func resolved(
    _ configuration: Configuration, _ results: RunResults<Self>
  ) throws -> [String: String]

  /// Measures a model on a table.
  ///
  /// - Parameters:
  ///   - configuration: that of its training.
  ///   - terms: what contacting a customer costs and brings; nil leaves profits out.
  /// - Throws: `TableError`, `TaskError`, `EvaluationError`, and the errors of the learner.
  static func measure(
    _ model: Model, on source: TableSource, configuration: Configuration, terms: ProfitTerms?,
    context: RunContext
  ) throws -> Measures
}

extension LearningTask {
  /// The name of the task.
  package static var name: String { Configuration.task }

  package static func resolved(
    _ configuration: Configuration, _ results: RunResults<Self>
  ) throws -> [String: String] { [:] }
}

/// The tables of a run, read and checked.
package protocol TrainingTables {
  associatedtype Configuration: TaskConfiguration
  /// The configuration that they were read with.
  var configuration: Configuration { get }
}

/// A trained model that was read from its run folder after every byte of that was checked.
package protocol TrainedModel: Sendable {
  /// The model's file in a run folder.
  static var fileName: String { get }
  /// The list of the folder's files.
  var manifest: Manifest { get }

  /// Reads a run folder.
  ///
  /// - Throws: `TaskError.notAModel` if it is no model of this kind; `StorageError` if it is damaged.
  init(folder: String) throws
}

extension TrainedModel {
  /// The version of the model: equal for equal models.
  package var version: String { Self.version(in: manifest) }

  /// Twelve digits of the SHA-256 of the model's file.
  package static func version(in manifest: Manifest) -> String {
    String(manifest.files[fileName]?.sha256.prefix(12) ?? "")
  }
}

/// How a training is run, besides its configuration; no model depends on it.
package struct TrainingOptions: Sendable {
  /// Whether only baselines are trained and judged.
  package var judgesBaselinesOnly = false
  /// The most rows on which a report explains the model; nil for the task's own number.
  package var explainedRows: Int?

  /// Runs a training as a whole.
  package init(explainedRows: Int? = nil) { self.explainedRows = explainedRows }
}

/// A document without any key.
package struct Nothing: Codable, Sendable {
  package init() {}
}
