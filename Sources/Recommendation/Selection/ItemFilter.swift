// Filters over the columns of items: `category in (toys, books) and price < 20`.
import Tables
import Texts

/// The items that a filter lets pass.
///
///     condition  = all { "or" all }
///     all        = part { "and" part }
///     part       = "(" condition ")" | column test
///     test       = ("=" | "!=" | "<" | "<=" | ">" | ">=") value
///                | ["not"] "in" "(" value { "," value } ")"
///                | "between" value "and" value
///
/// Categories are compared by their bytes; they take `=`, `!=`, `in` and `not in`. An item without a
/// value passes no test of that column. A name or a value with other characters than letters,
/// digits and blanks stands in single or double quotes, and so does one with a keyword in it.
struct ItemFilter: Sendable {
  /// For each item whether it passes.
  let passes: [Bool]
  /// The values of categories that no item has, with the one that was perhaps meant.
  let unknownValues: [UnknownValue]

  /// A value that no item has.
  struct UnknownValue: Sendable, Equatable {
    let column: String
    let value: String
    let suggestion: String?
  }

  /// Applies a filter to items.
  ///
  /// - Throws: `RecommendationError.badFilter`.
  init(_ text: String, items: ItemTable) throws {
    var reader = FilterReader(filter: text, tokens: try FilterToken.all(of: text), items: items)
    passes = try reader.whole()
    unknownValues = reader.unknownValues
  }
}

/// Reads a filter part by part, and tests all items on the way.
private struct FilterReader {
  let filter: String
  let tokens: [FilterToken]
  let items: ItemTable
  var place = 0
  var depth = 0
  var unknownValues: [ItemFilter.UnknownValue] = []

  /// Parentheses inside one another; a text from elsewhere must not exhaust the stack.
  private static let mostDepth = 100
  /// The unknown values with a suggestion, and the levels that are looked through, so that a long
  /// list of unknown values is refused at once.
  private static let (mostSuggestions, mostLevels) = (10, 10_000)
  private static let comparisons = ["=", "==", "!=", "<>", "<", "<=", ">", ">="]

  init(filter: String, tokens: [FilterToken], items: ItemTable) {
    self.filter = filter
    self.tokens = tokens
    self.items = items
  }

  private var next: FilterToken { tokens[place] }

  private func refused(
    _ token: FilterToken, found: String? = nil, expected: String, suggestion: String? = nil
  ) -> RecommendationError {
    .badFilter(
      filter: filter, position: token.position, found: found ?? token.shown, expected: expected,
      suggestion: suggestion)
  }

  private mutating func taken() -> FilterToken {
    defer { place = min(place + 1, tokens.count - 1) }
    return next
  }

  private mutating func expect(_ symbol: String) throws {
    guard next.isSymbol(symbol) else { throw refused(next, expected: "'\(symbol)'") }
    _ = taken()
  }

  mutating func whole() throws -> [Bool] {
    let passes = try condition()
    guard next.kind == .end else { throw refused(next, expected: "'and', 'or' or the end") }
    return passes
  }

  private mutating func condition() throws -> [Bool] {
    var passes = try all()
    while next.keyword == "or" {
      _ = taken()
      passes = zip(passes, try all()).map { $0 || $1 }
    }
    return passes
  }

  private mutating func all() throws -> [Bool] {
    var passes = try part()
    while next.keyword == "and" {
      _ = taken()
      passes = zip(passes, try part()).map { $0 && $1 }
    }
    return passes
  }

  private mutating func part() throws -> [Bool] {
    guard next.isSymbol("(") else { return try test() }
    guard depth < Self.mostDepth else {
      throw refused(next, expected: "at most \(Self.mostDepth) parentheses inside one another")
    }
    _ = taken()
    depth += 1
    let passes = try condition()
    depth -= 1
    try expect(")")
    return passes
  }

  private mutating func test() throws -> [Bool] {
    let column = try column()
    let sign = taken()
    switch sign.kind {
    case .symbol(let comparison) where Self.comparisons.contains(comparison):
      return try compare(column, comparison, sign)
    case .word where sign.keyword == "in": return try membership(column, isIn: true)
    case .word where sign.keyword == "not":
      guard next.keyword == "in" else { throw refused(next, expected: "'in'") }
      _ = taken()
      return try membership(column, isIn: false)
    case .word where sign.keyword == "between":
      let low = try value()
      guard next.keyword == "and" else { throw refused(next, expected: "'and'") }
      _ = taken()
      let high = try value()
      let numbers = try numbers(of: column, sign)
      let (lowest, highest) = (try number(low), try number(high))
      return numbers.map { $0 >= lowest && $0 <= highest }
    default:
      throw refused(
        sign, expected: "one of =, !=, <, <=, >, >=, in, not in, between behind the column")
    }
  }

