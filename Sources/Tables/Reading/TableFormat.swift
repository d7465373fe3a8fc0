// What the two file formats have in common for the reader of a table.

internal import Texts

/// A column that shall be read.
struct WantedColumn: Sendable {
  let name: String
  /// The kind it must have, or nil if its values decide.
  let kind: ColumnKind?
  /// How its cells are written.
  var form = CellForm()
}

/// The columns of one or several files, and how many rows came from each file.
struct RawTable {
  var columns: [RawColumn]
  var fileRows: [Int]
}

/// The files of one table, in one format.
protocol TableFormat {
  /// The names of the columns of the first file.
  var columnNames: [String] { get }
  /// What the user should know about the files.
  var notes: [String] { get }
  /// Reads some columns of all files, one file after the other.
  ///
  /// - Throws: a `TableError`, also for a file that lacks one of the columns.
  func read(_ columns: [WantedColumn], threads: Int) throws -> RawTable
  /// The line of a row of a file, both counted from 0; nil if the format has no lines.
  func line(ofRow row: Int, inFile file: Int) -> Int?
}

extension TableFormat {
  /// The indices of the wanted columns among the names of a file.
  func indices(of columns: [WantedColumn], among names: [String], file: String) throws -> [Int] {
    let indexOf = Dictionary(uniqueKeysWithValues: names.enumerated().map { (ByteText($1), $0) })
    return try columns.map { column in
      guard let index = indexOf[ByteText(column.name)] else {
        throw TableError.missingColumn(file: file, name: column.name, known: names)
      }
      return index
    }
  }

  /// A note for each file that has columns which the first lacks.
  static func notes(of files: [(name: String, columns: [String])]) -> [String] {
    guard let first = files.first else { return [] }
    let known = Set(texts: first.columns)
    return files.dropFirst().compactMap { file in
      let extra = file.columns.filter { !known.contains(text: $0) }
      return extra.isEmpty
        ? nil
        : "\(file.name): ignored \(extra.joined(separator: ", ")), which \(first.name) lacks"
    }
  }
}
