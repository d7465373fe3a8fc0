// What a challenger among regression models must show, as pipeline.toml has it.
package import Configuration
package import LearningTasks
package import Tabular

extension Regression: LoopProblem {
  package typealias Gate = RegressionGate
}

/// The settings of a loop that are about regression models.
package typealias RegressionLoopConfiguration = TabularLoopConfiguration<RegressionGate>

/// What a challenger among regression models must show.
package struct RegressionGate: Sendable, Equatable {
  /// By which share of the champion's loss the challenger's may surely not be higher.
  package var margin = 0.02
  /// By which share the loss of a group of rows may rise.
  var segment = 0.1
  /// Rows below which a group is not looked at.
  package var segmentRows = 200
  /// The population stability index that predictions may have between champion and challenger.
  package var stability = 0.25
  /// Rows below which nothing is promoted.
  package var minRows = 50

  /// Creates the defaults.
  package init() {}
}

extension RegressionGate: TabularGate {
  package typealias Problem = Regression

  package static let labelDoubt = (
    limit: 0.2, end: 1.0,
    summary: "By which share the champion's loss may rise on new labels; 1: they are not doubted"
  )

  package static let settings: [Setting<RegressionGate>] = [
    Setting(
      "gate.margin", \.margin, .part,
      "By which share the loss may surely not be higher than the champion's"),
    Setting(
      "gate.segment", \.segment, .part, "By which share the loss of a group of rows may rise"),
    Setting(
      "gate.segment_rows", \.segmentRows, .integer(20...Int.max),
      "Rows below which a group is not looked at"),
    Setting(
      "gate.scores", \.stability, .stability,
      "The stability index of predictions between champion and challenger"),
    Setting(
      "gate.min_rows", \.minRows, .integer(2...Int.max),
      "Rows of the holdout below which nothing is promoted"),
  ]

  package static func loop(
    _ configuration: RegressionLoopConfiguration, in context: RunContext
  ) -> any TaskLoop {
    RegressionLoop(configuration, context: context)
  }
}
