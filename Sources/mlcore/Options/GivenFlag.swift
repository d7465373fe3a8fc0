// A flag that was typed, on its way to the settings table, which checks it.

/// The texts of a flag and the key that it sets.
struct GivenFlag {
  /// The key of the setting.
  let key: String
  /// The flag as it is typed, for messages.
  let flag: String
  /// The texts that were given, one per time.
  let texts: [String]
}

extension [GivenFlag] {
  /// Adds a flag if it was given.
  mutating func append(_ key: String, _ flag: String, _ text: String?) {
    if let text { append(GivenFlag(key: key, flag: flag, texts: [text])) }
  }

  /// Adds a flag that may be repeated, as one list.
  mutating func append(_ key: String, _ flag: String, list: [String]) {
    if !list.isEmpty { append(GivenFlag(key: key, flag: flag, texts: list)) }
  }
}
