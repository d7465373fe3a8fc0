// What a search tells: the document of `tune churn --json`, which is that of `train churn` for the
// final model with the trials, the best of them, and the test.
import Tuning

/// The result of `tune churn`.
public struct ChurnTuneReport: Encodable, Sendable {
  /// The best trial.
  public struct Best: Encodable, Sendable {
    /// Its number.
    public var number: Int
    /// Its mean score over the folds.
    public var value: Double
    /// Its hyperparameters.
    public var params: [String: JSONValue]
    /// The number of trees that was best.
    public var numTrees: Int

    enum CodingKeys: String, CodingKey {
      case number, value, params
      case numTrees = "num_trees"
    }
  }

  /// The best configuration on rows that the search has never seen.
  public struct Test: Encodable, Sendable {
    /// The metrics there.
    public var metrics: ChurnMetrics
    /// How much better the search's score was than the same measure of the test: what choosing the
    /// best of many trials has added, and chance.
    public var optimism: Double
  }

  /// The final model.
  public var training: ChurnReport
  /// The metric that was searched by.
  public var metric: String
  /// All trials, in the order of their numbers.
  public var trials: [TrialReport]
  /// The best one.
  public var best: Best
  /// How good it is on the test part.
  public var test: Test
  /// Seconds that the search itself took.
  public var searchSeconds: Double

  private enum CodingKeys: String, CodingKey {
    case trials, best, test, metric
    case searchSeconds = "search_seconds"
  }

  /// Writes the keys of the training report and those of the search side by side.
  public func encode(to encoder: any Encoder) throws {
    try training.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(trials, forKey: .trials)
    try container.encode(best, forKey: .best)
    try container.encode(test, forKey: .test)
    try container.encode(metric, forKey: .metric)
    try container.encode(searchSeconds, forKey: .searchSeconds)
  }
}
