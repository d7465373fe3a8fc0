// Writes run.toml: every key of a configuration, so that training with it repeats the run.

/// The text of a run.toml.
public enum RunFile {
  /// Returns every setting as TOML, by section, each with its summary as a comment.
  ///
  /// - Parameters:
  ///   - notes: for some keys, what "auto" came to in this run.
  ///   - head: the first line.
  public static func text<Configuration>(
    _ configuration: Configuration, settings: [Setting<Configuration>],
    notes: [String: String] = [:],
    head: String = "# 'mlcore train' with this file as its configuration repeats this run."
  ) -> String {
    var lines = [head]
    var section = ""
    for setting in settings {
      if setting.section != section {
        section = setting.section
        lines += ["", "[\(section)]"]
      }
      let value = setting.read(configuration)
      let note = value == nil ? notes[setting.key].map { "; here \($0)" } ?? "" : ""
      lines.append("# \(setting.comment)\(note)")
      lines.append("\(setting.name) = \(value?.toml ?? "\"auto\"")")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Returns every setting by its key, one a line, without any words for people: two configurations
  /// with the same text are the same.
  public static func assignments<Configuration>(
    of configuration: Configuration, settings: [Setting<Configuration>]
  ) -> String {
    settings.map { "\($0.key) = \($0.read(configuration)?.toml ?? "\"auto\"")\n" }.joined()
  }
}
