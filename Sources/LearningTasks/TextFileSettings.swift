// The keys that say how text files are read, for every task.
package import Configuration

extension Setting {
  /// The character between the cells of text files.
  package static func delimiter(
    _ path: any WritableKeyPath<Configuration, String?> & Sendable
  ) -> Setting {
    Setting(
      "data.delimiter", path, .choice([",", ";", "\t", "|", "tab"]),
      "The character between cells", auto: "detected", placeholder: "c")
  }

  /// Whether text files have a header.
  package static func header(
    _ path: any WritableKeyPath<Configuration, Bool> & Sendable
  ) -> Setting {
    Setting(
      "data.header", path, .flag, "Whether the first line names the columns",
      flag: .toggle("no-header", value: "false"))
  }
}
