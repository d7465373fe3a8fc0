// What a trained model answers. `mlcore predict`, `mlcore recommend` and the loop's scoring call it,
// and so does whatever serves a model.
package import Tables
import Texts

/// A trained model that answers: a table in and a table out, or one row in and its answer out.
///
///     let churn = try ClassifierPredictor(folder: "runs/churn")
///     let answer = try churn.predict(["tenure": .number(3), "contract": .text("monthly")])
///     let customers = try churn.read(TableSource(location: "new.csv"), context: context)
///     let scores = try churn.predict(customers, context: context)
///
/// A predictor is loaded from a run folder, of which every byte was checked, and never changes: any
/// number of threads may ask it at the same time. The answer to a row is that of a table of that row.
package protocol Predictor: Sendable {
  /// What is asked about one customer or user.
  associatedtype Row: Decodable & Sendable
  /// What is answered to it.
  associatedtype Answer: Encodable & Sendable

  /// The task of the model: "churn", "recommender".
  var task: String { get }
  /// Twelve hexadecimal digits, equal for equal models.
  var modelVersion: String { get }
  /// The columns that `read` takes from a table; all others are left unread.
  var inputSchema: Schema { get }
  /// The columns that `predict` makes of a table. A column of identifiers that a table lacks is
  /// lacking in its answer too.
  var outputSchema: Schema { get }

  /// Reads a table as the training data were read.
  ///
  /// - Returns: a table of the columns of `inputSchema`, whose numbers are finite or missing.
  /// - Throws: `TableError` if it cannot be read or lacks a column; `TaskError`.
  func read(_ source: TableSource, context: RunContext) throws -> Table

  /// Makes a table of cells in memory, which are read as those of a file.
  ///
  /// - Parameters:
  ///   - columns: those of `inputSchema` in any order; a column of identifiers may be lacking, and
  ///     other columns of training are not looked at. Their names differ.
  ///   - rowCount: the cells of each column.
  ///   - name: what messages call the cells.
  /// - Throws: `TaskError.unknownColumn` for a column that training did not have; `TableError`;
  ///   `TaskError.infinity`.
  func table(_ columns: [CellColumn], rowCount: Int, named name: String) throws -> Table

  /// Answers cells in memory, as `predict` answers the table of them.
  ///
  /// - Throws: as `table` and `predict`.
  func answers(
    to columns: [CellColumn], rowCount: Int, named name: String, context: RunContext
  ) throws -> Table

  /// The same model, which also gives reasons for its answers to tables.
  ///
  /// - Parameter count: how many reasons for each row.
  /// - Throws: `TaskError` if it cannot give as many.
  func explaining(_ count: Int) throws -> Self

  /// Whether a few rows are answered in microseconds, so that a thread that must not wait may ask.
  var isQuick: Bool { get }

  /// Answers all rows of a table.
  ///
  /// - Parameters:
  ///   - table: has the columns of `inputSchema`, of these kinds; others are not looked at.
  ///   - name: what messages call the table.
  /// - Returns: a table of the columns of `outputSchema`, in the order of the rows. A classifier
  ///   answers each row with one row, a recommender with as many rows as it recommends items.
  /// - Throws: `TaskError`; `TaskError.cancelled` if the context says so.
  func predict(_ table: Table, named name: String, context: RunContext) throws -> Table

  /// Answers one row, with the least delay.
  ///
  /// - Throws: `TaskError` if the row cannot be answered.
  func predict(_ row: Row) throws -> Answer
}

extension Predictor {
  /// Answers cells in memory by a table of them.
  package func answers(
    to columns: [CellColumn], rowCount: Int, named name: String, context: RunContext
  ) throws -> Table {
    try predict(
      table(columns, rowCount: rowCount, named: name), named: name, context: context)
  }

  /// Answers all rows of a table without a name.
  package func predict(_ table: Table, context: RunContext) throws -> Table {
    try predict(table, named: "the table", context: context)
  }
}

extension [Column] {
  /// The columns as a table of answers.
  ///
  /// - Throws: `TaskError.nameTaken` if an identifier has the name of an answer.
  package func answers(rowCount: Int, data: String) throws -> Table {
    var names: Set<ByteText> = []
    for column in self where !names.insert(ByteText(column.name)).inserted {
      throw TaskError.nameTaken(column: column.name, data: data)
    }
    return Table(columns: self, rowCount: rowCount)
  }
}

extension Column {
  /// The column `model_version` of answers.
  package static func modelVersion(_ version: String, rowCount: Int) -> Column {
    Column(
      name: "model_version",
      values: .category(
        CategoryColumn(codes: [Int32](repeating: 0, count: rowCount), levels: [version])))
  }
}
