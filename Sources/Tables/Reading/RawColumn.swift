// A column as the files hold it, and its way to the kind that it shall have.
// Nothing here knows a file format: CSV, Parquet and the keys of Hive folders all come as pieces.

/// A cell that is not of the kind its column must have.
struct CellFailure: Error {
  /// Counts the rows of all files from 0.
  let row: Int
  let cell: String
  let expected: ColumnKind
}

/// The pieces of a column, in the order of the rows.
struct RawColumn: Sendable {
  enum Piece: Sendable {
    case chunk(ArrowChunk)
    /// One value for many rows, from a folder's name; nil is missing.
    case constant(String?, count: Int)
  }

  let name: String
  /// The kind it must have, or nil if its values decide.
  let kind: ColumnKind?
  /// Whether its writer said that it is a category, so that digits in it are names.
  var isDeclaredCategory = false
  /// Whether a file declares it as exact decimals.
  var hasDecimals = false
  var pieces: [Piece] = []

  /// The column, in the kind it must have or else in the one its values suggest.
  func column() throws(CellFailure) -> Column {
    Column(name: name, values: try values())
  }

  private func values() throws(CellFailure) -> Column.Values {
    switch kind {
    case .number: return .number(try numbers(.number))
    case .timestamp: return .timestamp(try numbers(.timestamp))
    case .category: return .category(categories())
    case .text: return .text(text())
    case nil: break
    }
    let layouts = pieces.map(\.layout)
    if layouts.contains(where: \.isInstant), layouts.allSatisfy({ $0.isInstant || $0 == .null }) {
      return .timestamp(try numbers(.timestamp))
    }
    // Booleans stay what they were written as; strings become numbers if every one spells one.
    if !isDeclaredCategory, !layouts.contains(.boolean), !layouts.contains(where: \.isInstant),
      let column = try? numbers(.number)
    {
      return .number(column)
    }
    // Files whose columns have types may still hold dates as strings.
    if !isDeclaredCategory, layouts.allSatisfy({ $0.isString || $0 == .null }),
      let column = try? numbers(.timestamp)
    {
      return .timestamp(column)
    }
    return .category(categories())
  }

  // MARK: - Numbers and instants

  /// The numbers of the column, without a copy if it holds nothing else.
  private func numbers(_ expected: ColumnKind) throws(CellFailure) -> NumberColumn {
    let chunks = pieces.compactMap(\.numericChunk)
    if chunks.count == pieces.count { return NumberColumn(ChunkedRows(chunks)) }
    var values: [Double] = []
    values.reserveCapacity(pieces.reduce(0) { $0 + $1.count })
    for piece in pieces {
      switch piece {
      case .constant(let string, let count):
        var string = string ?? ""
        let value = string.withUTF8 { Self.parse($0, expected) }
        guard let value else {
          throw CellFailure(row: values.count, cell: string, expected: expected)
        }
        values.append(contentsOf: repeatElement(value, count: count))
      case .chunk(let chunk):
        switch chunk.layout {
        case .number, .instant, .days:
          values += NumberColumn(ChunkedRows([chunk])).doubles()
        case .null: values.append(contentsOf: repeatElement(.nan, count: chunk.count))
        case .boolean: Self.append(booleans: chunk, to: &values)
        case .text: try Self.append(text: chunk, to: &values, expected)
        case .dictionary: try Self.append(dictionary: chunk, to: &values, expected)
        }
      }
    }
    return NumberColumn(values)
  }

  private static func append(booleans chunk: ArrowChunk, to values: inout [Double]) {
    let (bits, validity) = (chunk.bits, chunk.validity)
    for row in 0..<chunk.count {
      values.append(validity?[row] == false ? .nan : bits?[row] == true ? 1 : 0)
    }
  }

  private static func append(
    text chunk: ArrowChunk, to values: inout [Double], _ expected: ColumnKind
  ) throws(CellFailure) {
    let (strings, validity) = (chunk.strings, chunk.validity)
    for row in 0..<chunk.count {
      if validity?[row] == false {
        values.append(.nan)
      } else if let value = parse(strings[row], expected) {
        values.append(value)
      } else {
        throw failure(at: values.count, strings[row], expected)
      }
    }
  }

  private static func append(
    dictionary chunk: ArrowChunk, to values: inout [Double], _ expected: ColumnKind
  ) throws(CellFailure) {
    let (strings, validity) = (chunk.dictionary, chunk.validity)
    let codes = chunk.values(as: Int32.self)
    // Parsed when first met: an entry that no row uses must not fail.
    var parsed = [Double?](repeating: nil, count: strings.count)
    for row in 0..<chunk.count {
      if validity?[row] == false {
        values.append(.nan)
        continue
      }
      let code = Int(codes[row])
      if let value = parsed[code] {
        values.append(value)
      } else if let value = parse(strings[code], expected) {
        parsed[code] = value
        values.append(value)
      } else {
        throw failure(at: values.count, strings[code], expected)
      }
    }
  }

  private static func failure(
    at row: Int, _ bytes: UnsafeBufferPointer<UInt8>, _ expected: ColumnKind
  ) -> CellFailure {
    CellFailure(row: row, cell: String(decoding: bytes, as: UTF8.self), expected: expected)
  }

  /// The value that a cell spells, NaN if it is missing, nil if it spells something else.
  private static func parse(
    _ bytes: UnsafeBufferPointer<UInt8>, _ expected: ColumnKind
  ) -> Double? {
    let trimmed = bytes.trimmed
    if MissingTokens.contains(trimmed) { return .nan }
    return expected == .timestamp ? CellParser.instant(trimmed) : CellParser.number(trimmed)
  }

