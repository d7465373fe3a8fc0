// What a search tells: the document of `tune --json`, which is that of `train --json` for the final
// model with the trials, the best of them, and the test.
import Tuning

/// The result of a search.
package struct TuningReport<Task: LearningTask>: Encodable, Sendable {
  /// The best trial.
  package struct Best: Encodable, Sendable {
    /// Its number.
    package var number: Int
    /// Its score.
    package var value: Double
    /// Its hyperparameters.
    package var params: [String: JSONValue]
    /// The number of trees or epochs that was best.
    package var steps: Int

    /// Writes the number of steps under the name that the task has for them.
    package func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: NamedKey.self)
      try container.encode(number, forKey: NamedKey("number"))
      try container.encode(value, forKey: NamedKey("value"))
      try container.encode(params, forKey: NamedKey("params"))
      try container.encode(steps, forKey: NamedKey(Task.Search.stepsKey))
    }
  }

  /// The best configuration on rows that the search has never seen.
  package struct Test: Encodable, Sendable {
    /// The metrics there.
    package var metrics: Task.Search.Metrics
    /// How much better the search's score was than the same measure of the test: what choosing the
    /// best of many trials has added, chance, and how the parts differ.
    package var optimism: Double
    /// What training without a search reaches there; nil where that is not told.
    package var defaults: Task.Search.Metrics?
  }

  /// The final model.
  package var training: TrainingReport<Task>
  /// The metric that was searched by.
  package var metric: String
  /// All trials, in the order of their numbers.
  package var trials: [TrialReport]
  /// The best one.
  package var best: Best
  /// How good it is on the test part.
  package var test: Test
  /// Seconds that the search itself took.
  package var searchSeconds: Double

  private enum CodingKeys: String, CodingKey {
    case trials, best, test, metric
    case searchSeconds = "search_seconds"
  }

  /// Writes the keys of the training report and those of the search side by side.
  package func encode(to encoder: any Encoder) throws {
    try training.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(trials, forKey: .trials)
    try container.encode(best, forKey: .best)
    try container.encode(test, forKey: .test)
    try container.encode(metric, forKey: .metric)
    try container.encode(searchSeconds, forKey: .searchSeconds)
  }
}

/// A key of JSON that is only known when its value is.
package struct NamedKey: CodingKey {
  package let stringValue: String
  package var intValue: Int? { nil }
  package init(_ name: String) { stringValue = name }
  package init?(stringValue: String) { self.stringValue = stringValue }
  package init?(intValue: Int) { nil }
}
