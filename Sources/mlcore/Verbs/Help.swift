// `mlcore help`: the help of a verb, and the reference of all settings.
import ArgumentParser
import Configuration
import Tasks

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
      The keys stand in a file for --config, follow --set, or have the flag that is listed. Those \
      of 'watch' stand in pipeline.toml.
      """)

  @Argument(help: "churn, classification, regression, recommender or watch (default: all of them).")
  var topic: String?
  @OptionGroup var report: ReportOptions

  /// What has settings.
  private enum Topic: String, CaseIterable {
    case churn, classification, regression, recommender, watch

    /// The tables, by the words for them.
    var tables: [(name: String, settings: [SettingDescription])] {
      switch self {
      case .churn: [(rawValue, Self.described(ChurnConfiguration.self))]
      case .classification: [(rawValue, Self.described(BinaryConfiguration.self))]
      case .regression: [(rawValue, Self.described(RegressionConfiguration.self))]
      case .recommender: [(rawValue, Self.described(RecommenderConfiguration.self))]
      case .watch:
        TaskRegistry.loopTasks.map { ("\(rawValue) \($0.name)", LoopSettings.described(of: $0)) }
      }
    }

    private static func described<Target: Configurable>(
      _ type: Target.Type
    ) -> [SettingDescription] {
      Target.settings.map { $0.described(by: Target()) }
    }
  }

  func run() throws {
    var chosen = Topic.churn
    try SearchOptions.choose(&chosen, "the topic of settings", topic)
    let tables = (topic == nil ? Topic.allCases : [chosen]).flatMap(\.tables)
    if report.json {
      let document = Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0.settings) })
      return try Terminal.output.write(try JSONDocument.text(of: document))
    }
    let texts = tables.map { name, settings in
      ([Terminal.output.bold(name)] + Self.lines(settings)).joined(separator: "\n")
    }
    try Terminal.output.write(texts.joined(separator: "\n\n") + "\n")
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
