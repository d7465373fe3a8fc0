// Flags that the table of a configuration declares: every key of a group has one, with the words,
// the range and the default of the table. They are read as text; the table checks them like a file.
import ArgumentParser
import Configuration

/// Which keys of a configuration make a group of flags.
protocol SettingGroup: SendableMetatype {
  /// The configuration that they set.
  associatedtype Target: Configurable
  /// Whether a key belongs to the group.
  static func holds(_ key: String) -> Bool
}

extension SettingGroup {
  /// The settings with a flag.
  fileprivate static var settings: [Setting<Target>] {
    Target.settings.filter { $0.flag != .none && holds($0.key) }
  }
}

/// The flags of a group of settings.
///
/// The argument parser finds flags by the mirror of a type, and a decoder has their values; both
/// follow the table here.
struct SettingOptions<Group: SettingGroup>: ParsableArguments, CustomReflectable {
  /// A flag that was typed.
  private struct Given {
    let key: String
    let flag: String
    /// The texts, one for each time.
    let texts: [String]
  }

  private var given: [Given] = []

  init() {}

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: FlagKey.self)
    for setting in Group.settings {
      guard let flag = setting.flag.name else { continue }
      let key = FlagKey(stringValue: flag)
      let texts: [String] =
        switch setting.flag {
        case .toggle(_, let value):
          try values.decode(Flag<Bool>.self, forKey: key).wrappedValue ? [value] : []
        case .option where setting.kind.isRepeated:
          try values.decode(Option<[String]>.self, forKey: key).wrappedValue
        default:
          try [values.decode(Option<String?>.self, forKey: key).wrappedValue].compactMap(\.self)
        }
      if !texts.isEmpty { given.append(Given(key: setting.key, flag: flag, texts: texts)) }
    }
  }

  var customMirror: Mirror {
    let defaults = Group.Target()
    return Mirror(
      self,
      children: Group.settings.map { setting -> (label: String?, value: Any) in
        (setting.flag.name, Self.declaration(of: setting, defaults))
      })
  }

  private static func declaration(
    of setting: Setting<Group.Target>, _ defaults: Group.Target
  ) -> Any {
    let help = ArgumentHelp(
      "\(setting.described(by: defaults).line).", valueName: setting.placeholder)
    switch setting.flag {
    case .toggle(let name, let value):
      return Flag(
        wrappedValue: false, name: .customLong(name),
        help: "\(setting.summary): \(value).")
    case .option(let name) where setting.kind.isRepeated:
      return Option<[String]>(wrappedValue: [], name: .customLong(name), help: help)
    case .option(let name): return Option<String?>(name: .customLong(name), help: help)
    case .none: preconditionFailure("\(setting.key) has no flag")
    }
  }

  /// Lays the flags over a configuration.
  ///
  /// - Throws: `ConfigurationError`.
  func apply(to configuration: inout Group.Target) throws {
    for flag in given {
      try Group.Target.layers.apply(
        key: flag.key, texts: flag.texts, source: flag.flag, to: &configuration)
    }
  }

  /// Whether the flag of a key was typed.
  func has(_ key: String) -> Bool { given.contains { $0.key == key } }
}

/// The name of a flag, by which the parser keeps its value.
private struct FlagKey: CodingKey {
  let stringValue: String
  init(stringValue: String) { self.stringValue = stringValue }
  var intValue: Int? { nil }
  init?(intValue: Int) { nil }
}
