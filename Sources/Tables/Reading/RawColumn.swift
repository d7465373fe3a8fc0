// A column as the files hold it, and its way to the kind that it shall have.
// Nothing here knows a file format: CSV, Parquet and the keys of Hive folders all come as pieces.

/// A cell that is not of the kind its column must have.
struct CellFailure: Error {
  /// Counts the rows of all files from 0.
  let row: Int
  let cell: String
  let expected: ColumnKind
}

/// Makes numbers or instants of cells.
struct CellValueParser {
  let expected: ColumnKind
  let form: CellForm
  /// Whether digits with leading zeros are numbers.
  let losingZeros: Bool

  /// The value that a cell spells, NaN if it is missing, nil if it spells something else.
  func value(of bytes: UnsafeBufferPointer<UInt8>) -> Double? {
    let trimmed = bytes.trimmed
    if MissingTokens.contains(trimmed) { return .nan }
    if expected == .timestamp {
      return form.date.map { $0.seconds(trimmed) } ?? CellParser.instant(trimmed)
    }
    if !losingZeros, CellSpelling.hasLeadingZeros(trimmed) { return nil }
    return CellParser.number(trimmed, decimal: form.decimal)
  }
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
  /// How its cells are written.
  let form: CellForm
  /// Whether its writer said that it is a category, so that digits in it are names.
  var isDeclaredCategory = false
  /// Whether a file declares it as exact decimals.
  var hasDecimals = false
  var pieces: [Piece] = []

  init(_ wanted: WantedColumn) {
    name = wanted.name
    kind = wanted.kind
    form = wanted.form
  }

  /// The column, in the kind it must have or else in the one its values suggest, and why.
  func converted() throws(CellFailure) -> (column: Column, reason: KindReason) {
    let (values, reason) = try values()
    return (Column(name: name, values: values), reason)
  }

  private func values() throws(CellFailure) -> (Column.Values, KindReason) {
    switch kind {
    case .number: return (.number(try numbers(.number)), .given)
    case .timestamp: return (.timestamp(try numbers(.timestamp)), .given)
    case .category: return (.category(categories()), .given)
    case .text: return (.text(text()), .given)
    case nil: break
    }
    if isDeclaredCategory { return (.category(categories()), .declared) }
    // Where a file holds no value of the column, its type says nothing.
    let filled = pieces.filter { !$0.isMissing }
    let layouts = (filled.isEmpty ? pieces : filled).map(\.layout)
    // Strings become numbers if every one spells one, and loses nothing as a number.
    if !layouts.contains(where: \.isInstant), !layouts.contains(.boolean),
      let column = try? numbers(.number, losingZeros: false)
    {
      return (.number(column), .numbers)
    }
    // Files whose columns have types may still hold dates as strings.
    if layouts.allSatisfy({ $0.isInstant || $0.isString || $0 == .null }),
      let column = try? numbers(.timestamp)
    {
      return (.timestamp(column), .instants)
    }
    let categories = categories()
    return (.category(categories), CategoryEvidence(categories, form: form).reason)
  }

  // MARK: - Numbers and instants

  /// The numbers of the column, without a copy if it holds nothing else.
  ///
  /// Values of another type are what they are in delimited text: cells that spell something else.
  /// - Parameter losingZeros: whether digits with leading zeros are numbers.
  private func numbers(
    _ expected: ColumnKind, losingZeros: Bool = true
  ) throws(CellFailure) -> NumberColumn {
    let chunks = pieces.compactMap { $0.chunk(holding: expected) }
    if chunks.count == pieces.count { return NumberColumn(ChunkedRows(chunks)) }
    let parser = CellValueParser(expected: expected, form: form, losingZeros: losingZeros)
    var values: [Double] = []
    values.reserveCapacity(pieces.reduce(0) { $0 + $1.count })
    for piece in pieces {
      switch piece {
      // A file without rows has no value, whatever the name of its folder says.
      case .constant(_, count: 0): break
      case .constant(let string, let count):
        var string = string ?? ""
        let value = string.withUTF8 { parser.value(of: $0) }
        guard let value else {
          throw CellFailure(row: values.count, cell: string, expected: expected)
        }
        values.append(contentsOf: repeatElement(value, count: count))
      case .chunk(let chunk):
        switch chunk.layout {
        case .number, .instant, .days, .boolean:
          if chunk.layout.holds(expected) {
            values += NumberColumn(ChunkedRows([chunk])).doubles()
          } else {
            try Self.append(missing: chunk, to: &values, expected)
          }
        case .null: values.append(contentsOf: repeatElement(.nan, count: chunk.count))
        case .text: try Self.append(text: chunk, to: &values, parser)
        case .dictionary: try Self.append(dictionary: chunk, to: &values, parser)
        }
      }
    }
    return NumberColumn(values)
  }

  /// Appends a chunk of another type, which holds nothing if all of it is missing.
  private static func append(
    missing chunk: ArrowChunk, to values: inout [Double], _ expected: ColumnKind
  ) throws(CellFailure) {
    let cells = chunk.cellStrings()
    if let row = cells.firstIndex(where: { $0 != nil }) {
      throw CellFailure(row: values.count + row, cell: cells[row] ?? "", expected: expected)
    }
    values.append(contentsOf: repeatElement(.nan, count: chunk.count))
  }

