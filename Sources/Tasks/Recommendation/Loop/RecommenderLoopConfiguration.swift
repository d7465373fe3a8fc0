// What a loop has to know about recommenders: what to learn from, when a file is odd, when a model is
// good enough, where its vectors go.

/// The settings of a loop that are about recommenders.
public struct RecommenderLoopConfiguration: Sendable, Equatable {
  /// When new data are too far from those that the champion knows.
  public struct Checks: Sendable, Equatable {
    /// The share of rows whose item the champion may not know.
    public var unknown = 0.5
    /// The population stability index above which the taken items count as drifted.
    public var psi = 0.25
    /// Whether a file with drifted items is refused; else it is noted.
    public var refusesDrift = false
    /// How far the champion's agreement with a file may fall below that with its own data.
    public var agreement = 0.1
  }

  /// What a challenger must show.
  public struct Gate: Sendable, Equatable {
    /// By which share of the champion's measure the challenger's may surely not be worse.
    public var margin = 0.02
    /// The share of the champion's catalogue coverage that the challenger must reach.
    public var coverage = 0.5
    /// Judged users below which nothing is promoted.
    public var minUsers = 50
  }

  /// How models are trained; the tables are the loop's.
  public var recommender = RecommenderConfiguration()
  /// The share of interactions that models are judged on before they learn from them.
  public var holdout = 0.1
  /// How many of those are judged on: the newest ones.
  public var holdoutRows = 100_000
  /// When new data are too far away.
  public var checks = Checks()
  /// What a challenger must show.
  public var gate = Gate()
  /// How many items are recommended to each user of a list.
  public var listLength = 20
  /// The database that gets the champion's vectors; nil is none.
  public var database: String?
  /// Whether the database gets an index of nearest neighbours.
  public var isIndexed = true

  /// Creates the defaults.
  public init() {}
}
