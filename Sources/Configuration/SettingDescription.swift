// A line of the reference of settings.

/// A setting as people and programs read of it.
public struct SettingDescription: Encodable, Sendable, Equatable {
  /// The key with its section.
  public let key: String
  /// The flag that sets it, as it is typed; nil for none.
  public let flag: String?
  /// What is accepted.
  public let expected: String
  /// The default, or what "auto" comes to; nil where nothing is the default.
  public let usual: String?
  /// What the key is for.
  public let summary: String
  /// The values that a search tries; nil for none.
  public let search: String?

  /// What the key is for, what is accepted and the default, in one line.
  public var line: String {
    "\(summary) (\(expected)\(usual.map { "; default: \($0)" } ?? ""))"
  }

  enum CodingKeys: String, CodingKey {
    case key, flag, expected, summary, search
    case usual = "default"
  }
}

extension Setting {
  /// Describes the setting.
  ///
  /// - Parameters:
  ///   - defaults: the configuration without any setting.
  ///   - hasFlag: whether there is a command line that sets it.
  public func described(
    by defaults: Configuration, hasFlag: Bool = true
  ) -> SettingDescription {
    let shown = read(defaults)?.shown
    return SettingDescription(
      key: key, flag: hasFlag ? flag.name : nil, expected: expected,
      usual: automatic?.words ?? (shown == "" ? nil : shown),
      summary: summary, search: domain(beside: defaults)?.words)
  }
}
