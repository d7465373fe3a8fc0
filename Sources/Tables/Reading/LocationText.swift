// How a location is shown to people and written into files: never with credentials.

internal import Glibc

/// The text of a location.
public enum LocationText {
  /// The location without credentials, which belong into the environment and nowhere else.
  ///
  /// A location that is wrong may have slashes in its secret, so that what looks like a path is
  /// not: everything up to the last `@` before the query goes if there is a colon in it.
  public static func shown(_ location: String) -> String {
    let location = withoutSecretOptions(location)
    guard let scheme = location.firstRange(of: "://") else { return location }
    let rest = location[scheme.upperBound...]
    let place = rest.prefix { $0 != "?" }
    guard let at = place.lastIndex(of: "@"), place[..<at].contains(":") else {
      return withoutUser(location)
    }
    return String(location[..<scheme.upperBound] + rest[rest.index(after: at)...])
  }

  /// The location of a table that was read as run.toml has it: without credentials, and a local
  /// path from the root, so that it works from everywhere.
  public static func recorded(_ location: String) -> String {
    if location.contains("://") { return withoutUser(withoutSecretOptions(location)) }
    if location.hasPrefix("/") { return location }
    let parts = location.split(separator: "/").filter { $0 != "." }.map(String.init)
    guard let current = getcwd(nil, 0) else { return location }
    defer { free(current) }
    let folder = String(cString: current)
    return ([folder == "/" ? "" : folder] + parts).joined(separator: "/")
  }

  /// A URI without the options of its query that are called like secrets.
  private static func withoutSecretOptions(_ location: String) -> String {
    guard location.contains("://"), let mark = location.firstIndex(of: "?") else { return location }
    let options = location[location.index(after: mark)...]
      .split(separator: "&", omittingEmptySubsequences: false)
    let kept = options.filter { option in
      let key = option.prefix { $0 != "=" }.lowercased()
      return !["pass", "pwd", "secret", "token", "key", "credential"].contains(where: key.contains)
    }
    if kept.count == options.count { return location }
    return location[..<mark] + (kept.isEmpty ? "" : "?" + kept.joined(separator: "&"))
  }

  /// A well-formed URI without the user and password before its host.
  private static func withoutUser(_ location: String) -> String {
    guard let scheme = location.firstRange(of: "://") else { return location }
    let rest = location[scheme.upperBound...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    guard let at = authority.lastIndex(of: "@") else { return location }
    return String(location[..<scheme.upperBound] + rest[rest.index(after: at)...])
  }
}
