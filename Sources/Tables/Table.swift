// A table: columns of equal length.

internal import Texts

/// A set of named columns with the same number of rows.
public struct Table: Sendable {
  /// The columns, in the order of the file.
  public let columns: [Column]
  /// The number of rows.
  public let rowCount: Int
  private let indexOf: [ByteText: Int]

  /// Creates a table.
  ///
  /// - Precondition: all columns have `rowCount` rows, and their names differ.
  public init(columns: [Column], rowCount: Int) {
    precondition(columns.allSatisfy { $0.count == rowCount }, "columns of different lengths")
    self.columns = columns
    self.rowCount = rowCount
    indexOf = Dictionary(
      columns.enumerated().map { (ByteText($1.name), $0) },
      uniquingKeysWith: { preconditionFailure("columns \($0) and \($1) have the same name") })
  }

  /// The column of a name, or nil.
  public subscript(name: String) -> Column? { indexOf[ByteText(name)].map { columns[$0] } }
}
