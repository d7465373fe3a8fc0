// An empty path mostly comes from a variable of a shell that is not set. It is refused in the words of
// the flag that it was given to, before any verb asks what it is the path of.

/// Paths that are given but empty.
enum EmptyPath {
  /// The flags of all verbs that take a path, a folder, a location or an address.
  private static let flags: Set<String> = [
    "--config", "--continue-from", "--data", "--dsn", "--home", "--items", "--key-file", "--model",
    "--new-key", "--out", "--query", "--source", "--study", "--test", "--users", "--warm-start",
  ]

  /// - Throws: `CommandLineError` if such a flag is followed by nothing.
  static func refuse(in arguments: [String]) throws {
    for (place, argument) in arguments.enumerated() {
      let isJoined = argument.hasSuffix("=")
      let flag = isJoined ? String(argument.dropLast()) : argument
      guard flags.contains(flag),
        isJoined || arguments.dropFirst(place + 1).first?.isEmpty ?? false
      else { continue }
      throw CommandLineError(
        facts: "\(flag) is empty, expected the name of a file or a folder, or an address",
        advice: "give \(flag) a name; an empty one often is a variable that is not set",
        code: .usage)
    }
  }
}
