// A column of a table: a name and values of one of four kinds.

internal import Texts

/// What a column holds, and so how models and encoders treat it.
public enum ColumnKind: String, Codable, Sendable, CaseIterable {
  /// Real numbers; missing values are NaN.
  case number
  /// One of a set of strings (booleans are the strings they were written as).
  case category
  /// An instant, in seconds since 1970-01-01 UTC; missing values are NaN.
  case timestamp
  /// Strings that are carried along and never modelled, such as identifiers.
  case text
}

/// A named column.
public struct Column: Sendable {
  /// The values of a column.
  public enum Values: Sendable {
    /// Real numbers.
    case number(NumberColumn)
    /// Strings from a set of levels.
    case category(CategoryColumn)
    /// Seconds since 1970-01-01 UTC.
    case timestamp(NumberColumn)
    /// Strings that are carried along.
    case text(TextColumn)
  }

  /// The name in the header.
  public let name: String
  /// The values, one per row.
  public let values: Values

  /// Creates a column.
  public init(name: String, values: Values) {
    self.name = name
    self.values = values
  }

  /// The number of rows.
  public var count: Int {
    switch values {
    case .number(let column), .timestamp(let column): column.count
    case .category(let column): column.count
    case .text(let column): column.count
    }
  }

  /// Two texts of the column that differ in the composition of their characters only.
  var alikeTexts: (String, String)? {
    switch values {
    case .number, .timestamp: nil
    case .category(let column): AlikeTexts.pair(among: column.levels)
    case .text(let column): column.alikeTexts
    }
  }

  /// What the column holds.
  public var kind: ColumnKind {
    switch values {
    case .number: .number
    case .category: .category
    case .timestamp: .timestamp
    case .text: .text
    }
  }
}
