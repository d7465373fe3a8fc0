// The locations of databases, as URIs and paths.

internal import Texts

/// A location that a kind of database understands.
struct SourceLocation {
  /// The kind of database.
  let kind: DatabaseKind
  /// Opens the database.
  let open: DatabaseKind.Opening

  /// A location for messages: without user, password and options, whatever it looks like.
  ///
  /// What is wrong may have its secret in any place, so that of a URI everything up to the last `@`
  /// goes, and nothing else is repeated that is more than a path.
  static func shown(_ location: String) -> String {
    guard let scheme = location.firstRange(of: "://") else {
      let isPath = !location.contains { "@=".contains($0) }
      return isPath ? String(location.prefix { $0 != "?" }) : "this location"
    }
    let rest = location[scheme.upperBound...]
    var place = rest.prefix { $0 != "?" }
    if !place.contains("@"), !rest.startsWithHosts {
      // What is no host may be a user and the start of a password.
      guard rest.contains("@") else { return location[..<scheme.upperBound] + "..." }
      place = rest
    }
    let start = place.lastIndex(of: "@").map { place.index(after: $0) } ?? place.startIndex
    return String(location[..<scheme.upperBound] + place[start...].prefix { $0 != "?" })
  }

  /// Understands a location; nothing is asked of it yet.
  ///
  /// - Throws: a `ConnectorError`.
  init(_ location: String) throws {
    let hasScheme = location.contains("://")
    let kinds = DatabaseKind.all
    guard
      let kind = kinds.first(where: { $0.matches(location) })
        ?? (hasScheme ? nil : kinds.first { $0.matches(endingOf: location) })
    else {
      let startsWithScheme =
        hasScheme || location.drop { $0 != ":" && $0 != "/" }.hasPrefix(":")
      throw ConnectorError.badLocation(
        location: Self.shown(location),
        reason: startsWithScheme
          ? "the scheme is none of \(kinds.schemes)"
          : "there is no scheme, and the name does not end in \(kinds.endings)")
    }
    self.kind = kind
    open = try kind.opening(location)
  }
}

/// Where a MySQL server is, and as whom to log in.
struct ServerAddress: Equatable {
  var user: String?
  var host = ""
  var port: UInt32 = 3306
  var database = ""
  /// A socket in the file system instead of host and port.
  var socket: String?
  /// The location without user and options, for messages.
  let name: String

  /// Reads `mysql://user@host:port/database?socket=PATH`.
  init(_ location: String) throws {
    name = SourceLocation.shown(location)
    let shown = name
    func bad(_ reason: String) -> ConnectorError { .badLocation(location: shown, reason: reason) }
    guard let scheme = location.firstRange(of: "://") else { throw bad("there is no scheme") }
    let whole = location[scheme.upperBound...]
    // A password may hold what separates other parts: a colon before the last @ is that of one.
    if let at = whole.lastIndex(of: "@"), whole[..<at].contains(":"), !whole.startsWithHosts {
      throw ConnectorError.passwordInLocation(location: name)
    }
    let place = whole.prefix { $0 != "?" }
    let authority = place.prefix { $0 != "/" }
    var hostPort = authority
    if let at = place.lastIndex(of: "@") {
      let login = place[..<at]
      if login.contains(":") { throw ConnectorError.passwordInLocation(location: name) }
      guard at < authority.endIndex else { throw bad("there is an @ behind the host") }
      user = Self.decoded(login).flatMap { $0.isEmpty ? nil : $0 }
      hostPort = authority[authority.index(after: at)...]
    }
    if hostPort.hasPrefix("["), let close = hostPort.firstIndex(of: "]") {
      host = String(hostPort[hostPort.index(after: hostPort.startIndex)..<close])
      hostPort = hostPort[hostPort.index(after: close)...]
    } else {
      host = String(hostPort.prefix { $0 != ":" })
      hostPort = hostPort.dropFirst(host.count)
    }
    if hostPort.hasPrefix(":") {
      guard let number = UInt16(hostPort.dropFirst()), number > 0 else {
        throw bad("the port is not a number from 1 to 65535")
      }
      port = UInt32(number)
    } else if !hostPort.isEmpty {
      throw bad("something else than a port follows the host")
    }
    database = Self.decoded(place.dropFirst(authority.count + 1)) ?? ""
    guard !database.isEmpty else { throw bad("there is no database after the host") }
    let options = whole.dropFirst(place.count + 1).split(separator: "&")
    let isSecret = options.contains { option in
      let key = option.prefix { $0 != "=" }.lowercased()
      return ["pass", "pwd", "secret"].contains(where: key.contains)
    }
    if isSecret { throw ConnectorError.passwordInLocation(location: name) }
    for option in options {
      let key = option.prefix { $0 != "=" }
      guard key == "socket" else { throw bad("the option '\(key)' is not known, only socket is") }
      socket = Self.decoded(option.dropFirst(key.count + 1))
    }
    if host.isEmpty && socket == nil { throw bad("there is no host") }
  }

  /// Undoes percent-encoding.
  private static func decoded(_ text: Substring) -> String? {
    String(validating: PercentText.bytes(text.utf8), as: UTF8.self)
  }
}

extension Substring {
  /// Whether this begins with hosts, each perhaps with a port, and ends behind them or goes on with
  /// a slash.
  fileprivate var startsWithHosts: Bool {
    let authority = prefix { !"/?".contains($0) }
    guard self[authority.endIndex...].first != "?" || !authority.contains(":") else { return false }
    return authority.split(separator: ",").allSatisfy { host in
      let close = host.hasPrefix("[") ? host.firstIndex(of: "]") : nil
      let port = close.map { host[host.index(after: $0)...] } ?? host.drop { $0 != ":" }
      return port.isEmpty || (port.first == ":" && UInt16(port.dropFirst()) != nil)
    }
  }
}
