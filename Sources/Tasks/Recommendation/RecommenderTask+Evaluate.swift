// Evaluation: how good a trained recommender is on interactions that it has not learnt from.
import Tables

/// What `evaluate` found.
public struct RecommenderEvaluationReport: Encodable, Sendable {
  /// Always "recommender".
  public var task = RecommenderConfiguration.task
  /// The users and items that the model knows.
  public var users: Int
  public var items: Int
  /// The interactions that were judged on: distinct, of known users and items, and new to the
  /// model.
  public var interactions: Int
  /// All items are ranked for each user, those that the model has seen the user take left out.
  public var metrics: RecommenderMetrics
  /// The model that was evaluated.
  public var modelVersion: String
  /// The table that was read.
  public var data: String

  enum CodingKeys: String, CodingKey {
    case task, users, items, interactions, metrics, data
    case modelVersion = "model_version"
  }
}

extension RecommenderTask {
  /// Measures a model on a table of interactions, which has the columns of the training data.
  ///
  /// - Parameters:
  ///   - location: a file, a folder or an `s3://` URI.
  ///   - delimiter: the character between cells; nil finds it out.
  ///   - header: whether the first line names the columns; nil as in training.
  /// - Throws: `ArtifactError`, `TableError`, `TaskError`, `RecommenderError`.
  public static func evaluate(
    model folder: String, data location: String, delimiter: String?, header: Bool?,
    context: TaskContext
  ) throws -> RecommenderEvaluationReport {
    let model = try RecommenderModel(folder: folder)
    var configuration = RecommenderConfiguration()
    try RecommenderConfiguration.layers.apply(
      file: "\(folder)/\(RecommenderRunFiles.configurationName)", to: &configuration)
    configuration.data.delimiter = delimiter
    configuration.data.header = header ?? configuration.data.header
    let reader = RecommenderReader(configuration.data, context: context)
    let columns = try reader.columns(
      of: location, as: model.layout.columns, needsRatings: false)
    let pairs = try RatedPairs(
      try reader.interactions(location, columns: columns), users: model.users, items: model.items,
      scale: (model.layout.lowestRating, model.layout.highestRating), context: context
    ).excluding(model.seen, data: LocationText.shown(location), context: context)
    try context.begin("measuring")
    return RecommenderEvaluationReport(
      users: model.users.count, items: model.items.count, interactions: pairs.count,
      metrics: try RecommenderMetrics(
        users: model.userVectors, items: model.itemVectors, seen: model.seen, judged: pairs,
        k: configuration.judging.k, predictsRatings: model.layout.predictsRatings,
        pool: context.pool),
      modelVersion: model.version, data: LocationText.shown(location))
  }
}
