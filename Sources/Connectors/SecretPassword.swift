// Where the passwords of sources come from: never from the command line, which every user of a
// machine can see. They are sent to sources only, never to the database that vectors are loaded
// into.

internal import Glibc

enum SecretPassword {
  /// The password of `MLCORE_SOURCE_PASSWORD` or of another variable; nil leaves it to the library,
  /// which looks into its own file.
  static func ofSource(else variable: String?) -> String? {
    value("MLCORE_SOURCE_PASSWORD") ?? variable.flatMap(value)
  }

  private static func value(_ variable: String) -> String? {
    getenv(variable).map { String(cString: $0) }
  }
}
