// One key of a configuration and the field behind it. From the table of a configuration come the
// reading of files, `--set` and flags, the checks of ranges, run.toml, search spaces and the
// reference page.

/// A configuration key, what it accepts, and the field that holds it.
public struct Setting<Configuration: Sendable>: Sendable {
  /// The key with its section: `boosting.learning_rate`.
  public let key: String
  /// What the key accepts.
  public let kind: SettingKind
  /// What the key is for, in one line.
  public let summary: String
  /// What "auto" comes to, which stands for nil; nil where "auto" is not accepted.
  public let automatic: DefaultRule?
  private let ownFlag: SettingFlag?
  private let ownPlaceholder: String?
  private var search: @Sendable (Configuration) -> SearchDomain?
  /// Reads the field; nil means "auto".
  package let read: @Sendable (Configuration) -> ConfigurationValue?
  /// Writes a value that `kind` accepted, or nil for "auto".
  package let write: @Sendable (inout Configuration, ConfigurationValue?) -> Void

  /// A setting of a field.
  ///
  /// - Parameters:
  ///   - automatic: what nil comes to, for a field that may be nil.
  ///   - flag: how it is set on a command line; nil for `--name VALUE` by its key.
  ///   - placeholder: what stands for a value in help; nil fits the kind.
  ///   - search: the values that a search tries; nil for none.
  public init<Field: ConfigurationField>(
    _ key: String, _ path: any WritableKeyPath<Configuration, Field> & Sendable,
    _ kind: SettingKind, _ summary: String, auto automatic: DefaultRule? = nil,
    flag: SettingFlag? = nil, placeholder: String? = nil, search: SearchDomain? = nil
  ) {
    self.init(
      key: key, kind: kind, summary: summary, automatic: automatic, flag: flag,
      placeholder: placeholder, search: { _ in search },
      read: { $0[keyPath: path].configurationValue },
      write: { configuration, value in
        if let field = Field(configurationValue: value) { configuration[keyPath: path] = field }
      })
  }

  private init(
    key: String, kind: SettingKind, summary: String, automatic: DefaultRule?, flag: SettingFlag?,
    placeholder: String?, search: @escaping @Sendable (Configuration) -> SearchDomain?,
    read: @escaping @Sendable (Configuration) -> ConfigurationValue?,
    write: @escaping @Sendable (inout Configuration, ConfigurationValue?) -> Void
  ) {
    self.key = key
    self.kind = kind
    self.summary = summary
    self.automatic = automatic
    ownFlag = flag
    ownPlaceholder = placeholder
    self.search = search
    self.read = read
    self.write = write
  }

  /// The same key for a configuration that has this one as a part.
  ///
  /// - Parameter section: what to put before the key; nil leaves it as it is.
  public func within<Whole>(
    _ path: any WritableKeyPath<Whole, Configuration> & Sendable, section: String? = nil
  ) -> Setting<Whole> {
    Setting<Whole>(
      key: section.map { "\($0).\(key)" } ?? key, kind: kind, summary: summary,
      automatic: automatic, flag: ownFlag, placeholder: ownPlaceholder,
      search: { [search] in search($0[keyPath: path]) },
      read: { [read] in read($0[keyPath: path]) },
      write: { [write] in write(&$0[keyPath: path], $1) })
  }

  /// The same setting, which a search tries the values for that fit the rest of a configuration.
  public func searched(
    _ search: @escaping @Sendable (Configuration) -> SearchDomain?
  ) -> Setting {
    var result = self
    result.search = search
    return result
  }

  /// The values that a search tries beside a configuration; nil for none.
  public func domain(beside configuration: Configuration) -> SearchDomain? {
    search(configuration)
  }

  /// Whether "auto" is accepted and stands for nil.
  public var acceptsAuto: Bool { automatic != nil }
  /// The section of the key; empty for none.
  public var section: String { key.contains(".") ? String(key.prefix { $0 != "." }) : "" }
  /// The key without its section.
  var name: String { key.contains(".") ? String(key.drop { $0 != "." }.dropFirst()) : key }
  /// What is accepted, in words.
  public var expected: String { acceptsAuto ? "\(kind.words), or auto" : kind.words }
  /// What the key is for and what "auto" comes to.
  public var comment: String { automatic.map { "\(summary); auto: \($0.words)" } ?? summary }
  /// What stands for a value in help.
  public var placeholder: String { ownPlaceholder ?? kind.placeholder }

  /// How the key is set on a command line.
  public var flag: SettingFlag {
    ownFlag ?? .option(name.replacing("_", with: "-"))
  }
}

/// How a key is set on a command line.
public enum SettingFlag: Sendable, Equatable {
  /// `--name VALUE`
  case option(String)
  /// `--name`, which stands for a value.
  case toggle(String, value: String)
  /// The verb decides it.
  case none

  /// The flag as it is typed; nil for none.
  public var name: String? {
    switch self {
    case .option(let name), .toggle(let name, _): "--\(name)"
    case .none: nil
    }
  }
}

/// A configuration with defaults, and a table of all its keys.
public protocol Configurable: Sendable {
  /// The defaults.
  init()
  /// All keys, in the order of files.
  static var settings: [Setting<Self>] { get }
}

extension Configurable {
  /// The layers over the keys.
  public static var layers: ConfigurationLayers<Self> { ConfigurationLayers(settings: settings) }

  /// A key with its flag, for messages: `evaluation.holdout (--holdout)`.
  public static func named(_ key: String) -> String {
    settings[key]?.flag.name.map { "\(key) (\($0))" } ?? key
  }

  /// The error of a key whose value does not go with others.
  public static func unfit(_ key: String, found: String, expected: String) -> ConfigurationError {
    .unfit(key: key, flag: settings[key]?.flag.name, found: found, expected: expected)
  }

  /// The error of a key that needs a value and has none.
  public static func missing(_ key: String) -> ConfigurationError {
    .missing(key: key, flag: settings[key]?.flag.name)
  }
}

/// A table of the keys of a configuration, or of a part of one.
extension Array {
  /// The setting of a key.
  public subscript<Configuration>(key: String) -> Setting<Configuration>?
  where Element == Setting<Configuration> {
    first { $0.key == key }
  }

  /// The first setting whose value is out of its range.
  ///
  /// Directions have none: whoever knows the columns checks them.
  public func outOfRange<Configuration>(
    in configuration: Configuration
  ) -> (setting: Setting<Configuration>, found: ConfigurationValue)?
  where Element == Setting<Configuration> {
    for setting in self {
      if case .directions = setting.kind { continue }
      if let value = setting.read(configuration), setting.kind.accepting(value) == nil {
        return (setting, value)
      }
    }
    return nil
  }
}
