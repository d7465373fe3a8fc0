// Everything that can go wrong between a location and a table, as facts.
// `TableError+Words.swift` makes sentences of them; the command line adds what to do.

/// A failure to read or to write a table.
public enum TableError: Error, Equatable {
  /// There is no such file, folder, bucket or key.
  case notFound(path: String)
  /// A file is written, and its folder does not exist.
  case noFolder(path: String)
  /// The path leads to a pipe or a device.
  case notAFile(path: String)
  /// A folder is written, and its path is that of a file.
  case notAFolder(path: String)
  /// The path may not be read or written.
  case permissionDenied(path: String)
  /// The local file system failed otherwise, such as a full disk.
  case fileFailed(path: String, reason: String)
  /// A file is not what it was when reading it began.
  case fileChanged(file: String)
  /// There is not enough memory, or no thread can be started.
  case noResources(path: String, reason: String)
  /// A value is too long for the name of the folder of its partition; both lengths in bytes.
  case partitionTooLong(path: String, column: String, value: String, found: Int, limit: Int)
  /// A remote file system failed.
  case remoteFailed(path: String, reason: String)
  /// The location cannot be understood.
  case badLocation(location: String, reason: String)
  /// The ending of an output's name does not say which format to write.
  case unknownFormat(path: String)

  /// The name of a file or folder in a folder is not UTF-8; `name` shows its bytes.
  case badFileName(folder: String, name: String)
  /// A folder has no file that could be a table.
  case noFiles(folder: String)
  /// A folder has delimited text and Parquet side by side; one example of each.
  case mixedFormats(folder: String, delimited: String, parquet: String)
  /// A file has no bytes.
  case emptyFile(file: String)
  /// A file has a header, or a schema, but no row.
  case noRows(file: String)
  /// There are more columns than the caller can use.
  case tooManyColumns(file: String, found: Int, limit: Int)
  /// Two columns have the same name.
  case duplicateColumn(file: String, name: String)
  /// Two folders on the path of a file state a value of the same partition column.
  case repeatedPartition(file: String, name: String)
  /// The name of a column, which counts from 1, holds a zero byte.
  case badColumnName(file: String, column: Int)
  /// The caller named a column that the data do not have.
  case unknownColumn(file: String, name: String, known: [String])
  /// A column that the schema or the other files of a folder have is not in a file.
  case missingColumn(file: String, name: String, known: [String])

  /// A row has a wrong number of fields; `line` counts from 1, the header included.
  case raggedRow(file: String, line: Int, expected: Int, found: Int)
  /// A row has more bytes than a block of the reader.
  case rowTooLong(file: String, line: Int, limit: Int, found: Int)
  /// A row is not UTF-8.
  case invalidUTF8(file: String, line: Int)
  /// A text of a Parquet column is not UTF-8.
  case invalidText(file: String, column: String)
  /// A file is compressed; `format` names the compression.
  case compressed(file: String, format: String)
  /// A file is of a format that no table is read from; `format` names it with its article.
  case foreignFormat(file: String, format: String)
  /// A file is text, but in UTF-16 or UTF-32.
  case wideCharacters(file: String)
  /// A quote opens and never closes.
  case unclosedQuote(file: String, line: Int)
  /// A cell is not of the kind that its column must have.
  ///
  /// `row` counts data rows of the file from 1; `line` is its line, where the file has lines.
  case badCell(
    file: String, row: Int, line: Int?, column: String, cell: String, expected: ColumnKind)
  /// A cell is no date of the format that its column must have; `row` and `line` as above.
  case badDate(file: String, row: Int, line: Int?, column: String, cell: String, format: String)
  /// A Parquet file is damaged, cut short, or something else altogether.
  case notParquet(file: String, reason: String)
  /// A Parquet column has a type that is no number, string, boolean or instant.
  case unsupportedColumn(file: String, column: String, reason: String)
  /// Parquet columns hold lists or structures.
  case nestedColumns(file: String, columns: [String])
  /// Delimited text cannot be read for a reason that has no case of its own.
  case unreadable(file: String, reason: String)

  /// Who has to act on an error.
  public enum Kind: Sendable {
    /// The data are not what they should be.
    case badData
    /// A local file or a permission.
    case file
    /// The location that was given, or the name of an output.
    case usage
    /// A system elsewhere.
    case remote
  }

  /// Who has to act.
  public var kind: Kind {
    switch self {
    case .notFound, .noFolder, .notAFile, .notAFolder, .permissionDenied, .fileFailed, .badFileName,
      .noFiles,
      .fileChanged, .noResources:
      .file
    case .unknownFormat, .badLocation: .usage
    case .remoteFailed: .remote
    default: .badData
    }
  }
}
