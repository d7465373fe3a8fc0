// Strings from a set of levels, stored as one small integer per row.

internal import Texts

/// A column of categories.
public struct CategoryColumn: Sendable {
  /// For each row the index of its level, or -1 where the value is missing.
  public let codes: [Int32]
  /// The strings, distinct in their bytes, in order of their first appearance.
  public let levels: [String]

  /// Creates a column from codes and their levels.
  ///
  /// - Precondition: every code is -1 or an index of `levels`.
  public init(codes: [Int32], levels: [String]) {
    self.codes = codes
    self.levels = levels
  }

  /// Creates a column from strings; nil is missing.
  public init(_ strings: [String?]) {
    var indexOf: [ByteText: Int32] = [:]
    var levels: [String] = []
    codes = strings.map { string in
      guard let string else { return -1 }
      if let index = indexOf[ByteText(string)] { return index }
      let index = Int32(levels.count)
      indexOf[ByteText(string)] = index
      levels.append(string)
      return index
    }
    self.levels = levels
  }

  /// The number of rows.
  public var count: Int { codes.count }

  /// The string of a row, or nil where it is missing.
  public subscript(row: Int) -> String? {
    let code = codes[row]
    return code < 0 ? nil : levels[Int(code)]
  }
}
