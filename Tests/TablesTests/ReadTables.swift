// Words for what a test reads.

import Tables

/// The error that a call throws, or nil.
func tableError(_ body: () throws -> Void) -> TableError? {
  do {
    try body()
    return nil
  } catch {
    return error as? TableError
  }
}

extension Table {
  /// Reads a table without its notes.
  static func of(_ location: String, _ options: ReadOptions = ReadOptions()) throws -> Table {
    try read(from: location, options: options).table
  }

  /// The numbers of a number or timestamp column, with nil for missing ones.
  func numbers(_ name: String) -> [Double?]? {
    switch self[name]?.values {
    case .number(let column), .timestamp(let column):
      column.doubles().map { $0.isNaN ? nil : $0 }
    default: nil
    }
  }

  /// The strings of a category or text column, with nil for missing ones.
  func strings(_ name: String) -> [String?]? {
    switch self[name]?.values {
    case .category(let column): (0..<column.count).map { column[$0] }
    case .text(let column): (0..<column.count).map { column[$0] }
    default: nil
    }
  }

  /// The levels of a category column.
  func levels(_ name: String) -> [String]? {
    if case .category(let column) = self[name]?.values { column.levels } else { nil }
  }
}
