// What a recommender run tells: the document of `train recommender --json`, from which the words
// for people are made too.

/// The result of `train recommender`.
public struct RecommenderReport: Encodable, Sendable {
  /// The size of the trained model.
  public struct ModelSummary: Codable, Sendable {
    /// The preset that it started from.
    public var preset: String
    /// The width of the vectors.
    public var dimension: Int
    /// The number of trained numbers; 0 where only baselines were trained.
    public var parameters: Int
  }

  /// Seconds spent in each phase.
  public struct Timings: Encodable, Sendable {
    /// Reading tables.
    public var read = 0.0
    /// Training the towers.
    public var train = 0.0
    /// Training the baselines.
    public var baselines = 0.0
    /// Ranking all items for all judged users.
    public var evaluate = 0.0
    /// Checking, encoding and writing files.
    public var prepare = 0.0
    /// From start to end.
    public var total = 0.0
  }

  /// Always "recommender".
  public var task = RecommenderConfiguration.task
  public var users: Int
  public var items: Int
  /// Distinct pairs of a user and an item.
  public var interactions: Int
  public var seed: Int
  public var threads: Int
  /// The folder that was written.
  public var out: String
  /// On interactions that the judged model has not seen; nil where only baselines were trained.
  public var metrics: RecommenderMetrics?
  /// What simpler models reach on the same interactions, by name.
  public var baselines: [String: RecommenderMetrics]
  public var model: ModelSummary
  /// The passes over the data that validation found best.
  public var epochs: Int
  public var samplesPerSecond: Double
  public var timings: Timings
  /// How the metrics came about, in words; not part of the document.
  public var judgedOn: String
  /// The table, as it was given; not part of the document.
  public var data: String

  enum CodingKeys: String, CodingKey {
    case task, users, items, interactions, seed, threads, out, metrics, baselines, model, epochs
    case timings
    case samplesPerSecond = "samples_per_second"
  }
}
