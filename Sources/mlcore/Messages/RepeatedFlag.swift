// A flag with one value that is given twice: the parser would keep the last one, and nobody would hear
// of the other.
import ArgumentParser
import FoundationEssentials

/// Flags that are given more than once.
enum RepeatedFlag {
  /// What the argument parser tells of a command.
  private struct Description: Decodable {
    struct Root: Decodable { let command: Description }
    struct Argument: Decodable {
      struct Name: Decodable { let name: String }
      let kind: String
      let isRepeating: Bool
      let names: [Name]?
    }

    let commandName: String
    let subcommands: [Description]?
    let arguments: [Argument]?
  }

  /// - Throws: `CommandLineError` for a flag that takes one value and is there again.
  static func refuse(in arguments: [String], of root: any ParsableCommand.Type) throws {
    var seen: Set<String> = []
    let given = arguments.prefix { $0 != "--" }.filter { $0.hasPrefix("--") }
    let repeated = given.map { String($0.dropFirst(2).prefix { $0 != "=" }) }
      .filter { !seen.insert($0).inserted }
    // The description of all verbs is long, and hardly ever asked for.
    guard !repeated.isEmpty else { return }
    var command = try JSONDecoder().decode(
      Description.Root.self, from: Data(root._dumpHelp().utf8)
    ).command
    for word in arguments {
      guard let next = command.subcommands?.first(where: { $0.commandName == word }) else { break }
      command = next
    }
    let single = (command.arguments ?? []).filter { $0.kind == "option" && !$0.isRepeating }
      .flatMap { $0.names ?? [] }.map(\.name)
    if let flag = repeated.first(where: single.contains) {
      let count = given.count { $0.dropFirst(2).prefix { $0 != "=" } == flag }
      throw CommandLineError(
        facts: "--\(flag) is given \(count == 2 ? "twice" : "\(count) times"), expected once",
        advice: "leave out all but one", code: .usage)
    }
  }
}
