// One key of a configuration and the field behind it. The table of settings of a task drives
// reading files, `--set`, flags, the "did you mean" of unknown keys, and writing run.toml.

/// A configuration key, what it accepts, and the field that holds it.
public struct Setting<Configuration: Sendable>: Sendable {
  /// The key with its section: `boosting.learning_rate`.
  public let key: String
  /// What the key accepts.
  public let kind: SettingKind
  /// Whether "auto" is accepted and stands for nil.
  public let acceptsAuto: Bool
  /// What the key is for, in one line.
  public let summary: String
  /// Reads the field; nil means "auto" or absent.
  let read: @Sendable (Configuration) -> ConfigurationValue?
  /// Writes a value that `kind` accepted, or nil for "auto".
  let write: @Sendable (inout Configuration, ConfigurationValue?) -> Void

  /// A setting whose field always has a value.
  public init<Field: ConfigurationField>(
    _ key: String, _ path: any WritableKeyPath<Configuration, Field> & Sendable,
    _ kind: SettingKind, _ summary: String
  ) {
    self.key = key
    self.kind = kind
    self.summary = summary
    acceptsAuto = false
    read = { $0[keyPath: path].configurationValue }
    write = { configuration, value in
      if let value, let field = Field(configurationValue: value) {
        configuration[keyPath: path] = field
      }
    }
  }

  /// A setting whose field may be nil, written "auto".
  public init<Field: ConfigurationField>(
    optional key: String, _ path: any WritableKeyPath<Configuration, Field?> & Sendable,
    _ kind: SettingKind, _ summary: String
  ) {
    self.key = key
    self.kind = kind
    self.summary = summary
    acceptsAuto = true
    read = { $0[keyPath: path]?.configurationValue }
    write = { configuration, value in
      configuration[keyPath: path] = value.flatMap { Field(configurationValue: $0) }
    }
  }

  private init(
    key: String, kind: SettingKind, acceptsAuto: Bool, summary: String,
    read: @escaping @Sendable (Configuration) -> ConfigurationValue?,
    write: @escaping @Sendable (inout Configuration, ConfigurationValue?) -> Void
  ) {
    self.key = key
    self.kind = kind
    self.acceptsAuto = acceptsAuto
    self.summary = summary
    self.read = read
    self.write = write
  }

  /// The same key for a configuration that has this one as a part.
  public func within<Whole>(
    _ path: any WritableKeyPath<Whole, Configuration> & Sendable
  ) -> Setting<Whole> {
    Setting<Whole>(
      key: key, kind: kind, acceptsAuto: acceptsAuto, summary: summary,
      read: { [read] in read($0[keyPath: path]) },
      write: { [write] in write(&$0[keyPath: path], $1) })
  }

  /// What is accepted, in words.
  public var expected: String { acceptsAuto ? "\(kind.words), or auto" : kind.words }
}

/// A type of field that a configuration value can fill.
public protocol ConfigurationField: Sendable {
  /// Reads the field from a value of the matching case; nil for another case.
  init?(configurationValue: ConfigurationValue)
  /// The field as a value.
  var configurationValue: ConfigurationValue { get }
}

extension Int: ConfigurationField {
  public init?(configurationValue value: ConfigurationValue) {
    guard case .integer(let integer) = value else { return nil }
    self = integer
  }
  public var configurationValue: ConfigurationValue { .integer(self) }
}

extension Double: ConfigurationField {
  public init?(configurationValue value: ConfigurationValue) {
    guard case .number(let number) = value else { return nil }
    self = number
  }
  public var configurationValue: ConfigurationValue { .number(self) }
}

extension String: ConfigurationField {
  public init?(configurationValue value: ConfigurationValue) {
    guard case .text(let text) = value else { return nil }
    self = text
  }
  public var configurationValue: ConfigurationValue { .text(self) }
}

extension Bool: ConfigurationField {
  public init?(configurationValue value: ConfigurationValue) {
    guard case .flag(let flag) = value else { return nil }
    self = flag
  }
  public var configurationValue: ConfigurationValue { .flag(self) }
}

extension Array: ConfigurationField where Element == String {
  public init?(configurationValue value: ConfigurationValue) {
    guard case .list(let items) = value else { return nil }
    self = items
  }
  public var configurationValue: ConfigurationValue { .list(self) }
}
