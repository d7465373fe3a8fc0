// Splits delimited text into rows, one byte after the other.
// Arrow reads the data; this reads headers, finds row ends, and finds the line of an error. It
// takes quotes and line ends as Arrow does: a quote opens a value only at the value's start, two
// quotes inside are one, and a row ends with LF, CR LF or CR.

/// Walks over the rows of delimited text; empty lines are not rows.
struct DelimitedScanner {
  /// One row.
  struct Row {
    /// Its bytes, without the line end.
    let bytes: Range<Int>
    /// The line on which it starts, from 1.
    let line: Int
    /// The number of its fields.
    let fieldCount: Int
    /// Whether a quoted value goes over a line end.
    let hasQuotedLineEnd: Bool
    /// Whether the text ends inside a quoted value.
    let isUnclosed: Bool
  }

  private let text: UnsafeBufferPointer<UInt8>
  private let delimiter: UInt8
  /// Where the next row starts.
  private(set) var position: Int
  /// The line of that position, from 1.
  private(set) var line: Int

  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// Starts at a position, which is the start of a line.
  init(_ text: UnsafeBufferPointer<UInt8>, delimiter: UInt8, position: Int, line: Int = 1) {
    self.text = text
    self.delimiter = delimiter
    self.position = position
    self.line = line
  }

  /// The next row, or nil at the end.
  mutating func next() -> Row? {
    while position < text.count, isLineEnd(text[position]) { skipLineEnd() }
    guard position < text.count else { return nil }
    let start = position
    let firstLine = line
    var fieldCount = 1
    var isFieldStart = true
    var hasQuotedLineEnd = false
    while position < text.count {
      let byte = text[position]
      if byte == Self.quote && isFieldStart {
        guard skipQuoted(&hasQuotedLineEnd) else {
          return Row(
            bytes: start..<position, line: firstLine, fieldCount: fieldCount,
            hasQuotedLineEnd: hasQuotedLineEnd, isUnclosed: true)
        }
        isFieldStart = false
      } else if isLineEnd(byte) {
        break
      } else {
        isFieldStart = byte == delimiter
        if isFieldStart { fieldCount += 1 }
        position += 1
      }
    }
    let end = position
    if position < text.count { skipLineEnd() }
    return Row(
      bytes: start..<end, line: firstLine, fieldCount: fieldCount,
      hasQuotedLineEnd: hasQuotedLineEnd, isUnclosed: false)
  }

  /// The values of a row, without quotes.
  func fields(of row: Row) -> [[UInt8]] {
    var fields: [[UInt8]] = []
    var field: [UInt8] = []
    var isFieldStart = true
    var isQuoted = false
    var index = row.bytes.lowerBound
    while index < row.bytes.upperBound {
      let byte = text[index]
      index += 1
      if isQuoted {
        if byte != Self.quote {
          field.append(byte)
        } else if index < row.bytes.upperBound && text[index] == Self.quote {
          field.append(byte)
          index += 1
        } else {
          isQuoted = false
        }
      } else if byte == Self.quote && isFieldStart {
        isQuoted = true
        isFieldStart = false
      } else if byte == delimiter {
        fields.append(field)
        field = []
        isFieldStart = true
      } else {
        field.append(byte)
        isFieldStart = false
      }
    }
    fields.append(field)
    return fields
  }

  private func isLineEnd(_ byte: UInt8) -> Bool {
    byte == Self.lineFeed || byte == Self.carriageReturn
  }

  private mutating func skipLineEnd() {
    let isPair =
      text[position] == Self.carriageReturn && position + 1 < text.count
      && text[position + 1] == Self.lineFeed
    position += isPair ? 2 : 1
    line += 1
  }

  /// Goes behind the closing quote; false if there is none.
  private mutating func skipQuoted(_ hasLineEnd: inout Bool) -> Bool {
    position += 1
    while position < text.count {
      let byte = text[position]
      if isLineEnd(byte) {
        hasLineEnd = true
        skipLineEnd()
      } else {
        position += 1
        guard byte == Self.quote else { continue }
        guard position < text.count, text[position] == Self.quote else { return true }
        position += 1
      }
    }
    return false
  }
}
