// How a table's location is shown to people and written into files.
import FoundationEssentials

/// The text of a location.
enum DataLocation {
  /// The location without credentials, which belong into the environment and nowhere else.
  static func shown(_ location: String) -> String {
    guard let scheme = location.firstRange(of: "://") else { return location }
    let rest = location[scheme.upperBound...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    guard let at = authority.lastIndex(of: "@") else { return location }
    return String(location[..<scheme.upperBound] + rest[rest.index(after: at)...])
  }

  /// The location as run.toml has it: a local path from the root, so that it works from everywhere.
  static func recorded(_ location: String) -> String {
    if location.contains("://") { return shown(location) }
    if location.hasPrefix("/") { return location }
    let current = FileManager.default.currentDirectoryPath
    let parts = location.split(separator: "/").filter { $0 != "." }.map(String.init)
    return ([current == "/" ? "" : current] + parts).joined(separator: "/")
  }
}