  private static func append(
    text chunk: ArrowChunk, to values: inout [Double], _ parser: CellValueParser
  ) throws(CellFailure) {
    let (strings, validity) = (chunk.strings, chunk.validity)
    for row in 0..<chunk.count {
      if validity?[row] == false {
        values.append(.nan)
      } else if let value = parser.value(of: strings[row]) {
        values.append(value)
      } else {
        throw failure(at: values.count, strings[row], parser.expected)
      }
    }
  }

  private static func append(
    dictionary chunk: ArrowChunk, to values: inout [Double], _ parser: CellValueParser
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
      } else if let value = parser.value(of: strings[code]) {
        parsed[code] = value
        values.append(value)
      } else {
        throw failure(at: values.count, strings[code], parser.expected)
      }
    }
  }

  private static func failure(
    at row: Int, _ bytes: UnsafeBufferPointer<UInt8>, _ expected: ColumnKind
  ) -> CellFailure {
    CellFailure(row: row, cell: String(decoding: bytes, as: UTF8.self), expected: expected)
  }

  // MARK: - Categories

  private func categories() -> CategoryColumn {
    var index = LevelIndex()
    var codes: [Int32] = []
    codes.reserveCapacity(pieces.reduce(0) { $0 + $1.count })
    for piece in pieces {
      switch piece {
      case .constant(_, count: 0): break
      case .constant(let string, let count):
        var string = string ?? ""
        let code = string.withUTF8 { self.code(of: $0, in: &index) }
        codes.append(contentsOf: repeatElement(code, count: count))
      case .chunk(let chunk):
        switch chunk.layout {
        case .null: codes.append(contentsOf: repeatElement(-1, count: chunk.count))
        case .text: append(text: chunk, to: &codes, &index)
        case .dictionary: append(dictionary: chunk, to: &codes, &index)
        case .number, .instant, .days, .boolean:
          for string in chunk.cellStrings() {
            var string = string ?? ""
            codes.append(string.withUTF8 { self.code(of: $0, in: &index) })
          }
        }
      }
    }
    return CategoryColumn(codes: codes, levels: index.levels())
  }

  private func append(
    text chunk: ArrowChunk, to codes: inout [Int32], _ index: inout LevelIndex
  ) {
    let (strings, validity) = (chunk.strings, chunk.validity)
    for row in 0..<chunk.count {
      codes.append(validity?[row] == false ? -1 : code(of: strings[row], in: &index))
    }
  }

  private func append(
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

  private func code(
    of bytes: UnsafeBufferPointer<UInt8>, in index: inout LevelIndex
  ) -> Int32 {
    let trimmed = bytes.trimmed
    if MissingTokens.contains(trimmed) { return -1 }
    return index.intern(
      form.isVerbatim ? trimmed : CellSpelling.canonical(trimmed, decimal: form.decimal))
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

  /// Whether no row has a value; texts are not looked at, as they go into a column of any kind.
  fileprivate var isMissing: Bool {
    switch self {
    case .constant(_, let count): count == 0
    case .chunk(let chunk): chunk.layout.isString ? chunk.count == 0 : chunk.isMissing
    }
  }

  /// The layout; that of a constant is text.
  fileprivate var layout: ArrowLayout {
    if case .chunk(let chunk) = self { chunk.layout } else { .text }
  }

  /// The chunk, if its values are of a kind.
  fileprivate func chunk(holding kind: ColumnKind) -> ArrowChunk? {
    guard case .chunk(let chunk) = self else { return nil }
    return chunk.layout.holds(kind) ? chunk : nil
  }

  fileprivate var textChunk: ArrowChunk? {
    guard case .chunk(let chunk) = self, chunk.layout == .text else { return nil }
    return chunk
  }
}

extension ArrowLayout {
  fileprivate var isString: Bool { self == .text || self == .dictionary }

  /// Whether values are numbers, or instants, without being parsed.
  fileprivate func holds(_ kind: ColumnKind) -> Bool {
    if case .number = self { return kind == .number }
    return isInstant && kind == .timestamp
  }

  fileprivate var isInstant: Bool {
    switch self {
    case .instant, .days: true
    default: false
    }
  }
}

extension ArrowChunk {
  /// Whether no row has a value.
  fileprivate var isMissing: Bool {
    if layout == .null { return true }
    let validity = validity
    return (0..<count).allSatisfy { row in
      if validity?[row] == false { return true }
      switch layout {
      case .number(.double): return values(as: Double.self)[row].isNaN
      case .number(.float): return values(as: Float.self)[row].isNaN
      default: return false
      }
    }
  }

  /// The numbers as text, nil where missing.
  private func numberStrings(_ type: ScalarType) -> [String?] {
    // Whole numbers not by way of a double, which would round identifiers of more than 15 digits.
    switch type {
    case .int64: wholeStrings(Int64.self)
    case .uint64: wholeStrings(UInt64.self)
    // Not by way of a double either, in which 0.1 has more digits.
    case .float: floatStrings()
    default: NumberColumn(ChunkedRows([self])).doubles().map(CellText.number)
    }
  }

  private func floatStrings() -> [String?] {
    let (values, validity) = (values(as: Float.self), validity)
    return (0..<count).map { row in
      let value = values[row]
      if validity?[row] == false { return nil }
      return value == value.rounded() || value.isNaN
        ? CellText.number(Double(value)) : value.description
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
    case .days: NumberColumn(ChunkedRows([self])).doubles().map(CellText.day)
    case .instant(_, let isZoned):
      NumberColumn(ChunkedRows([self])).doubles().map {
        CellText.moment($0, isZoned: isZoned)
      }
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
