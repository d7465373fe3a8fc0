// `mlcore help`: the help of a verb, and the reference of all settings.
import ArgumentParser
import Configuration
import LearningTasks
import Texts

/// Shows help.
struct Help: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "help", abstract: "Show the help of a verb, or all settings.",
    subcommands: [HelpSettings.self, HelpVerb.self], defaultSubcommand: HelpVerb.self)
}

/// Shows the help of a verb.
struct HelpVerb: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "verb", shouldDisplay: false)

  @Argument(parsing: .captureForPassthrough) var words: [String] = []

  func run() throws {
    var command = try MLCore.parseAsRoot(words + ["--help"])
    try command.run()
  }
}

/// Lists settings.
struct HelpSettings: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settings", abstract: "List the keys of settings with their ranges and defaults.",
    discussion: """
      A key stands in a --config file, follows --set, or has the listed flag. The keys of 'watch' \
      stand in pipeline.toml.
      """)

  /// The settings of the loop, beside those of each task.
  private static let loop = "watch"

  @Argument(
    help: ArgumentHelp(
      "\(TaskRegistry.names.joined(separator: ", ")) or \(loop) (default: all of them)."))
  var topic: String?
  @OptionGroup var report: ReportOptions

  /// Settings, and what they are called.
  private typealias Topic = (name: String, settings: [SettingDescription])

  private static func topic<Task: CommandTask>(of task: Task.Type) -> Topic {
    let defaults = Task.Configuration()
    return (task.name, Task.Configuration.settings.map { $0.described(by: defaults) })
  }

  private static var loopTopics: [Topic] {
    TaskRegistry.loopTasks.map { ("\(loop) \($0.name)", LoopSettings.described(of: $0)) }
  }

  func run() throws {
    let tables = try chosen
    if report.json {
      let document = Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0.settings) })
      return try Terminal.output.write(try JSONDocument.text(of: document))
    }
    let texts = tables.map { name, settings in
      ([Terminal.output.bold(name)] + Self.lines(settings)).joined(separator: "\n")
    }
    try Terminal.output.write(texts.joined(separator: "\n\n") + "\n")
  }

  private var chosen: [Topic] {
    get throws {
      let tasks = TaskRegistry.all
      guard let topic else { return tasks.map { Self.topic(of: $0) } + Self.loopTopics }
      if topic == Self.loop { return Self.loopTopics }
      if let task = tasks.first(where: { $0.name == topic }) { return [Self.topic(of: task)] }
      let names = TaskRegistry.names + [Self.loop]
      throw CommandLineError(
        facts: "there is no topic '\(topic)' of settings, expected \(names.oneOf)",
        advice: Suggestion.nearest(to: topic, in: names).map { "did you mean '\($0)'?" }
          ?? "leave the topic out to see all settings", code: .usage)
    }
  }

  private static func lines(_ settings: [SettingDescription]) -> [String] {
    let flags = settings.map { $0.flag ?? "" }
    let keyWidth = settings.map(\.key.count).max() ?? 0
    let flagWidth = flags.map(\.count).max() ?? 0
    return zip(settings, flags).map { setting, flag in
      "  \(setting.key.padded(keyWidth))  "
        + (flagWidth == 0 ? "" : "\(flag.padded(flagWidth))  ") + setting.line
    }
  }
}
