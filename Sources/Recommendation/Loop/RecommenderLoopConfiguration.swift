// What a loop has to know about recommenders: what to learn from, when a file is odd, when a model is
// good enough, where its vectors go.
import LearningTasks

extension RecommenderTask: LoopTask {
  package typealias LoopConfiguration = RecommenderLoopConfiguration
}

/// The settings of a loop that are about recommenders.
package struct RecommenderLoopConfiguration: Sendable, Equatable {
  /// When new data are too far from those that the champion knows.
  struct Checks: Sendable, Equatable {
    /// The share of rows whose item the champion may not know.
    var unknown = 0.5
    /// The population stability index above which the taken items count as drifted.
    var psi = 0.25
    /// Whether a file with drifted items is refused; else it is noted.
    var refusesDrift = false
    /// How far the champion's agreement with a file may fall below that with its own data.
    var agreement = 0.1
  }

  /// What a challenger must show.
  struct Gate: Sendable, Equatable {
    /// By which share of the champion's measure the challenger's may surely not be worse.
    var margin = 0.02
    /// The share of the champion's catalogue coverage that the challenger must reach.
    var coverage = 0.5
    /// Judged users below which nothing is promoted.
    var minUsers = 50
  }

  /// How models are trained; the tables are the loop's.
  var recommender = RecommenderConfiguration()
  /// The share of interactions that models are judged on before they learn from them.
  var holdout = 0.1
  /// How many of those are judged on: the newest ones.
  var holdoutRows = 100_000
  /// When new data are too far away.
  var checks = Checks()
  /// What a challenger must show.
  var gate = Gate()
  /// How many items are recommended to each user of a list.
  var listLength = 20
  /// The database that gets the champion's vectors; nil is none.
  var database: String?
  /// Whether the database gets an index of nearest neighbours.
  var isIndexed = true

  /// Creates the defaults.
  package init() {}
}
