// What makes a task one whose models a loop keeps fresh.
package import Configuration

/// A task whose models a loop keeps fresh.
package protocol LoopTask: LearningTask {
  /// The settings of a loop that are about the task.
  associatedtype LoopConfiguration: TaskLoopConfiguration
}

/// The settings of a loop that are about its task: keys of pipeline.toml beside those of the loop.
package protocol TaskLoopConfiguration: Configurable, Equatable {
  /// A key that has to be given and is not; nil where nothing is missing.
  var missingKey: (name: String, expected: String)? { get }
  /// Which of the metrics of models they are compared by; nil where that is not one for all.
  var measure: String? { get }
  /// The place that gets the models in service, as messages name it; nil for none.
  ///
  /// - Throws: `ConnectorError` for what is no such place, or has a password in it.
  var delivery: String? { get throws }

  /// Checks what keys cannot check alone. A key that is missing is no mistake: a new home may leave
  /// it to be set in the file.
  ///
  /// - Parameter file: where the settings come from.
  /// - Throws: `ConfigurationError`, `TaskError`, and the errors of the learner.
  func validate(file: String) throws

  /// The steps of the loop.
  func loop(in context: RunContext) -> any TaskLoop
}

extension TaskLoopConfiguration {
  package var missingKey: (name: String, expected: String)? { nil }
  package var measure: String? { nil }
  package var delivery: String? { nil }
}

extension Configurable {
  /// Keys that another configuration has too: those that `isTaken` says, in their order.
  package static func settings<Whole>(
    within path: any WritableKeyPath<Whole, Self> & Sendable, where isTaken: (String) -> Bool
  ) -> [Setting<Whole>] {
    settings.filter { isTaken($0.key) }.map { $0.within(path) }
  }
}

extension SettingKind {
  /// Rows that are held back, of which fewer say nothing.
  package static let heldRows = SettingKind.integer(50...Int.max)
  /// A part of something, and one that is more than nothing.
  package static let part = SettingKind.number(.closed(0, 1))
  package static let somePart = SettingKind.number(.above(0, 1))
  /// A population stability index.
  package static let stability = SettingKind.number(.above(0))
}
