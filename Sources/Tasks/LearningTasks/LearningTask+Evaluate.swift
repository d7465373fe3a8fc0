// Evaluation: how good a trained model is on a table that it has not learnt from.
package import Evaluation

/// What `evaluate` found.
@dynamicMemberLookup
package struct EvaluationReport<Task: LearningTask>: Encodable, Sendable {
  /// What was measured.
  package var measures: Task.Measures
  /// The model that was evaluated.
  package var modelVersion: String
  /// The table that was read.
  package var data: String

  private enum CodingKeys: String, CodingKey {
    case task, data
    case modelVersion = "model_version"
  }

  /// Writes the keys of both parts side by side.
  package func encode(to encoder: any Encoder) throws {
    try measures.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Task.name, forKey: .task)
    try container.encode(modelVersion, forKey: .modelVersion)
    try container.encode(data, forKey: .data)
  }

  package subscript<Value>(dynamicMember path: KeyPath<Task.Measures, Value>) -> Value {
    measures[keyPath: path]
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
    return EvaluationReport(
      measures: measures, modelVersion: model.version, data: source.shown)
  }
}
