// What a loop over tables with a target has to know: what to learn from, when a file is odd, when a
// model is good enough.
package import Configuration
package import LearningTasks

/// The settings of a loop over tables with a target.
package struct TabularLoopConfiguration<Gate: TabularGate>: Sendable, Equatable {
  /// When new data are too far from those that the champion knows.
  package struct Checks: Sendable, Equatable {
    /// The share of cells that may be missing more than in the champion's data.
    var missing = 0.3
    /// The share of cells that may have categories that the champion has not seen.
    var unseen = 0.5
    /// The share of numbers that may lie far outside the champion's range.
    var outside = 0.3
    /// The population stability index above which a column counts as drifted.
    var psi = 0.25
    /// Whether a file with a drifted column is refused; else it is noted.
    var refusesDrift = false
    /// What new labels may cost the champion.
    package var labels = Gate.labelDoubt.limit
  }

  /// How models are trained; the table, the test table and the model to continue from are the
  /// loop's.
  package var training = Gate.Problem.Configuration()
  /// Whether the champion's trees are kept and others added.
  var continues = false
  /// The trials of the search for hyperparameters before each training; 0 for no search.
  var trials = 0
  /// The share of rows that no model ever learns from.
  var holdout = 0.2
  /// How many of those are judged on: the newest ones.
  var holdoutRows = 20_000
  /// When new data are too far away.
  package var checks = Checks()
  /// What a challenger must show.
  package var gate = Gate()

  /// Creates the defaults.
  package init() {}

  /// Whether the gate doubts labels.
  package var doubtsLabels: Bool { checks.labels < Gate.labelDoubt.end }
}

/// What a challenger must show, and what else the settings of loops over tables do not share.
package protocol TabularGate: Configurable, Equatable {
  /// What is predicted.
  associatedtype Problem: TabularProblem
  /// What new labels may cost the champion, from where on nothing doubts them, and the words for it.
  static var labelDoubt: (limit: Double, end: Double, summary: String) { get }

  /// Rows below which nothing is promoted.
  var minRows: Int { get }
  /// By how much the challenger may surely not be worse than the champion.
  var margin: Double { get }
  /// Rows below which a group of rows is not looked at.
  var segmentRows: Int { get }
  /// The population stability index that predictions may have between champion and challenger.
  var stability: Double { get }

  /// The steps of a loop.
  static func loop(
    _ configuration: TabularLoopConfiguration<Self>, in context: RunContext
  ) -> any TaskLoop
}

/// A problem whose models a loop keeps fresh.
package protocol LoopProblem: TabularProblem {
  associatedtype Gate: TabularGate where Gate.Problem == Self
}

extension TabularTask: LoopTask where Problem: LoopProblem {
  package typealias LoopConfiguration = TabularLoopConfiguration<Problem.Gate>
}

extension TabularLoopConfiguration: TaskLoopConfiguration {
  /// The key of the model that a training goes on from.
  private static var continuedKey: String { "boosting.continue_from" }

  /// The keys of the task in the order of pipeline.toml; the table and the model to continue are the
  /// loop's own business.
  package static var settings: [Setting<Self>] {
    let left = ["task", "data.path", continuedKey]
    return Gate.Problem.Configuration.settings(within: \Self.training) {
      !left.contains($0) && !$0.hasPrefix("evaluation.")
    } + trainSettings + Gate.settings(within: \Self.gate) { _ in true } + checkSettings
  }

  private static var trainSettings: [Setting<Self>] {
    let continued = Setting(
      "train.continue", \Self.continues, .flag,
      "Whether the champion's trees are kept and others added, instead of training anew")
    return (Gate.Problem.Configuration.settings[continuedKey] == nil ? [] : [continued]) + [
      Setting(
        "train.trials", \.trials, .integer(SearchRules.trialCounts, or: 0),
        "Trials of a search for hyperparameters before each training; 0 for none"),
      Setting(
        "train.holdout", \.holdout, .share,
        "The share of rows that no model learns from: both are judged on them"),
      Setting(
        "train.holdout_rows", \.holdoutRows, .heldRows,
        "How many of those are judged on: the newest ones"),
    ]
  }

  private static var checkSettings: [Setting<Self>] {
    [
      Setting(
        "checks.missing", \.checks.missing, .somePart,
        "The share of cells that may be missing more than in the champion's data"),
      Setting(
        "checks.unseen", \.checks.unseen, .somePart,
        "The share of cells that may have categories new to the champion"),
      Setting(
        "checks.outside", \.checks.outside, .somePart,
        "The share of numbers that may lie far outside the champion's range"),
      Setting(
        "checks.psi", \.checks.psi, .stability,
        "The stability index above which a column has drifted; more in small files"),
      Setting(
        "checks.refuse_drift", \.checks.refusesDrift, .flag,
        "Whether files with drifted columns go to quarantine; else it is noted"),
      Setting("checks.labels", \.checks.labels, .somePart, Gate.labelDoubt.summary),
    ]
  }

  package var missingKey: (name: String, expected: String)? {
    training.data.target.isEmpty ? ("data.target", "the column to predict") : nil
  }

  package var measure: String? { Gate.Problem.usualMetric(of: training).rawValue }

  package func validate(file: String) throws {
    var complete = training
    complete.data.path = "inbox"
    if complete.data.target.isEmpty { complete.data.target = "target" }
    try complete.validate()
    guard trials > 0 else { return }
    guard !continues else { throw TaskError.searchOfContinued(file: file, trials: trials) }
    var search = TabularSearchConfiguration<Gate.Problem>()
    search.training = complete
    search.trials = trials
    try search.validate()
  }

  package func loop(in context: RunContext) -> any TaskLoop { Gate.loop(self, in: context) }
}
