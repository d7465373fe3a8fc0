// The configuration of a task, as the code that all tasks share sees it.
package import Configuration

/// Everything that decides a run of a task; run.toml holds all of it.
package protocol TaskConfiguration: Configurable, Equatable {
  /// The name of the task: on the command line, in configuration files, manifests and documents.
  static var task: String { get }
  /// The seed of everything that is drawn.
  var seed: Int { get }
  /// The tables that are read; the first one is the table to learn from.
  var inputs: [String] { get }
  /// The configuration as run.toml has it.
  var recorded: Self { get }
  /// The configuration with an empty text for each table that is given: studies tell tables by their
  /// contents.
  var withoutLocations: Self { get }
  /// Checks that nothing is missing or contradictory, and every hyperparameter's range.
  ///
  /// - Throws: `ConfigurationError`, and the errors of the learner.
  func validate() throws
}

extension TaskConfiguration {
  /// The values of the settings that may be "auto", as TOML by key.
  package var automaticValues: [String: String] {
    var values: [String: String] = [:]
    for setting in Self.settings where setting.acceptsAuto {
      values[setting.key] = setting.read(self)?.toml
    }
    return values
  }
}
