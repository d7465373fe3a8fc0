// A table as JSON lines: an object for each row, the columns in their order, null where a value is
// missing.

internal import Texts

extension Table {
  /// Rows that are turned into text at once.
  private static let blockSize = 1 << 14

  /// Calls `sink` with the bytes of the file, part by part.
  ///
  /// Numbers are the shortest that read back exactly; infinite ones, which JSON lacks, are null.
  /// Instants are ISO 8601 in UTC.
  func writeJSONLines(to sink: ([UInt8]) throws -> Void) rethrows {
    let keys = columns.map { Array("\(JSONText.literal($0.name)):".utf8) }
    // Texts of levels are quoted once, not once per row.
    let levels = columns.map { column -> [[UInt8]] in
      guard case .category(let category) = column.values else { return [] }
      return category.levels.map { Array(JSONText.literal($0).utf8) }
    }
    for start in stride(from: 0, to: rowCount, by: Self.blockSize) {
      let rows = start..<min(rowCount, start + Self.blockSize)
      let numbers = columns.map { column -> [Double] in
        switch column.values {
        case .number(let values), .timestamp(let values): values.doubles(rows)
        case .category, .text: []
        }
      }
      var bytes: [UInt8] = []
      for row in rows {
        for (index, column) in columns.enumerated() {
          bytes.append(index == 0 ? UInt8(ascii: "{") : UInt8(ascii: ","))
          bytes += keys[index]
          if case .category(let category) = column.values, category.codes[row] >= 0 {
            bytes += levels[index][Int(category.codes[row])]
          } else {
            let number = numbers[index].isEmpty ? .nan : numbers[index][row - rows.lowerBound]
            bytes += (Self.json(column, row: row, number: number) ?? "null").utf8
          }
        }
        bytes += (columns.isEmpty ? "{}\n" : "}\n").utf8
      }
      try sink(bytes)
    }
  }

  /// The JSON text of a cell that is no category; nil where it is missing.
  private static func json(_ column: Column, row: Int, number: Double) -> String? {
    switch column.values {
    case .number(let values):
      if let whole = values.wholeNumbers { return whole[row].map { String($0) } }
      return number.isFinite ? CellText.number(number) : nil
    case .timestamp: return CellText.instant(number).map(JSONText.literal)
    case .text(let strings): return strings[row].map(JSONText.literal)
    case .category: return nil
    }
  }

  /// The JSON text of a cell as files of JSON lines have it; `null` where it is missing.
  ///
  /// - Precondition: the row lies in the table.
  public static func json(_ column: Column, row: Int) -> String {
    switch column.values {
    case .category(let category): category[row].map(JSONText.literal) ?? "null"
    case .number(let numbers), .timestamp(let numbers):
      json(column, row: row, number: numbers[row]) ?? "null"
    case .text: json(column, row: row, number: .nan) ?? "null"
    }
  }
}
