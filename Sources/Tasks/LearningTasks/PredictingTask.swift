// Predicting tables: read, answer, write, whatever the model.
package import Tables

/// A task whose models answer each row of a table with one row.
package protocol PredictingTask: LearningTask {
  associatedtype Answering: Predictor
  /// What is told of the answers besides their number.
  associatedtype Answers: Encodable & Sendable

  /// Reads a run folder.
  ///
  /// - Parameters:
  ///   - reasons: how many reasons are told for each row; nil for none.
  ///   - refusesUnknown: whether a column whose categories are all new to the model is an error.
  /// - Throws: as the predictor.
  static func predictor(
    folder: String, reasons: Int?, refusesUnknown: Bool
  ) throws -> Answering

  /// Sums answers up.
  static func summary(of answers: Table) -> Answers
}

/// What `predict` did.
@dynamicMemberLookup
package struct PredictionReport<Task: PredictingTask>: Encodable, Sendable {
  /// The rows that were predicted.
  package var rows: Int
  /// The answers, summed up.
  package var answers: Task.Answers
  /// The model that predicted.
  package var modelVersion: String
  /// Where the predictions are.
  package var out: String

  private enum CodingKeys: String, CodingKey {
    case task, rows, out
    case modelVersion = "model_version"
  }

  /// Writes the keys of both parts side by side.
  package func encode(to encoder: any Encoder) throws {
    try answers.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Task.name, forKey: .task)
    try container.encode(rows, forKey: .rows)
    try container.encode(modelVersion, forKey: .modelVersion)
    try container.encode(out, forKey: .out)
  }

  package subscript<Value>(dynamicMember path: KeyPath<Task.Answers, Value>) -> Value {
    answers[keyPath: path]
  }
}

extension PredictingTask {
  /// Predicts the rows of a table and writes the answers.
  ///
  /// - Parameters:
  ///   - explain: how many reasons to add for each row; nil for none.
  ///   - refusesUnknown: whether a column whose categories are all new to the model is an error.
  ///   - output: a name that ends in .csv or .parquet, or `-` for CSV on standard output.
  ///   - replaces: whether a file that exists may be replaced.
  /// - Throws: `StorageError`, `TableError`, `TaskError`.
  package static func predict(
    model folder: String, input: TableSource, explain: Int?, refusesUnknown: Bool = true,
    output: String, replaces: Bool, context: RunContext
  ) throws -> PredictionReport<Self> {
    try Table.requireWritable(output)
    try OutputPlace.check(
      files: [output], inputs: [input.location], model: folder, replaces: replaces)
    let predictor = try predictor(
      folder: folder, reasons: explain, refusesUnknown: refusesUnknown)
    try context.begin("reading \(input.shown)")
    let table = try predictor.read(input, context: context)
    try context.begin("predicting")
    let answers = try predictor.predict(table, named: input.shown, context: context)
    try context.begin("writing \(LocationText.shown(output))")
    try answers.write(to: output)
    return PredictionReport(
      rows: answers.rowCount, answers: summary(of: answers), modelVersion: predictor.modelVersion,
      out: LocationText.shown(output))
  }
}
