// What to do about the errors of tables, in the words of the command line.
import Tables

extension TableError {
  /// What to do, in one line.
  var advice: String {
    switch self {
    case .notFound: "check the spelling; a relative path starts at the current folder"
    case .noFolder: "make the folder first, or write to another one"
    case .notAFile: "write the table to a file first: it is read more than once"
    case .notAFolder: "choose a folder, or a name that does not exist yet"
    case .permissionDenied: "change the permissions, or choose another place"
    case .fileFailed(_, let reason):
      SystemAdvice.text(saying: reason) ?? "check the disk and its free space, then try again"
    case .partitionTooLong: "shorten the value in the query, or partition by another column"
    case .fileChanged: "wait until the file is complete, then run the command again"
    case .noResources:
      "give the process more memory and threads (ulimit -v, ulimit -u, the container's limits), or "
        + "use fewer --threads"
    case .remoteFailed:
      "check the network, the endpoint (endpoint_override, scheme, region) and the credentials "
        + "(AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)"
    case .badLocation: "write it as a path, or as s3://bucket/path?endpoint_override=HOST:PORT"
    case .unknownFormat:
      "name the output FILE.csv, FILE.parquet or FILE.jsonl, or - for CSV on standard output"
    case .badFileName: "rename it, or move it to another folder"
    case .noFiles: "name a file, or a folder whose files have one of these endings"
    case .mixedFormats: "keep one format in the folder, or name the file to read"
    case .emptyFile: "write the table again; its first line must be the column names"
    case .tooManyColumns: "leave out columns that cannot matter, or merge them"
    case .noRows: "add rows, or check the step that wrote this table"
    case .duplicateColumn: "rename or remove one of them"
    case .repeatedPartition: "rename one of the folders, or move its files into the other"
    case .badColumnName: "rename the column"
    case .unknownColumn(_, let name, let known): ColumnAdvice.text(for: name, among: known)
    case .missingColumn(_, let name, let known): ColumnAdvice.text(missing: name, among: known)
    case .raggedRow:
      "quote fields that hold the delimiter, or name the right one with --delimiter"
    case .rowTooLong: "check for a lost line end or quote, or leave such long texts out"
    case .invalidUTF8: "save the file as UTF-8, for example with iconv -t UTF-8"
    case .invalidText: "write the column as UTF-8, or leave it out"
    case .compressed: "unpack it first, and name the unpacked file"
    case .foreignFormat: "export the data as CSV or Parquet, and name that file"
    case .wideCharacters:
      "save the file as UTF-8, for example with iconv -f UTF-16 -t UTF-8 FILE > NEW.csv"
    case .unclosedQuote: "close the quote, and write a quote inside a value as two"
    case .badCell(_, _, _, _, let cell, .number) where cell.hasDecimalComma:
      "write the number with a decimal point, or train with --decimal , if all numbers have a comma"
    case .badCell, .badDate: "correct the cell, or leave it empty if its value is not known"
    case .notParquet: "copy or write the file again; the end of a Parquet file is its index"
    case .nestedColumns(_, let columns):
      "leave out what is nested, with --drop \(columns.joined(separator: ",").shellQuoted), or store "
        + "it as numbers or strings"
    case .unsupportedColumn: "leave the column out, or store it as numbers or strings"
    case .unreadable: "check the delimiter, the quotes and the encoding of the file"
    }
  }
}

extension String {
  /// Whether a cell may be a number with a comma before its fraction.
  var hasDecimalComma: Bool { wholeMatch(of: /[+-]?[0-9]+,[0-9]+/) != nil }
}
