// A query as people write it: one statement, perhaps with comments and a semicolon at its end.

internal import Texts

/// The text of one query, and what messages call it.
public struct SourceQuery: Sendable {
  /// The statement, without a semicolon at its end.
  public let text: String
  /// What messages call it: the name of its file.
  public let name: String

  /// Takes the one statement of a text.
  ///
  /// - Throws: `ConnectorError.notOneStatement`.
  public init(_ text: String, name: String) throws {
    let statements = SQLText.statements(of: text)
    guard let statement = statements.first, statements.count == 1 else {
      throw ConnectorError.notOneStatement(statement: name, count: statements.count)
    }
    // The lines before the statement stay, so that places that databases name are those of the
    // file.
    self.text = String(text[..<statement.upperBound])
    self.name = name
  }

  /// The query as the source of another, in rows that come in the order of a column's bytes.
  ///
  /// A line end closes a comment that may stand at the end.
  func ordered(by order: String?) -> String {
    "select * from (\(text)\n) as extracted" + (order.map { " order by \($0)" } ?? "")
  }
}

/// SQL as text: how names are quoted, and where statements begin and end.
enum SQLText {
  /// A name as the standard quotes it.
  static func quoted(_ name: String) -> String { "\"\(name.escaping("\"", with: "\""))\"" }

  /// The ranges of the statements of a text, each up to its semicolon or the end.
  ///
  /// Knows strings, quoted names, comments and dollar quotes in the union of the dialects: a
  /// semicolon in any of them ends nothing.
  static func statements(of text: String) -> [Range<String.Index>] {
    var ranges: [Range<String.Index>] = []
    var start: String.Index?
    var rest = text[...]
    while let character = rest.first {
      let before = rest.startIndex
      if skipComment(&rest) { continue }
      if character.isWhitespace {
        rest.removeFirst()
        continue
      }
      if character == ";" {
        rest.removeFirst()
        if let start { ranges.append(start..<before) }
        start = nil
        continue
      }
      if start == nil { start = before }
      if !skipQuoted(&rest) { rest.removeFirst() }
    }
    if let start { ranges.append(start..<text.endIndex) }
    return ranges
  }

  private static func skipComment(_ rest: inout Substring) -> Bool {
    if rest.hasPrefix("--") {
      rest = rest.drop { !$0.isNewline }
      return true
    }
    guard rest.hasPrefix("/*") else { return false }
    let end = rest.dropFirst(2).firstRange(of: "*/")
    rest = end.map { rest[$0.upperBound...] } ?? rest[rest.endIndex...]
    return true
  }

  private static func skipQuoted(_ rest: inout Substring) -> Bool {
    guard let quote = rest.first else { return false }
    if quote == "$" { return skipDollarQuoted(&rest) }
    guard quote == "'" || quote == "\"" || quote == "`" else { return false }
    rest.removeFirst()
    while let character = rest.popFirst(), character != quote {
      // A quote after a backslash is MySQL's; elsewhere the string goes on one quote earlier, which
      // finds the same end unless a backslash is the last character of a string.
      if character == "\\", quote != "`", rest.first == quote, rest.dropFirst().contains(quote) {
        rest.removeFirst()
      }
    }
    return true
  }

  /// `$tag$ ... $tag$` of PostgreSQL.
  private static func skipDollarQuoted(_ rest: inout Substring) -> Bool {
    let tag = rest.dropFirst().prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    guard rest.dropFirst(1 + tag.count).first == "$", tag.first?.isNumber != true else {
      return false
    }
    let mark = "$\(tag)$"
    let body = rest.dropFirst(mark.count)
    let end = body.firstRange(of: mark)
    rest = end.map { body[$0.upperBound...] } ?? body[body.endIndex...]
    return true
  }
}
