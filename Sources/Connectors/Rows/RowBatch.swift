// Rows on their way from a database into a table.

internal import Tables

/// Columns that grow row by row.
struct RowBatch {
  /// The most rows of a batch.
  static let rowLimit = 1 << 14
  /// A batch ends at this many bytes of strings too, so that long ones do not fill the memory.
  private static let byteLimit = 1 << 25

  private var builders: [ColumnBuilder]
  private let names: [String]
  private(set) var rowCount = 0

  init(_ columns: [SourceColumn]) {
    names = columns.map(\.name)
    builders = columns.map { ColumnBuilder($0.type) }
  }

  var isFull: Bool {
    rowCount >= Self.rowLimit || builders.reduce(0) { $0 + $1.byteCount } >= Self.byteLimit
  }

  /// Adds one row: `append` is called for every column; it returns false for a value that does not
  /// fit.
  ///
  /// - Throws: `BadCell`.
  mutating func add(
    _ append: (_ index: Int, _ builder: inout ColumnBuilder) -> Bool
  ) throws(BadCell) {
    for index in builders.indices where !append(index, &builders[index]) {
      throw BadCell(row: rowCount, column: index)
    }
    rowCount += 1
  }

  /// For each column its first number that a double does not hold; rows count from 0.
  var rounded: [(row: Int, column: Int, text: String)] {
    builders.enumerated().compactMap { column, builder in
      builder.rounded.map { (row: $0.row, column: column, text: $0.text) }
    }
  }

  /// The rows, as a table.
  func table() -> Table {
    Table(
      columns: zip(names, builders).map { Column(name: $0, values: $1.values()) },
      rowCount: rowCount)
  }

  /// Where a value does not fit, both counted from 0.
  struct BadCell: Error {
    let row: Int
    let column: Int
  }
}

/// The values of one column so far.
struct ColumnBuilder {
  private let type: SourceType
  private var integers: [Int64] = []
  private var isMissing: [Bool] = []
  private var numbers: [Double] = []
  private var strings: [String?] = []
  /// The first number that a double does not hold.
  private(set) var rounded: (row: Int, text: String)?
  /// The bytes of the strings.
  private(set) var byteCount = 0

  init(_ type: SourceType) { self.type = type }

  /// Whether the column takes any string.
  var holdsText: Bool { type == .text }

  /// Adds a missing value.
  mutating func appendMissing() {
    switch type {
    case .integer: append(0, isMissing: true)
    case .real, .instant: numbers.append(.nan)
    case .text: strings.append(nil)
    }
  }

  /// Adds a whole number; false if the column holds something else.
  mutating func append(_ value: Int64) -> Bool {
    switch type {
    case .integer(let bits):
      guard bits == 64 || Int32(exactly: value) != nil else { return false }
      append(value, isMissing: false)
    case .real:
      if rounded == nil, !ExactNumber.isHeld(value) { rounded = (numbers.count, String(value)) }
      numbers.append(Double(value))
    case .text, .instant: return false
    }
    return true
  }

  /// Adds a real number; false if the column holds something else, and for infinities, which no
  /// reader of tables takes.
  mutating func append(_ value: Double) -> Bool {
    guard type == .real, value.isFinite else { return false }
    numbers.append(value)
    return true
  }

  /// Adds a value from its text, as databases write it; false if it spells nothing of this type.
  mutating func append(text bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    switch type {
    case .integer: return ValueText.integer(bytes).map { append($0) } ?? false
    case .real:
      guard let value = ValueText.real(bytes), !value.isInfinite else { return false }
      if rounded == nil, !ExactNumber.isHeld(bytes, by: value) {
        rounded = (numbers.count, String(decoding: bytes, as: UTF8.self))
      }
      numbers.append(value)
    case .instant:
      guard let seconds = ValueText.instant(bytes) else { return false }
      numbers.append(seconds)
    case .text:
      guard let string = String(validating: bytes, as: UTF8.self) else { return false }
      append(string: string)
    }
    return true
  }

  /// Adds a string to a column of them.
  mutating func append(string: String) {
    strings.append(string)
    byteCount += string.utf8.count
  }

  private mutating func append(_ value: Int64, isMissing missing: Bool) {
    integers.append(value)
    isMissing.append(missing)
  }

  func values() -> Column.Values {
    switch type {
    case .integer(let bits):
      .number(NumberColumn(integers: integers, isMissing: isMissing, bits: bits))
    case .real: .number(NumberColumn(numbers))
    case .instant: .timestamp(NumberColumn(numbers))
    case .text: .text(TextColumn(strings))
    }
  }
}

extension SourceType {
  /// What messages expect of a value.
  var expectation: String {
    switch self {
    case .integer(64): "a whole number"
    case .integer(let bits): "a whole number of \(bits) bits"
    case .real: "a finite number"
    case .text: "a string in UTF-8"
    case .instant: "a date or an instant of the years 1 to 9999"
    }
  }
}
