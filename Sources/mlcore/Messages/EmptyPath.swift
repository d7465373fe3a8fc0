// An empty path mostly comes from a shell variable that is not set. It is refused before any verb
// looks at it, with the name of its flag.

/// Paths that are given but empty.
enum EmptyPath {
  /// The flags of all verbs that take a file, a folder, a table or an address; a test compares them
  /// with the help.
  static let flags: Set<String> = [
    "--config", "--continue-from", "--data", "--dsn", "--exclude", "--folder", "--home", "--items",
    "--model", "--new-key", "--out", "--query", "--sagemaker", "--source", "--study", "--test",
    "--tls-cert", "--tls-key", "--token-file", "--users", "--warm-start",
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
        advice: "give \(flag) a name; an empty one often comes from a variable that is not set",
        code: .usage)
    }
  }
}
