// Finds numbers with leading zeros in delimited text, whose reader would turn `0123` and `123` into
// one number. Nearly no table has any, so that a quick look at the bytes comes first.

internal import Glibc
internal import NumericCore

/// A search for cells of delimited text that are digits with a zero before them.
struct LeadingZeroScan {
  /// The rows; they start at a line.
  private let text: UnsafeBufferPointer<UInt8>
  private let delimiter: UInt8
  private let pool: WorkerPool

  private static let blockSize = 1 << 20
  /// The bytes that are looked at without a branch.
  private static let stepSize = 1 << 12
  private static let quote = UInt8(ascii: "\"")
  private static let zero = UInt8(ascii: "0")

  init(_ text: UnsafeBufferPointer<UInt8>, delimiter: UInt8, pool: WorkerPool) {
    self.text = text
    self.delimiter = delimiter
    self.pool = pool
  }

  /// Those of some columns, counted from 0, that have such a cell.
  func columns(among wanted: Set<Int>) -> Set<Int> {
    guard let last = wanted.max(), mayHaveAny else { return [] }
    var isWanted = [Bool](repeating: false, count: last + 1)
    for column in wanted { isWanted[column] = true }
    // A quote may hide line ends, so that rows start nowhere but where the row before has ended.
    let hasQuotes = text.baseAddress.map { memchr($0, Int32(Self.quote), text.count) != nil }
    let parts = hasQuotes == true ? [0..<text.count] : blocks.map(rows)
    var found = [Set<Int>](repeating: [], count: parts.count)
    found.withUnsafeMutableBufferPointer { buffer in
      // Every index is written by the one call that gets it.
      nonisolated(unsafe) let buffer = buffer
      pool.forEach(count: parts.count) { index, _ in
        buffer[index] = columns(in: parts[index], isWanted)
      }
    }
    return found.reduce([]) { $0.union($1) }
  }

  private var blocks: [Range<Int>] {
    stride(from: 0, to: text.count, by: Self.blockSize).map {
      $0..<min($0 + Self.blockSize, text.count)
    }
  }

  /// The rows that start in a block of text without quotes.
  private func rows(of block: Range<Int>) -> Range<Int> {
    func lineStart(_ position: Int) -> Int {
      guard position > 0 else { return 0 }
      var start = position
      while start < text.count, !isLineEnd(text[start - 1]) { start += 1 }
      return start
    }
    return lineStart(block.lowerBound)..<lineStart(block.upperBound)
  }

  private func isLineEnd(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  // MARK: - The quick look

  /// Whether any cell, or a word in one, is digits with a zero before them.
  private var mayHaveAny: Bool {
    let blocks = blocks
    var found = [Bool](repeating: false, count: blocks.count)
    found.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let buffer = buffer
      pool.forEach(count: blocks.count) { index, _ in
        buffer[index] = mayHaveAny(in: blocks[index])
      }
    }
    return found.contains(true)
  }

  /// Looks at many bytes without a branch, which the compiler makes one step of, and closer where a
  /// digit follows a zero at the start of a word.
  private func mayHaveAny(in block: Range<Int>) -> Bool {
    guard let bytes = text.baseAddress else { return false }
    if block.lowerBound == 0, isPadded(at: 0) { return true }
    // Each byte is looked at with its neighbours.
    let last = min(block.upperBound, text.count - 1)
    var start = max(1, block.lowerBound)
    while start < last {
      let end = min(start + Self.stepSize, last)
      var found: UInt8 = 0
      for index in start..<end {
        let before = bytes[index - 1]
        let isStart: UInt8 =
          (before <= UInt8(ascii: " ") ? 1 : 0) | (before == delimiter ? 1 : 0)
          | (before == Self.quote ? 1 : 0)
        let isZero: UInt8 = bytes[index] == Self.zero ? 1 : 0
        let isNumber: UInt8 = CellSpelling.isDigit(bytes[index + 1]) ? 1 : 0
        found |= isStart & isZero & isNumber
      }
      if found != 0, (start..<end).contains(where: isPadded) { return true }
      start = end
    }
    return false
  }

  /// Whether a word of digits with a zero before them starts at a position.
  private func isPadded(at index: Int) -> Bool {
    guard text[index] == Self.zero, index + 1 < text.count, CellSpelling.isDigit(text[index + 1]),
      index == 0 || isBorder(text[index - 1])
    else { return false }
    var end = index + 2
    while end < text.count, CellSpelling.isDigit(text[end]) { end += 1 }
    return end == text.count || isBorder(text[end])
  }

  private func isBorder(_ byte: UInt8) -> Bool {
    byte == delimiter || byte <= UInt8(ascii: " ") || byte == Self.quote
  }

  // MARK: - Cell by cell

  private func columns(in rows: Range<Int>, _ isWanted: [Bool]) -> Set<Int> {
    var found: Set<Int> = []
    var column = 0
    var position = rows.lowerBound
    while position < rows.upperBound {
      var cell = position..<position
      if text[position] == Self.quote {
        let end = closingQuote(from: position + 1, before: rows.upperBound)
        cell = position + 1..<end
        position = end
      }
      while position < rows.upperBound, text[position] != delimiter, !isLineEnd(text[position]) {
        position += 1
      }
      if cell.isEmpty { cell = cell.lowerBound..<position }
      if column < isWanted.count, isWanted[column],
        CellSpelling.hasLeadingZeros(UnsafeBufferPointer(rebasing: text[cell]).trimmed)
      {
        found.insert(column)
      }
      column = position < rows.upperBound && text[position] == delimiter ? column + 1 : 0
      position += 1
    }
    return found
  }

  /// The position of the quote that ends a value; two quotes are one of the value.
  private func closingQuote(from start: Int, before end: Int) -> Int {
    var position = start
    while position < end {
      if text[position] == Self.quote {
        guard position + 1 < end, text[position + 1] == Self.quote else { return position }
        position += 1
      }
      position += 1
    }
    return end
  }
}