  // MARK: - Categories

  private func categories() -> CategoryColumn {
    var index = LevelIndex()
    var codes: [Int32] = []
    codes.reserveCapacity(pieces.reduce(0) { $0 + $1.count })
    for piece in pieces {
      switch piece {
      case .constant(let string, let count):
        var string = string ?? ""
        let code = string.withUTF8 { Self.code(of: $0, in: &index) }
        codes.append(contentsOf: repeatElement(code, count: count))
      case .chunk(let chunk):
        switch chunk.layout {
        case .null: codes.append(contentsOf: repeatElement(-1, count: chunk.count))
        case .text: Self.append(text: chunk, to: &codes, &index)
        case .dictionary: Self.append(dictionary: chunk, to: &codes, &index)
        case .number, .instant, .days, .boolean:
          for string in chunk.cellStrings() { codes.append(string.map { index.intern($0) } ?? -1) }
        }
      }
    }
    return CategoryColumn(codes: codes, levels: index.levels())
  }

  private static func append(
    text chunk: ArrowChunk, to codes: inout [Int32], _ index: inout LevelIndex
  ) {
    let (strings, validity) = (chunk.strings, chunk.validity)
    for row in 0..<chunk.count {
      codes.append(validity?[row] == false ? -1 : code(of: strings[row], in: &index))
    }
  }

  private static func append(
    dictionary chunk: ArrowChunk, to codes: inout [Int32], _ index: inout LevelIndex
  ) {
    let (strings, validity) = (chunk.dictionary, chunk.validity)
    let indices = chunk.values(as: Int32.self)
    // Numbered when first met, so that levels come in the order of the rows whatever the order
    // of the dictionary, and none is there that no row has.
    let unmet: Int32 = -2
    var known = [Int32](repeating: unmet, count: strings.count)
    for row in 0..<chunk.count {
      if validity?[row] == false {
        codes.append(-1)
        continue
      }
      let entry = Int(indices[row])
      if known[entry] == unmet { known[entry] = code(of: strings[entry], in: &index) }
      codes.append(known[entry])
    }
  }

  private static func code(
    of bytes: UnsafeBufferPointer<UInt8>, in index: inout LevelIndex
  ) -> Int32 {
    let trimmed = bytes.trimmed
    return MissingTokens.contains(trimmed) ? -1 : index.intern(trimmed)
  }

  // MARK: - Text

  /// The strings of the column, without a copy if it holds nothing else.
  private func text() -> TextColumn {
    let chunks = pieces.compactMap(\.textChunk)
    if chunks.count == pieces.count { return TextColumn(ChunkedRows(chunks)) }
    return TextColumn(
      pieces.flatMap { piece -> [String?] in
        switch piece {
        case .constant(let string, let count): Array(repeating: string, count: count)
        case .chunk(let chunk): chunk.cellStrings()
        }
      })
  }
}

extension RawColumn.Piece {
  fileprivate var count: Int {
    switch self {
    case .chunk(let chunk): chunk.count
    case .constant(_, let count): count
    }
  }

  /// The layout; that of a constant is text.
  fileprivate var layout: ArrowLayout {
    if case .chunk(let chunk) = self { chunk.layout } else { .text }
  }

  fileprivate var numericChunk: ArrowChunk? {
    guard case .chunk(let chunk) = self else { return nil }
    if case .number = chunk.layout { return chunk }
    return chunk.layout.isInstant ? chunk : nil
  }

  fileprivate var textChunk: ArrowChunk? {
    guard case .chunk(let chunk) = self, chunk.layout == .text else { return nil }
    return chunk
  }
}

extension ArrowLayout {
  fileprivate var isString: Bool { self == .text || self == .dictionary }

  var isInstant: Bool {
    switch self {
    case .instant, .days: true
    default: false
    }
  }
}

extension ArrowChunk {
  /// The numbers as text, nil where missing.
  private func numberStrings(_ type: ScalarType) -> [String?] {
    // Whole numbers not by way of a double, which would round identifiers of more than 15 digits.
    switch type {
    case .int64: wholeStrings(Int64.self)
    case .uint64: wholeStrings(UInt64.self)
    default: NumberColumn(ChunkedRows([self])).doubles().map(CellText.number)
    }
  }

  private func wholeStrings<Whole: FixedWidthInteger>(_ type: Whole.Type) -> [String?] {
    let (values, validity) = (values(as: type), validity)
    return (0..<count).map { validity?[$0] == false ? nil : String(values[$0]) }
  }

  /// The cells as text, nil where missing.
  fileprivate func cellStrings() -> [String?] {
    switch layout {
    case .number(let type): numberStrings(type)
    case .instant, .days: NumberColumn(ChunkedRows([self])).doubles().map(CellText.instant)
    case .null: Array(repeating: nil, count: count)
    case .boolean:
      (0..<count).map { validity?[$0] == false ? nil : bits?[$0] == true ? "true" : "false" }
    case .text:
      (0..<count).map {
        validity?[$0] == false ? nil : String(decoding: strings[$0], as: UTF8.self)
      }
    case .dictionary:
      (0..<count).map {
        validity?[$0] == false
          ? nil
          : String(decoding: dictionary[Int(values(as: Int32.self)[$0])], as: UTF8.self)
      }
    }
  }
}
