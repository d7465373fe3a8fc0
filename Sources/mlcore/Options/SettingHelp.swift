// The help of a flag that sets a key: the words and the range of the settings table.
import ArgumentParser
import Tasks

extension ArgumentHelp {
  /// The help of a flag for a key of a churn configuration.
  static func churn(_ key: String) -> ArgumentHelp {
    help(key, of: ChurnConfiguration.settings)
  }

  /// The help of a flag for a key of a recommender configuration.
  static func recommender(_ key: String) -> ArgumentHelp {
    help(key, of: RecommenderConfiguration.settings)
  }

  private static func help<Configuration: Sendable>(
    _ key: String, of settings: [Setting<Configuration>]
  ) -> ArgumentHelp {
    guard let setting = settings.first(where: { $0.key == key }) else {
      preconditionFailure("there is no setting \(key)")
    }
    return ArgumentHelp(
      "\(setting.summary) (\(setting.expected)).", valueName: setting.kind.valueName)
  }
}

extension SettingKind {
  /// What stands for a value in help.
  fileprivate var valueName: String {
    switch self {
    case .integer: "n"
    case .number: "x"
    case .choice, .text: "name"
    case .list: "a[,b]"
    case .directions: "column=1,column=-1"
    case .flag: "true|false"
    }
  }
}

extension [GivenFlag] {
  /// Adds the flags of a section, which bear the names of its keys in kebab-case, if they were given.
  mutating func append(section: String, _ values: [(name: String, text: String?)]) {
    for (name, text) in values {
      append("\(section).\(name)", "--\(name.replacing("_", with: "-"))", text)
    }
  }
}
