// Inspection: what a recommender's run folder holds, after all of it was checked.
import Storage

/// What `inspect` shows of a recommender.
public struct RecommenderInspection: Encodable, Sendable {
  /// Always "recommender".
  public var task = RecommenderConfiguration.task
  /// The version of the model: equal for equal models.
  public var modelVersion: String
  /// The program that wrote it.
  public var mlcoreVersion: String
  public var users: Int
  public var items: Int
  /// Distinct pairs of a user and an item that were in the training data.
  public var interactions: Int
  /// On which interactions the metrics were measured.
  public var judgedOn: String
  /// The metrics.
  public var metrics: RecommenderMetrics?
  /// What simpler models reached, by name.
  public var baselines: [String: RecommenderMetrics]
  /// The size of the model.
  public var model: RecommenderReport.ModelSummary
  /// The passes over the data.
  public var epochs: Int
  /// The settings of training as they are in run.toml.
  public var parameters: [String: String]
  /// The files; every one was compared with its checksum.
  public var files: [ChurnInspection.File]

  enum CodingKeys: String, CodingKey {
    case task, users, items, interactions, metrics, baselines, model, epochs, parameters, files
    case modelVersion = "model_version"
    case mlcoreVersion = "mlcore_version"
    case judgedOn = "judged_on"
  }
}

extension RecommenderTask {
  /// Whether a folder says that it holds a recommender.
  ///
  /// - Throws: `TaskError.notAModel`; `ArtifactError` if a byte is wrong.
  public static func isRecommender(folder: String) throws -> Bool {
    try RunFolderReader.manifest(of: folder).files[RecommenderRunFiles.modelName] != nil
  }

  /// Checks a run folder and tells what is in it.
  ///
  /// - Throws: `ArtifactError` if a byte is wrong; `TaskError.notAModel`; `ConfigurationError`.
  public static func inspect(folder: String) throws -> RecommenderInspection {
    let model = try RecommenderModel(folder: folder)
    let results = try RunFolderReader.value(
      RecommenderResults.self, RecommenderRunFiles.metricsName, of: folder,
      expected: "the metrics that training wrote")
    var configuration = RecommenderConfiguration()
    try RunFolderReader.apply(
      RecommenderRunFiles.configurationName, of: folder, by: RecommenderConfiguration.layers,
      to: &configuration)
    let parameters = RecommenderConfiguration.settings.map {
      ($0.key, $0.read(configuration)?.toml ?? "auto")
    }
    return RecommenderInspection(
      modelVersion: model.version, mlcoreVersion: model.manifest.mlcoreVersion,
      users: results.users, items: results.items, interactions: results.interactions,
      judgedOn: results.judgedOn, metrics: results.metrics, baselines: results.baselines,
      model: results.model, epochs: results.epochs,
      parameters: Dictionary(uniqueKeysWithValues: parameters),
      files: ChurnInspection.File.all(of: model.manifest))
  }
}
