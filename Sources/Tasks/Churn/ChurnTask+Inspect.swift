// Inspection: what a run folder holds, after all of it was checked.
import Storage
import Tables

/// What `inspect` shows.
public struct ChurnInspection: Encodable, Sendable {
  /// A file of the folder.
  public struct File: Encodable, Sendable {
    /// The path in the folder.
    public var name: String
    /// The number of bytes.
    public var size: Int
    /// The checksum.
    public var sha256: String

    /// The files that a manifest lists, by name.
    static func all(of manifest: Manifest) -> [File] {
      manifest.files.sorted { $0.key < $1.key }.map {
        File(name: $0.key, size: $0.value.size, sha256: $0.value.sha256)
      }
    }
  }

  /// Always "churn".
  public var task = ChurnConfiguration.task
  /// The version of the model: equal for equal models.
  public var modelVersion: String
  /// The program that wrote it.
  public var mlcoreVersion: String
  /// The column that is predicted.
  public var target: String
  /// The class that means churn.
  public var positive: String
  /// Columns that identify a row.
  public var id: [String]
  /// The rows that it was trained on.
  public var rows: Int
  /// On which rows the metrics were measured.
  public var judgedOn: String
  /// The metrics.
  public var metrics: ChurnMetrics
  /// What simpler models reached.
  public var baselines: ChurnReport.Baselines
  /// The size of the model.
  public var model: ChurnReport.ModelSummary
  /// The features, most important first.
  public var importances: [ChurnReport.Importance]
  /// All columns of training: what they are for, what they hold, and why.
  public var columnKinds: [ColumnDescription]
  /// The settings of training as they are in run.toml.
  public var parameters: [String: String]
  /// The files; every one was compared with its checksum.
  public var files: [File]

  enum CodingKeys: String, CodingKey {
    case task, target, positive, id, rows, metrics, baselines, model, importances, parameters, files
    case modelVersion = "model_version"
    case mlcoreVersion = "mlcore_version"
    case judgedOn = "judged_on"
    case columnKinds = "column_kinds"
  }
}

extension ChurnTask {
  /// Checks a run folder and tells what is in it.
  ///
  /// - Throws: `ArtifactError` if a byte is wrong; `TaskError.notAModel`; `ConfigurationError`.
  public static func inspect(folder: String) throws -> ChurnInspection {
    let model = try ChurnModel(folder: folder)
    let results = try ChurnResults(folder: folder)
    try results.check(against: model, folder: folder)
    var configuration = ChurnConfiguration()
    try RunFolderReader.apply(
      ChurnRunFiles.configurationName, of: folder, by: ChurnConfiguration.layers,
      to: &configuration)
    let resolved = try RunFolderReader.damaging(
      "\(folder)/\(ChurnRunFiles.configurationName)"
    ) {
      try configuration.resolvedValues(rows: results.rows, positive: results.positive)
    }
    let parameters = ChurnConfiguration.settings.map { setting in
      let automatic = resolved[setting.key].map { "auto (\($0))" } ?? "auto"
      return (setting.key, setting.read(configuration)?.toml ?? automatic)
    }
    return ChurnInspection(
      modelVersion: model.version, mlcoreVersion: model.manifest.mlcoreVersion,
      target: model.layout.target.name, positive: model.layout.positive, id: model.layout.id,
      rows: results.rows, judgedOn: results.judgedOn, metrics: results.metrics,
      baselines: results.baselines, model: results.model, importances: results.importances,
      columnKinds: model.layout.describedColumns,
      parameters: Dictionary(uniqueKeysWithValues: parameters),
      files: ChurnInspection.File.all(of: model.manifest))
  }
}