  /// The column that a test is of.
  private mutating func column() throws -> Column {
    let token = taken()
    let name: String
    switch token.kind {
    case .word(let text) where token.keyword == nil: name = text
    case .quoted(let text): name = text
    default: throw refused(token, expected: "the name of an item column")
    }
    guard let column = items.column(named: name) else {
      throw refused(
        token,
        expected: items.names.isEmpty ? "no filter: the items have no columns" : items.names.oneOf,
        suggestion: Suggestion.nearest(to: name, in: items.names))
    }
    return column
  }

  /// A value: what stood in quotes, or words as they are written, with what is between them.
  private mutating func value() throws -> (text: String, token: FilterToken) {
    let first = taken()
    switch first.kind {
    case .quoted(let text): return (text, first)
    case .word where first.keyword == nil:
      var end = first.end
      while case .word = next.kind, next.keyword == nil { end = taken().end }
      let scalars = Array(filter.unicodeScalars)[first.position - 1..<end - 1]
      return (String(String.UnicodeScalarView(scalars)), first)
    default: throw refused(first, expected: "a value")
    }
  }

  private func number(_ value: (text: String, token: FilterToken)) throws -> Double {
    guard let number = Double(value.text), number.isFinite else {
      throw refused(value.token, found: "'\(value.text)'", expected: "a number")
    }
    return number
  }

  /// The numbers of a column.
  ///
  /// - Parameter sign: what asks for them.
  private func numbers(of column: Column, _ sign: FilterToken) throws -> [Double] {
    guard case .number(let numbers) = column.values else {
      throw refused(
        sign, expected: "one of =, !=, in, not in: the column '\(column.name)' holds categories")
    }
    return numbers.doubles()
  }

  private mutating func compare(
    _ column: Column, _ comparison: String, _ sign: FilterToken
  ) throws -> [Bool] {
    let value = try value()
    if ["=", "==", "!=", "<>"].contains(comparison) {
      return try isAmong([value], column, isIn: comparison.hasPrefix("="))
    }
    let numbers = try numbers(of: column, sign)
    let bound = try number(value)
    return switch comparison {
    case "<": numbers.map { $0 < bound }
    case "<=": numbers.map { $0 <= bound }
    case ">": numbers.map { $0 > bound }
    default: numbers.map { $0 >= bound }
    }
  }

  private mutating func membership(_ column: Column, isIn: Bool) throws -> [Bool] {
    try expect("(")
    var values = [try value()]
    while next.isSymbol(",") {
      _ = taken()
      values.append(try value())
    }
    guard next.isSymbol(")") else { throw refused(next, expected: "',' or ')'") }
    _ = taken()
    return try isAmong(values, column, isIn: isIn)
  }

  /// Whether the items' values are among some values, or not among them.
  private mutating func isAmong(
    _ values: [(text: String, token: FilterToken)], _ column: Column, isIn: Bool
  ) throws -> [Bool] {
    switch column.values {
    case .category(let own):
      let wanted = Set(values.map { ByteText(CellSpelling.canonical($0.text)) })
      let known = Set(texts: own.levels)
      for value in values where !known.contains(text: CellSpelling.canonical(value.text)) {
        let isSuggested =
          unknownValues.count < Self.mostSuggestions && own.levels.count <= Self.mostLevels
        unknownValues.append(
          ItemFilter.UnknownValue(
            column: column.name, value: value.text,
            suggestion: isSuggested ? Suggestion.nearest(to: value.text, in: own.levels) : nil))
      }
      let passes = own.levels.map { wanted.contains(ByteText($0)) == isIn }
      return own.codes.map { $0 >= 0 && passes[Int($0)] }
    case .number(let own), .timestamp(let own):
      let wanted = Set(try values.map(number))
      return own.doubles().map { !$0.isNaN && wanted.contains($0) == isIn }
    case .text: preconditionFailure("a column of texts")
    }
  }
}
