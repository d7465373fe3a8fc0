// Strings that are carried along and never modelled.

/// A column of strings, such as customer identifiers.
public struct TextColumn: Sendable {
  private let strings: [String?]

  /// Creates a column that owns its strings; nil is missing.
  public init(_ strings: [String?]) { self.strings = strings }

  /// The number of rows.
  public var count: Int { strings.count }

  /// The string of a row, or nil where it is missing.
  public subscript(row: Int) -> String? { strings[row] }
}
