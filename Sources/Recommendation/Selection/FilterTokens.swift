// The words of a filter with their places.

/// A part of a filter's text.
struct FilterToken: Sendable, Equatable {
  /// What a part is.
  enum Kind: Sendable, Equatable {
    /// A name, a value or a keyword, as it is written.
    case word(String)
    /// A name or a value that stood in quotes.
    case quoted(String)
    /// One of `(`, `)`, `,` and the comparisons.
    case symbol(String)
    /// What follows the last part.
    case end
  }

  let kind: Kind
  /// The place of the first character, from 1.
  let position: Int
  /// The place behind the last character, from 1.
  let end: Int

  /// The part as messages name it.
  var shown: String {
    switch kind {
    case .word(let text), .quoted(let text), .symbol(let text): "'\(text)'"
    case .end: "the end"
    }
  }

  /// The keyword that a word is, in small letters; nil for all other parts.
  var keyword: String? {
    guard case .word(let text) = kind else { return nil }
    let word = text.lowercased()
    return ["and", "or", "not", "in", "between"].contains(word) ? word : nil
  }

  /// Whether the part is a symbol.
  func isSymbol(_ text: String) -> Bool { kind == .symbol(text) }

  private static let symbols = ["<=", ">=", "!=", "<>", "==", "<", ">", "=", "(", ")", ","]

  /// Divides the text of a filter; the last part is the end.
  ///
  /// By scalars, as a quote before a combining mark is one character with it.
  ///
  /// - Throws: `RecommendationError.badFilter` for a quote without its other one.
  static func all(of filter: String) throws -> [FilterToken] {
    let text = Array(filter.unicodeScalars)
    func string(_ range: Range<Int>) -> String {
      String(String.UnicodeScalarView(text[range]))
    }
    var tokens: [FilterToken] = []
    var place = 0
    while place < text.count {
      let start = place
      if text[place].properties.isWhitespace {
        place += 1
        continue
      }
      if text[place] == "'" || text[place] == "\"" {
        let quote = text[place]
        var content = String.UnicodeScalarView()
        place += 1
        while place < text.count {
          if text[place] == quote {
            // A quote twice is one of the content.
            guard place + 1 < text.count, text[place + 1] == quote else { break }
            place += 1
          }
          content.append(text[place])
          place += 1
        }
        guard place < text.count else {
          throw RecommendationError.badFilter(
            filter: filter, position: start + 1, found: "a quote that nothing closes",
            expected: "another \(quote) behind it", suggestion: nil)
        }
        place += 1
        tokens.append(
          FilterToken(kind: .quoted(String(content)), position: start + 1, end: place + 1))
        continue
      }
      if let symbol = symbol(at: place, in: text) {
        place += symbol.unicodeScalars.count
        tokens.append(FilterToken(kind: .symbol(symbol), position: start + 1, end: place + 1))
        continue
      }
      while place < text.count, !text[place].properties.isWhitespace, text[place] != "'",
        text[place] != "\"", symbol(at: place, in: text) == nil
      { place += 1 }
      // A lone "!" is no comparison.
      place = max(place, start + 1)
      tokens.append(
        FilterToken(kind: .word(string(start..<place)), position: start + 1, end: place + 1))
    }
    tokens.append(FilterToken(kind: .end, position: text.count + 1, end: text.count + 1))
    return tokens
  }

  private static func symbol(at place: Int, in text: [Unicode.Scalar]) -> String? {
    symbols.first { symbol in
      text[place...].starts(with: symbol.unicodeScalars)
    }
  }
}
