// The kinds of databases that rows are read from. Each stands in one line of `all`, which locations,
// messages and the help of `etl` follow; its source defines it.

/// A kind of database: how its locations are written, and what opens one.
struct DatabaseKind: Sendable {
  /// Connects to a location that was understood; the argument is called while a server is waited for.
  typealias Opening = (_ checkCancelled: @escaping () throws -> Void) throws -> any DataSource

  /// All kinds.
  static let all = [sqlite, mysql, postgresql]

  /// What a location of this kind begins with, in lower case; the first is the usual one.
  var schemes: [String]
  /// How a location is written, as messages show it.
  var form: String
  /// The endings by which a path is known without a scheme; empty for servers.
  var endings: [String] = []
  /// The variable and the file that the password of a server is read from.
  var password: (variable: String, file: String)?
  /// Understands a location; throws a `ConnectorError` for one that is malformed or has a password.
  var opening: @Sendable (_ location: String) throws -> Opening

  /// Whether a location begins with one of the schemes.
  func matches(_ location: String) -> Bool {
    let scheme = location.prefix { $0 != ":" && $0 != "/" }
    return schemes.contains(scheme.lowercased())
      && location.dropFirst(scheme.count).hasPrefix(endings.isEmpty ? "://" : ":")
  }

  /// Whether a path has one of the endings.
  func matches(endingOf path: String) -> Bool {
    endings.contains(where: path.lowercased().hasSuffix)
  }
}

extension [DatabaseKind] {
  /// How locations are written: `a, b or c`.
  var forms: String { map(\.form).joined(lastBy: "or") }
  /// The usual schemes: `a, b and c`.
  var schemes: String { map(\.schemes[0]).joined(lastBy: "and") }
  /// The endings of files: `a, b or c`.
  var endings: String { flatMap(\.endings).joined(lastBy: "or") }
  /// Where passwords are read from: variables, then files.
  var passwords: String {
    let places = compactMap(\.password)
    return (places.map(\.variable) + places.map(\.file)).joined(lastBy: "or")
  }
}

extension [String] {
  fileprivate func joined(lastBy word: String) -> String {
    count < 2
      ? joined()
      : "\(dropLast().joined(separator: ", ")) \(word) \(self[count - 1])"
  }
}
