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
  ///   - interactions: how many interactions of two columns are told for each row; nil for none.
  ///   - refusesUnknown: whether a column whose categories are all new to the model is an error.
  /// - Throws: as the predictor.
  static func predictor(
    folder: String, reasons: Int?, interactions: Int?, refusesUnknown: Bool
  ) throws -> Answering

  /// Sums answers up.
  static func summary(of answers: Table) -> Answers
}

/// What `predict` did: the answers, summed up, and where they are.
package typealias PredictionReport<Task: PredictingTask> = SideBySide<Task.Answers, PredictedTable>

/// Predictions that were written.
package struct PredictedTable: Encodable, Sendable {
  package var task: String
  /// The rows that were predicted.
  package var rows: Int
  /// The model that predicted.
  package var modelVersion: String
  /// Where the predictions are.
  package var out: String

  enum CodingKeys: String, CodingKey {
    case task, rows, out
    case modelVersion = "model_version"
  }
}

extension PredictingTask {
  /// Predicts the rows of a table and writes the answers.
  ///
  /// - Parameters:
  ///   - explain: how many reasons to add for each row; nil for none.
  ///   - interactions: how many interactions of two columns to add; nil for none.
  ///   - refusesUnknown: whether a column whose categories are all new to the model is an error.
  ///   - output: a name that ends in .csv, .parquet or .jsonl, or `-` for CSV on standard output.
  ///   - replaces: whether a file that exists may be replaced.
  /// - Throws: `StorageError`, `TableError`, `TaskError`.
  package static func predict(
    model folder: String, input: TableSource, explain: Int?, interactions: Int?,
    refusesUnknown: Bool = true, output: String, replaces: Bool, context: RunContext
  ) throws -> PredictionReport<Self> {
    try Table.requireWritable(output)
    try OutputPlace.check(
      files: [output], inputs: [input.location], model: folder, replaces: replaces)
    let predictor = try predictor(
      folder: folder, reasons: explain, interactions: interactions,
      refusesUnknown: refusesUnknown)
    try context.begin("reading \(input.shown)")
    let table = try predictor.read(input, context: context)
    try context.begin("predicting")
    let answers = try predictor.predict(table, named: input.shown, context: context)
    try context.begin("writing \(LocationText.shown(output))")
    try answers.write(to: output)
    return PredictionReport<Self>(
      summary(of: answers),
      PredictedTable(
        task: name, rows: answers.rowCount, modelVersion: predictor.modelVersion,
        out: LocationText.shown(output)))
  }
}
