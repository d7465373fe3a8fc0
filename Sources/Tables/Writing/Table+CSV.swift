// A table as CSV: RFC 4180 with LF, quotes only where they are needed.

extension Table {
  /// Rows that are turned into text at once.
  private static let blockSize = 1 << 14

  /// The bytes of a CSV file of the table.
  public func csv() -> [UInt8] {
    var bytes: [UInt8] = []
    writeCSV { bytes += $0 }
    return bytes
  }

  /// Calls `sink` with the bytes of the file, part by part.
  func writeCSV(to sink: ([UInt8]) throws -> Void) rethrows {
    var line: [UInt8] = []
    for (index, column) in columns.enumerated() {
      if index > 0 { line.append(UInt8(ascii: ",")) }
      Self.append(column.name, to: &line)
    }
    line.append(UInt8(ascii: "\n"))
    try sink(line)
    // Texts of levels are quoted once, not once per row.
    let levels = columns.map { column -> [[UInt8]] in
      guard case .category(let category) = column.values else { return [] }
      return category.levels.map {
        var bytes: [UInt8] = []
        Self.append($0, to: &bytes)
        return bytes
      }
    }
    for start in stride(from: 0, to: rowCount, by: Self.blockSize) {
      let rows = start..<min(rowCount, start + Self.blockSize)
      try sink(csv(of: rows, levels: levels))
    }
  }

  private func csv(of rows: Range<Int>, levels: [[[UInt8]]]) -> [UInt8] {
    let numbers = columns.map { column -> [Double] in
      switch column.values {
      case .number(let values), .timestamp(let values): values.doubles(rows)
      case .category, .text: []
      }
    }
    var bytes: [UInt8] = []
    for row in rows {
      for (index, column) in columns.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        switch column.values {
        case .number(let values):
          let text =
            values.wholeNumbers.map { $0[row].map { String($0) } }
            ?? CellText.number(numbers[index][row - rows.lowerBound])
          if let text { bytes.append(contentsOf: text.utf8) }
        case .timestamp:
          if let text = CellText.instant(numbers[index][row - rows.lowerBound]) {
            bytes.append(contentsOf: text.utf8)
          }
        case .category(let category):
          let code = Int(category.codes[row])
          if code >= 0 { bytes.append(contentsOf: levels[index][code]) }
        case .text(let strings):
          if let string = strings[row] { Self.append(string, to: &bytes) }
        }
      }
      // An empty line is no row to a reader: a lone missing value is quoted.
      if columns.count == 1, bytes.isEmpty || bytes[bytes.count - 1] == UInt8(ascii: "\n") {
        bytes.append(contentsOf: #""""#.utf8)
      }
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }

  private static func append(_ string: String, to bytes: inout [UInt8]) {
    let special: Set<UInt8> = [
      UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: "\t"),
      UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"),
    ]
    guard string.utf8.contains(where: special.contains) else {
      bytes.append(contentsOf: string.utf8)
      return
    }
    bytes.append(UInt8(ascii: "\""))
    for byte in string.utf8 {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
