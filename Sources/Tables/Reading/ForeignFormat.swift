// Files that are told by their first bytes to be no table, whatever their name says.

/// A format that no table is read from.
struct ForeignFormat {
  /// The name of the format, for messages.
  let name: String
  /// Whether the file holds another one in fewer bytes.
  let isCompression: Bool
  private let signature: [UInt8]

  private init(_ name: String, _ signature: [UInt8], isCompression: Bool = false) {
    self.name = name
    self.signature = signature
    self.isCompression = isCompression
  }

  private static let known = [
    ForeignFormat("gzip", [0x1F, 0x8B], isCompression: true),
    ForeignFormat("Zstandard", [0x28, 0xB5, 0x2F, 0xFD], isCompression: true),
    ForeignFormat("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A], isCompression: true),
    ForeignFormat("bzip2", Array("BZh".utf8), isCompression: true),
    ForeignFormat("LZ4", [0x04, 0x22, 0x4D, 0x18], isCompression: true),
    ForeignFormat("Snappy", [0xFF, 0x06, 0x00, 0x00, 0x73], isCompression: true),
    ForeignFormat("compress", [0x1F, 0x9D], isCompression: true),
    ForeignFormat("7-Zip", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], isCompression: true),
    ForeignFormat(
      "zip, as spreadsheets are", Array("PK\u{3}\u{4}".utf8), isCompression: true),
    ForeignFormat("an Arrow file", Array("ARROW1".utf8)),
    ForeignFormat("an encrypted Parquet file", Array("PARE".utf8)),
    ForeignFormat("a SQLite database", Array("SQLite format 3\0".utf8)),
    ForeignFormat("an HDF5 file", [0x89, 0x48, 0x44, 0x46]),
    ForeignFormat("an old spreadsheet", [0xD0, 0xCF, 0x11, 0xE0]),
    ForeignFormat("a PDF document", Array("%PDF-".utf8)),
  ]

  /// The format that the first bytes of a file name; nil for text and for Parquet.
  init?(of bytes: UnsafeBufferPointer<UInt8>) {
    let found = Self.known.first { format in
      guard bytes.starts(with: format.signature) else { return false }
      // Text may begin with the letters of some formats, but then it holds no byte of zero.
      let isSpelled = format.signature.allSatisfy { (0x20..<0x7F).contains($0) }
      return !isSpelled || bytes.prefix(1_024).contains(0)
    }
    guard let found else { return nil }
    self = found
  }

  /// Refuses what is neither text in UTF-8 nor Parquet.
  ///
  /// - Throws: `TableError.compressed`, `.foreignFormat`, `.wideCharacters`.
  static func refuse(_ bytes: UnsafeBufferPointer<UInt8>, name: String) throws {
    if let format = ForeignFormat(of: bytes) {
      throw format.isCompression
        ? TableError.compressed(file: name, format: format.name)
        : TableError.foreignFormat(file: name, format: format.name)
    }
    let isWide =
      bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
      // Without a mark every other byte is zero, as the first characters are ASCII.
      || (bytes.count >= 4 && (bytes[0] == 0) != (bytes[1] == 0)
        && (bytes[0] == 0) == (bytes[2] == 0) && (bytes[1] == 0) == (bytes[3] == 0))
    if isWide { throw TableError.wideCharacters(file: name) }
    let head = bytes.prefix(1_024)
    // A cell may hold a byte of zero, the names of columns may not; a character may be cut at the end.
    let isText = (0...3).contains {
      String(validating: head.dropLast($0), as: UTF8.self) != nil
    }
    if head.prefix(while: { $0 != UInt8(ascii: "\n") }).contains(0)
      || (!isText && head.contains(0))
    {
      throw TableError.foreignFormat(file: name, format: "a binary file")
    }
  }
}
