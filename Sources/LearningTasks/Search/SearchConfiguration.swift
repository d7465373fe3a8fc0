// What every search is told: how many trials, who chooses and who stops them, where it begins.
import Configuration
import Tuning

/// The rules by which trials are chosen, stopped and ended.
package enum SearchRules {
  /// How many trials a search may have.
  package static let trialCounts = 1...100_000

  /// Their number, which is part of a study's description.
  ///
  /// Raise it with every change of samplers, pruners, patience or what is searched: a study that
  /// another build has begun is then refused as another study, and never mixed with this one.
  static let version = "2"
}

/// Who chooses the next trial.
package enum SearchSampler: String, Sendable, CaseIterable {
  /// The tree-structured Parzen estimator.
  case tpe
  /// The tree-structured Parzen estimator with the settings of Optuna 5.
  case tpeOptuna = "tpe-optuna"
  /// Evenly from the whole space.
  case random

  func make() -> any Sampler {
    switch self {
    case .tpe: TPESampler()
    case .tpeOptuna: TPESampler(.optuna)
    case .random: RandomSampler()
    }
  }
}

/// Who stops trials that others have left behind.
package enum SearchPruner: String, Sendable, CaseIterable {
  case asha, median, none

  /// - Parameter asha: successive halving as it suits the task; others begin where it does.
  func make(_ asha: ASHAPruner) -> any Pruner {
    switch self {
    case .asha: asha
    case .median: MedianPruner(leastProgress: asha.firstStage)
    case .none: NoPruner()
    }
  }
}

/// The settings of any search.
package protocol SearchConfiguration: Sendable, Equatable {
  /// The number of trials, at least 1.
  var trials: Int { get set }
  /// Who chooses the next trial.
  var sampler: SearchSampler { get set }
  /// Who stops trials.
  var pruner: SearchPruner { get set }
  /// The run folder of an earlier search whose best trials are tried first; nil for none.
  var warmStart: String? { get set }

  /// Checks that nothing is missing, contradictory or out of range.
  ///
  /// - Throws: `ConfigurationError`, and the errors of the learner.
  func validate() throws
}

extension SearchConfiguration {
  /// Checks the number of trials.
  ///
  /// - Throws: `ConfigurationError.unfitOption`.
  package func validateTrials() throws { try checkCount("trials", trials, SearchRules.trialCounts) }

  /// Checks a number that a search is given.
  ///
  /// - Throws: `ConfigurationError.unfitOption`.
  package func checkCount(_ name: String, _ found: Int, _ range: ClosedRange<Int>) throws {
    guard range.contains(found) else {
      throw ConfigurationError.unfitOption(
        name: name, found: String(found),
        expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
  }
}
