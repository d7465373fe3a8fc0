// The flags that name a configuration file and single keys.
import ArgumentParser
import Configuration

/// Where settings come from, besides flags.
struct ConfigurationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A TOML file with settings, such as the run.toml of an earlier run.", valueName: "file"))
  var config: String?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "One setting, such as boosting.num_leaves=15. May be repeated.", valueName: "key=value"))
  var assignments: [String] = []

  /// Applies the file, then the single settings.
  func apply<Configuration>(
    to configuration: inout Configuration, layers: ConfigurationLayers<Configuration>
  ) throws {
    if let config { try layers.apply(file: config, to: &configuration) }
    for assignment in assignments {
      try layers.apply(assignment: assignment, source: "--set", to: &configuration)
    }
  }
}
