// Numbers of more digits than a double holds, such as identifiers of 17 digits: reading them as
// numbers changes them, which the user must know.

internal import NumericCore

/// Which spelled numbers a double holds.
public enum ExactNumber {
  /// The most digits that every double holds.
  private static let digitLimit = 15

  /// Whether a number that is spelled is the one that the shortest spelling of a double means.
  ///
  /// - Parameter value: the double nearest to the spelled number.
  public static func isHeld(_ bytes: UnsafeBufferPointer<UInt8>, by value: Double) -> Bool {
    guard bytes.count > digitLimit, value.isFinite else { return true }
    let spelled = Digits(bytes)
    guard spelled.digits.count > digitLimit else { return true }
    var shortest = value.description
    return shortest.withUTF8 { Digits($0) } == spelled
  }

  /// Whether a double is a whole number exactly.
  public static func isHeld<Whole: FixedWidthInteger>(_ value: Whole) -> Bool {
    Whole(exactly: Double(value)) == value
  }

  /// The digits of a number without zeros at either end, and the power of ten of the last one.
  private struct Digits: Equatable {
    var digits: [UInt8] = []
    var exponent = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
      var isFraction = false
      for (index, byte) in bytes.enumerated() {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
          if !digits.isEmpty || byte != UInt8(ascii: "0") { digits.append(byte) }
          if isFraction { exponent -= 1 }
        case UInt8(ascii: "."): isFraction = true
        case UInt8(ascii: "e"), UInt8(ascii: "E"):
          let rest = UnsafeBufferPointer(rebasing: bytes[(index + 1)...])
          // Beyond all doubles, and far from where a sum would overflow.
          let stated = Int(String(decoding: rest, as: UTF8.self)) ?? 0
          exponent += max(-1_000_000_000, min(stated, 1_000_000_000))
          trim()
          return
        default: break
        }
      }
      trim()
    }

    private mutating func trim() {
      while digits.last == UInt8(ascii: "0") {
        digits.removeLast()
        exponent += 1
      }
      if digits.isEmpty { exponent = 0 }
    }
  }
}

extension RawColumn {
  /// The whole numbers below are doubles, and no other number becomes one of them.
  private static let wholeLimit = 0x1p53

  /// Whether doubles in it are so large that whole numbers are missing between them.
  var isLong: Bool {
    pieces.contains { piece in
      guard case .chunk(let chunk) = piece, chunk.layout == .number(.double) else { return false }
      let values = chunk.values(as: Double.self)
      return (0..<chunk.count).contains { abs(values[$0]) >= Self.wholeLimit }
    }
  }

  /// The first number that a double does not hold, and its row, counted from 0.
  ///
  /// Fractions count only where the file says that they are exact: elsewhere their last digits are
  /// those of somebody's printing.
  var roundedNumber: (row: Int, text: String)? {
    var start = 0
    for piece in pieces {
      switch piece {
      case .constant(let string, let count):
        var string = string ?? ""
        if string.withUTF8({ isRounded($0) }) { return (start, string) }
        start += count
      case .chunk(let chunk):
        if let row = firstRounded(in: chunk) { return (start + row, chunk.text(ofNumber: row)) }
        start += chunk.count
      }
    }
    return nil
  }

  private func isRounded(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    // What has no sixteen characters has no sixteen digits.
    guard bytes.count > 15 else { return false }
    let trimmed = bytes.trimmed
    // Quickly: most long cells are fractions.
    if !hasDecimals, trimmed.prefix(16).contains(form.decimal) { return false }
    guard let value = CellParser.number(trimmed, decimal: form.decimal) else { return false }
    return !ExactNumber.isHeld(trimmed, by: value)
  }

  private func firstRounded(in chunk: ArrowChunk) -> Int? {
    func first(_ isRounded: (Int) -> Bool) -> Int? {
      let validity = chunk.validity
      return (0..<chunk.count).first { isRounded($0) && validity?[$0] != false }
    }
    switch chunk.layout {
    case .number(.int64):
      let values = chunk.values(as: Int64.self)
      return first { values[$0].magnitude > 1 << 53 && !ExactNumber.isHeld(values[$0]) }
    case .number(.uint64):
      let values = chunk.values(as: UInt64.self)
      return first { values[$0] > 1 << 53 && !ExactNumber.isHeld(values[$0]) }
    case .text:
      let strings = chunk.strings
      return first { isRounded(strings[$0]) }
    case .dictionary:
      let (strings, codes) = (chunk.dictionary, chunk.values(as: Int32.self))
      let isEntryRounded = (0..<strings.count).map { isRounded(strings[$0]) }
      guard isEntryRounded.contains(true) else { return nil }
      let validity = chunk.validity
      return (0..<chunk.count).first {
        validity?[$0] != false && isEntryRounded[Int(codes[$0])]
      }
    default: return nil
    }
  }
}

extension ArrowChunk {
  /// A number as its text.
  fileprivate func text(ofNumber row: Int) -> String {
    switch layout {
    case .number(.int64): String(values(as: Int64.self)[row])
    case .number(.uint64): String(values(as: UInt64.self)[row])
    case .text: String(decoding: strings[row].trimmed, as: UTF8.self)
    case .dictionary:
      String(decoding: dictionary[Int(values(as: Int32.self)[row])].trimmed, as: UTF8.self)
    default: ""
    }
  }
}

extension RawTable {
  /// The same with the cells of those number columns whose digits the parser of delimited text may
  /// have rounded; they are read once more, as text.
  ///
  /// - Throws: a `TableError`.
  func spelling(columns: [Column], by format: any TableFormat, threads: Int) throws -> RawTable {
    guard format is DelimitedFormat else { return self }
    let long = columns.indices.filter { columns[$0].kind == .number && self.columns[$0].isLong }
    guard !long.isEmpty else { return self }
    let texts = try format.read(
      long.map {
        WantedColumn(name: columns[$0].name, kind: .text, form: self.columns[$0].form)
      }, threads: threads)
    var result = self
    for (place, column) in zip(long, texts.columns) { result.columns[place] = column }
    return result
  }

  /// Tells of the columns of numbers that hold one which a double does not.
  func roundingNotes(
    _ columns: [Column], threads: Int, file: (Int) -> (name: String, row: Int)
  ) -> [String] {
    var found = [(row: Int, text: String)?](repeating: nil, count: columns.count)
    found.withUnsafeMutableBufferPointer { buffer in
      // Every index is written by the one call that gets it.
      nonisolated(unsafe) let buffer = buffer
      WorkerPool(threads: min(threads, max(1, columns.count))).forEach(count: columns.count) {
        index, _ in
        if columns[index].kind == .number { buffer[index] = self.columns[index].roundedNumber }
      }
    }
    return zip(found, columns).compactMap { rounded, column in
      guard let rounded, let value = Double(rounded.text) else { return nil }
      let place = file(rounded.row)
      return
        "\(place.name): row \(place.row + 1), column '\(column.name)': the number "
        + "\(rounded.text) has more digits than a double holds and becomes "
        + "\(CellText.number(value) ?? "")"
    }
  }
}
