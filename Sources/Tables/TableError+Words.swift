// The facts of the errors in words: one line each.

internal import Texts

extension TableError: CustomStringConvertible {
  /// The facts, in one line.
  public var description: String {
    switch self {
    case .notFound(let path): "\(path): no such file or folder"
    case .noFolder(let path): "the folder \(path) does not exist"
    case .notAFile(let path): "\(path): this is a pipe or a device, expected a file or a folder"
    case .notAFolder(let path): "\(path): this is a file, expected a folder"
    case .permissionDenied(let path): "\(path): permission denied"
    case .fileFailed(let path, let reason): "\(path): \(reason)"
    case .fileChanged(let file): "\(file): the file changed while it was read"
    case .noResources(let path, let reason): "\(path): cannot be read (\(reason.foreignWords))"
    case .partitionTooLong(let path, let column, let value, let found, let limit):
      "\(path): the value '\(Self.shortened(value))' of '\(column)' makes a folder's name of "
        + "\(found) bytes, expected at most \(limit)"
    case .remoteFailed(let path, let reason):
      "\(path): the remote system failed (\(reason.foreignWords))"
    case .badLocation(let location, let reason): "\(location): not a location: \(reason)"
    case .unknownFormat(let path): "\(path): the name ends in none of .csv, .parquet and .jsonl"
    case .badFileName(let folder, let name):
      "\(folder): the name '\(name)' of a file is not UTF-8"
    case .noFiles(let folder): "\(folder): no .csv, .tsv, .txt or .parquet file in this folder"
    case .mixedFormats(let folder, let delimited, let parquet):
      "\(folder): holds both delimited text (\(delimited)) and Parquet (\(parquet))"
    case .emptyFile(let file): "\(file): the file is empty"
    case .noRows(let file): "\(file): there are column names but no rows"
    case .tooManyColumns(let file, let found, let limit):
      "\(file): there are \(found) columns, expected at most \(limit)"
    case .duplicateColumn(let file, let name): "\(file): two columns are named '\(name)'"
    case .repeatedPartition(let file, let name):
      "\(file): two folders of this path give the column '\(name)' a value, expected one"
    case .badColumnName(let file, let column):
      "\(file): the name of column \(column) holds a zero byte, expected text"
    case .unknownColumn(let file, let name, _): "\(file): there is no column '\(name)'"
    case .missingColumn(let file, let name, _): "\(file): the column '\(name)' is missing"
    case .raggedRow(let file, let line, let expected, let found):
      "\(file): line \(line) has \(Self.fields(found)), expected \(expected)"
    case .rowTooLong(let file, let line, let limit, let found):
      "\(file): line \(line) has \(found) bytes, expected at most \(limit)"
    case .invalidUTF8(let file, let line): "\(file): line \(line) is not valid UTF-8"
    case .invalidText(let file, let column):
      "\(file): the column '\(column)' holds text that is not valid UTF-8"
    case .compressed(let file, let format):
      "\(file): the file is compressed (\(format)), expected delimited text or Parquet"
    case .foreignFormat(let file, let format):
      "\(file): this is \(format), expected delimited text or Parquet"
    case .wideCharacters(let file): "\(file): the text is UTF-16 or UTF-32, expected UTF-8"
    case .unclosedQuote(let file, let line):
      "\(file): a quote that opens on line \(line) is never closed"
    case .badCell(let file, let row, let line, let column, let cell, let expected):
      "\(file): \(Self.place(row: row, line: line)), column '\(column)': "
        + "found '\(Self.shortened(cell))', expected a \(expected.rawValue)"
    case .badDate(let file, let row, let line, let column, let cell, let format):
      "\(file): \(Self.place(row: row, line: line)), column '\(column)': "
        + "found '\(Self.shortened(cell))', expected a date written as \(format)"
    case .notParquet(let file, let reason):
      "\(file): not a complete Parquet file (\(reason.foreignWords))"
    case .unsupportedColumn(let file, let column, let reason):
      "\(file): the column '\(column)' cannot be used: \(reason)"
    case .nestedColumns(let file, let columns):
      "\(file): the column\(columns.count == 1 ? "" : "s") "
        + columns.map { "'\($0)'" }.joined(separator: ", ")
        + " cannot be used: nested values, expected numbers, texts, dates or true and false"
    case .unreadable(let file, let reason):
      "\(file): cannot be read (\(reason.foreignWords))"
    }
  }

  private static func fields(_ count: Int) -> String {
    count == 1 ? "1 field" : "\(count) fields"
  }

  private static func place(row: Int, line: Int?) -> String {
    line.map { "line \($0)" } ?? "row \(row)"
  }

  private static func shortened(_ cell: String) -> String {
    cell.count <= 60 ? cell : cell.prefix(60) + "..."
  }
}
