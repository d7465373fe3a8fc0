// The tasks of the command line: their words, and the registry by which verbs find them.
import ArgumentParser
import Classification
import Evaluation
import LearningTasks
import Recommendation
import Regression
import Tabular

/// A task with its words for people.
protocol CommandTask: LearningTask {
  /// The commands that train a model and search its hyperparameters.
  static var trainCommand: any ParsableCommand.Type { get }
  static var tuneCommand: any ParsableCommand.Type { get }
  /// Whether `evaluate` takes what contacting a customer costs and brings.
  static var takesProfitTerms: Bool { get }

  /// The report of a training.
  static func text(_ report: TrainingReport<Self>, for terminal: Terminal) -> String
  /// What a search was by, with the score on its own rows, and on the test part.
  static func measure(_ report: TuningReport<Self>) -> SearchedMeasure
  /// What a run folder holds, but for its settings and files.
  static func lines(_ found: Inspection<Self>) -> [String]
  /// What an evaluation found.
  static func text(_ found: EvaluationReport<Self>) -> String
}

/// A task of `mlcore predict`, with its words for people.
protocol PredictingCommandTask: CommandTask, PredictingTask {
  /// What came of the answers, in words that follow the number of rows.
  static func words(_ report: PredictionReport<Self>) -> String
}

/// A task whose models `mlcore export` writes for other programs.
protocol ExportingCommandTask: CommandTask {
  /// What its models answer, in the plural.
  static var predictions: String { get }
  /// Writes a model for another program.
  static func export(
    model folder: String, as format: ModelExportFormat, input: TableSource?, output: String,
    replaces: Bool, context: RunContext
  ) throws -> ModelExportReport
}

/// The score of a search in the words of its task.
struct SearchedMeasure {
  /// What trials were compared by.
  var name: String
  /// The same on the test part.
  var test: Double
  /// What training without a search reaches there; nil where that is not told.
  var defaults: Double?
}

extension CommandTask {
  static var takesProfitTerms: Bool { false }
}

/// The tasks by name.
enum TaskRegistry {
  /// All tasks, in the order in which they are named.
  static let all: [any CommandTask.Type] = [
    ChurnTask.self, BinaryTask.self, RegressionTask.self, RecommenderTask.self,
  ]

  /// The tasks whose models a loop keeps fresh; the first one is the usual one.
  static var loopTasks: [any LoopTask.Type] { all.compactMap { $0 as? any LoopTask.Type } }

  /// The names of all tasks.
  static var names: [String] { all.map { $0.name } }

  /// The task of a run folder; its reader checks all of the folder.
  ///
  /// - Throws: `TaskError.notAModel`, `.otherModel`, `StorageError`.
  static func task(of folder: String) throws -> any CommandTask.Type {
    let name = try RunFolderReader.task(of: folder)
    guard let task = all.first(where: { $0.name == name }) else {
      throw TaskError.otherModel(folder: folder, found: name, expected: names)
    }
    return task
  }
}

extension TaskRegistry {
  /// The task of a run folder whose models predict tables.
  ///
  /// - Throws: as `task(of:)`; `TaskError.otherModel` for another task.
  static func predictingTask(of folder: String) throws -> any PredictingCommandTask.Type {
    try task(of: folder) { $0 as? any PredictingCommandTask.Type }
  }

  /// The task of a run folder whose models other programs can open.
  ///
  /// - Throws: as `task(of:)`; `TaskError.otherModel` for another task.
  static func exportingTask(of folder: String) throws -> any ExportingCommandTask.Type {
    try task(of: folder) { $0 as? any ExportingCommandTask.Type }
  }

  private static func task<Kind>(
    of folder: String, as kind: (any CommandTask.Type) -> Kind?
  ) throws -> Kind {
    let task = try task(of: folder)
    guard let found = kind(task) else {
      throw TaskError.otherModel(
        folder: folder, found: task.name, expected: all.filter { kind($0) != nil }.map { $0.name })
    }
    return found
  }
}

extension ReportOptions {
  /// Writes a result to standard output: the document, or the words for people.
  func write(_ document: some Encodable, _ text: () -> String) throws {
    try Terminal.output.write(json ? try JSONDocument.text(of: document) : text())
  }
}
