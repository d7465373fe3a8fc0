// What a caller may ask of a reader, and what it gets.

public import Texts

/// How to read a table; the defaults read any clean file.
public struct ReadOptions: Sendable {
  /// The byte between the fields of delimited text.
  ///
  /// When nil, a name that ends in `.tsv` means a tab; else it is the one of `,` `;` tab `|` that
  /// is most frequent in the first line.
  public var delimiter: UInt8?
  /// Whether the first line of delimited text holds the column names.
  ///
  /// When false, the columns are named `column_0`, `column_1` and so on.
  public var hasHeader: Bool
  /// Columns that must be of a kind; the others get the kind that their values suggest.
  ///
  /// A name that the data do not have is an error.
  public var kinds: [ByteText: ColumnKind]
  /// Columns that are not read at all; a name that the data do not have is an error.
  public var excluding: Set<ByteText>
  /// The byte before the fraction of numbers that are written as text.
  public var decimal: UInt8
  /// Columns of instants that are not written as ISO 8601, and how they are written.
  ///
  /// A name that the data do not have is an error, unless there is a schema.
  public var dates: [ByteText: DateFormat]
  /// Columns whose categories stay as they are written; others get one spelling (`CellSpelling`).
  public var verbatim: Set<ByteText>
  /// The columns that a model was trained on.
  ///
  /// When set, exactly these columns are read, in this order and as these kinds, whatever `kinds`
  /// says. A missing column is an error; further columns are ignored, with a note unless
  /// `excluding` names them.
  public var schema: Schema?
  /// The most columns that are read; more are refused before any is.
  public var mostColumns: Int
  /// The number of threads, at least 1; nil means all processors.
  ///
  /// No result depends on it.
  public var threads: Int?

  /// Creates options.
  public init(
    delimiter: UInt8? = nil, hasHeader: Bool = true, kinds: [ByteText: ColumnKind] = [:],
    excluding: Set<ByteText> = [], decimal: UInt8 = UInt8(ascii: "."),
    dates: [ByteText: DateFormat] = [:], verbatim: Set<ByteText> = [], schema: Schema? = nil,
    mostColumns: Int = Int(Int32.max), threads: Int? = nil
  ) {
    self.delimiter = delimiter
    self.hasHeader = hasHeader
    self.kinds = kinds
    self.excluding = excluding
    self.decimal = decimal
    self.dates = dates
    self.verbatim = verbatim
    self.schema = schema
    self.mostColumns = mostColumns
    self.threads = threads
  }
}

/// A file that a table was read from, as it was when it was read.
public struct SourceFile: Sendable {
  /// The path in the folder that was named; nil where the file itself was named.
  public let relativePath: String?
  private let contents: FileContents

  init(relativePath: String?, contents: FileContents) {
    self.relativePath = relativePath
    self.contents = contents
  }

  /// Runs a closure on the bytes, which stay mapped or in memory as long as this value.
  ///
  /// - Throws: `TableError.fileChanged` if the bytes are no longer those that were read.
  public func withBytes<Result>(_ body: (RawSpan) throws -> Result) throws -> Result {
    let result = try body(UnsafeRawBufferPointer(contents.bytes).bytes)
    try contents.requireUnchanged()
    return result
  }
}

/// A table that was read, and what its reader wants to be known.
public struct ReadResult: Sendable {
  /// The table.
  public let table: Table
  /// Remarks for the user, one sentence each, such as columns that were ignored.
  public let notes: [String]
  /// For each column its kind, and why it has it.
  public let findings: [ColumnFinding]
  /// The columns that folders' names made: Hive partitions.
  public let partitionNames: [String]
  /// The files that were read, in the order of the bytes of their paths.
  public let files: [SourceFile]
  /// The number of rows of each of these files.
  public let fileRows: [Int]
}
