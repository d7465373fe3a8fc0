// Evaluation: how good a trained model is on a table that it has not learnt from.
package import Evaluation

/// What `evaluate` found: what the task measured, and of what.
package typealias EvaluationReport<Task: LearningTask> = SideBySide<Task.Measures, EvaluatedModel>

/// A model that was evaluated, and the table that it was evaluated on.
package struct EvaluatedModel: Encodable, Sendable {
  package var task: String
  package var modelVersion: String
  package var data: String

  enum CodingKeys: String, CodingKey {
    case task, data
    case modelVersion = "model_version"
  }
}

extension LearningTask {
  /// Measures a model on a table, which has the columns of the training data.
  ///
  /// - Parameter terms: what contacting a customer costs and brings; nil leaves profits out.
  /// - Throws: `StorageError`, `TableError`, `TaskError`, `EvaluationError`, and the errors of the
  ///   learner.
  package static func evaluate(
    model folder: String, on source: TableSource, terms: ProfitTerms? = nil, context: RunContext
  ) throws -> EvaluationReport<Self> {
    let model = try Model(folder: folder)
    let measures = try measure(
      model, on: source, configuration: try configuration(of: folder), terms: terms,
      context: context)
    return EvaluationReport<Self>(
      measures, EvaluatedModel(task: name, modelVersion: model.version, data: source.shown))
  }
}
