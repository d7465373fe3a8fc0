// The groups of flags that set keys. Together those of a verb have every key of its task.
import Classification
import Configuration
import Recommendation
import Tabular

/// The labelled table and the roles of its columns.
enum TableFlags<Target: TabularConfiguration>: SettingGroup {
  static func holds(_ key: String) -> Bool { key.hasPrefix("data.") }
}

/// A test table or a share of the rows, and what is made of the probabilities.
enum TestFlags<Target: TabularConfiguration>: SettingGroup {
  static func holds(_ key: String) -> Bool {
    JudgingFlags<Target>.holds(key) && key != "evaluation.folds"
  }
}

/// The same, and folds; a search has folds of its own.
enum JudgingFlags<Target: TabularConfiguration>: SettingGroup {
  static func holds(_ key: String) -> Bool {
    key.hasPrefix("evaluation.") || key.hasPrefix("calibration.")
  }
}

/// The hyperparameters of gradient boosting.
enum BoostingFlags<Target: TabularConfiguration>: SettingGroup {
  static func holds(_ key: String) -> Bool { key.hasPrefix("boosting.") }
}

/// How text files are read.
enum DataFormatFlags: SettingGroup {
  typealias Target = ChurnConfiguration
  static func holds(_ key: String) -> Bool { key == "data.delimiter" || key == "data.header" }
}

/// The tables of interactions, the roles of their columns, and what is judged on.
enum RecommenderDataFlags: SettingGroup {
  typealias Target = RecommenderConfiguration
  static func holds(_ key: String) -> Bool {
    key.hasPrefix("data.") || key.hasPrefix("evaluation.")
  }
}

/// The hyperparameters of the two towers.
enum TowerFlags: SettingGroup {
  typealias Target = RecommenderConfiguration
  static func holds(_ key: String) -> Bool { key.hasPrefix("model.") }
}

/// What everything that is drawn follows from.
enum SeedFlags<Target: Configurable>: SettingGroup {
  static func holds(_ key: String) -> Bool { key == "seed" }
}

extension SettingOptions where Group.Target: TabularConfiguration {
  /// A flag for one way of judging overrules the configuration's other way.
  func overrule(_ judging: inout JudgingConfiguration) {
    let (test, holdout) = (has("evaluation.test"), has("evaluation.holdout"))
    if test, !holdout { judging.holdout = nil }
    if holdout, !test { judging.test = nil }
  }
}
