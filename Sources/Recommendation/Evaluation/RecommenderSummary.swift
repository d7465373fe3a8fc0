// What is measured in the training of a recommender, and what its documents hold besides.
package import LearningTasks

/// The report of a recommender's training.
package typealias RecommenderReport = TrainingReport<RecommenderTask>

/// What is measured in a training; `inspect` tells the same.
package struct RecommenderSummary: RunSummary {
  /// The size of the trained model.
  package struct ModelSummary: Codable, Sendable {
    /// The preset that it started from.
    package var preset: String
    /// The width of the vectors.
    package var dimension: Int
    /// The number of trained numbers; 0 where only baselines were trained.
    package var parameters: Int
    /// The arcs of the item graph; nil without one.
    package var arcs: Int?
  }

  package var users: Int
  package var items: Int
  /// Distinct pairs of a user and an item.
  package var interactions: Int
  /// On interactions that the judged model has not seen; nil where only baselines were trained.
  package var metrics: RecommenderMetrics?
  /// The same of the vectors, where a graph ranks in place of them; nil without a graph.
  package var embeddings: RecommenderMetrics?
  /// The rows of the test table whose user or item the training does not know; nil without any.
  package var unknown: UnknownRows?
  /// The NDCG of each preset on a validation part of the training interactions, where the best one was
  /// taken; nil where one was asked for.
  package var candidates: [String: Double]?
  /// What simpler models reach on the same interactions, by name.
  package var baselines: [String: RecommenderMetrics]
  package var model: ModelSummary
  /// The epochs that validation found best.
  package var epochs: Int
}

/// What the report of a training alone holds.
package struct RecommenderDetails: Encodable, Sendable {
  package var samplesPerSecond: Double

  enum CodingKeys: String, CodingKey { case samplesPerSecond = "samples_per_second" }
}

/// What `evaluate` measures.
package struct RecommenderMeasures: Encodable, Sendable {
  /// The users and items that the model knows.
  package var users: Int
  package var items: Int
  /// The interactions that were judged on: distinct, of known users and items, and new to the
  /// model.
  package var interactions: Int
  /// All items are ranked for each user, those that the model has seen the user take left out.
  package var metrics: RecommenderMetrics
  /// The rows whose user or item the model does not know; nil without any.
  package var unknown: UnknownRows?
}
