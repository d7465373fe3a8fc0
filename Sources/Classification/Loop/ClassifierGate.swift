// What a challenger among classifiers must show, as pipeline.toml has it.
package import Configuration
package import LearningTasks
package import Tabular

extension Classification: LoopProblem {
  package typealias Gate = ClassifierGate<Preset>
}

/// What a challenger among classifiers must show.
package struct ClassifierGate<Preset: ClassifierPreset>: Sendable, Equatable {
  /// By how much the AUC may surely not be lower than the champion's.
  package var margin = 0.005
  /// The relative rise of the Brier score, and the absolute rise of the calibration error, that
  /// is allowed.
  var calibration = 0.02
  /// How much AUC a group of customers may lose.
  var segment = 0.03
  /// Rows below which a group is not looked at.
  package var segmentRows = 200
  /// The population stability index that scores may have between champion and challenger.
  package var stability = 0.25
  /// The AUC above which the data are taken to know the answer.
  var leak = 0.99
  /// Rows below which nothing is promoted.
  package var minRows = 50

  /// Creates the defaults.
  package init() {}
}

extension ClassifierGate: TabularGate {
  package typealias Problem = Classification<Preset>

  package static var labelDoubt: (limit: Double, end: Double, summary: String) {
    (
      0.1, 0.5,
      "How far the champion's AUC may fall on new labels; 0.5 and more: they are not doubted"
    )
  }

  package static var settings: [Setting<Self>] {
    [
      Setting(
        "gate.margin", \.margin, .part,
        "By how much the AUC may surely not be lower than the champion's"),
      Setting(
        "gate.calibration", \.calibration, .part,
        "The rise of the Brier score (relative) and of the calibration error that is allowed"),
      Setting(
        "gate.segment", \.segment, .part, "How much AUC a group of customers may lose"),
      Setting(
        "gate.segment_rows", \.segmentRows, .integer(20...Int.max),
        "Rows below which a group is not looked at"),
      Setting(
        "gate.scores", \.stability, .stability,
        "The stability index of scores between champion and challenger"),
      Setting(
        "gate.leak", \.leak, .number(.closed(0.5, 1)),
        "The AUC above which a feature is taken to know the answer"),
      Setting(
        "gate.min_rows", \.minRows, .integer(2...Int.max),
        "Rows of the holdout below which nothing is promoted"),
    ]
  }

  package static func loop(
    _ configuration: TabularLoopConfiguration<Self>, in context: RunContext
  ) -> any TaskLoop {
    ClassifierLoop<Preset>(configuration, context: context)
  }
}
