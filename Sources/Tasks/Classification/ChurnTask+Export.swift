// Export: a trained model as a file that other programs open, after it was found to predict the
// same there.
import Evaluation
import GradientBoosting
import NumericCore
import Storage
import Tables

/// A form in which other programs read a model.
public enum ModelExportFormat: String, Codable, Sendable {
  /// The text file of LightGBM.
  case lightgbm
  /// A graph for ONNX Runtime, from raw columns to probabilities.
  case onnx
}

/// What `export` wrote.
///
/// The same is in the manifest beside the file.
public struct ModelExportReport: Codable, Sendable {
  /// A column that the file needs, in the order in which it needs them.
  public struct Input: Codable, Sendable {
    /// The column's name.
    public var name: String
    /// "number", "timestamp" or "category".
    public var kind: String
    /// The categories in the order of their codes; nil for other columns.
    public var categories: [String]?
  }

  /// Always "churn".
  public var task = ChurnConfiguration.task
  /// The form of the file.
  public var format: ModelExportFormat
  /// The file.
  public var out: String
  /// The file's number of bytes.
  public var size: Int
  /// The file's SHA-256.
  public var sha256: String
  /// The largest difference between the file's probabilities and the model's.
  public var maxDifference: Double
  /// The rows on which it was measured.
  public var checkedRows: Int
  /// Where these rows are from.
  public var checkedOn: String
  /// The model, by its version and by the SHA-256 of its trees.
  public var modelVersion: String
  public var modelSHA256: String
  /// The program that wrote the file.
  public var mlcoreVersion: String
  /// The columns that the file needs.
  public var inputs: [Input]
  /// What a user of the file has to know.
  public var notes: [String]

  enum CodingKeys: String, CodingKey {
    case task, format, out, size, sha256, inputs, notes
    case maxDifference = "max_difference"
    case checkedRows = "checked_rows"
    case checkedOn = "checked_on"
    case modelVersion = "model_version"
    case modelSHA256 = "model_sha256"
    case mlcoreVersion = "mlcore_version"
  }
}

extension ChurnTask {
  /// The largest difference of probabilities with which a file is written.
  private static let largestDifference = 1e-5
  private static let borderRows = 20_000

  /// Writes a model for another program, and beside it a manifest: the name with `.json` behind.
  ///
  /// - Parameters:
  ///   - input: the rows on which the probabilities are compared; nil takes rows at the borders of
  ///     the model's own bins.
  ///   - output: the file to write, outside of the model's folder.
  ///   - replaces: whether files that exist may be replaced.
  /// - Throws: `ArtifactError`, `TableError`, `TaskError.exportDiffers` if the other program would
  ///   not predict the same, `.exportCalibrated`, `.insideModel`.
  public static func export(
    model folder: String, as format: ModelExportFormat, input: TableSource?, output: String,
    replaces: Bool, context: RunContext
  ) throws -> ModelExportReport {
    try OutputPlace.check(
      files: [output, "\(output).json"], inputs: input.map { [$0.location] } ?? [], model: folder,
      replaces: replaces)
    let model = try ClassifierModel(folder: folder)
    guard case .none = model.calibration else { throw TaskError.exportCalibrated(folder: folder) }
    try context.begin("translating")
    let export: any ModelExport =
      switch format {
      case .lightgbm: try LightGBMModel(model.trees)
      case .onnx: try ONNXModel(model.trees, classes: model.layout.exportedClasses)
      }
    let rows = try checkedRows(of: model, input: input, context: context)
    try context.begin("comparing")
    let difference = try export.largestDifference(
      from: model.trees, on: rows, pool: context.pool)
    // Written so that a difference that is no number is refused as well.
    guard difference <= largestDifference else {
      throw TaskError.exportDiffers(
        file: output, difference: difference, limit: largestDifference)
    }
    try context.begin("writing \(output)")
    let bytes = export.bytes
    let fingerprint = Fingerprint(of: bytes)
    let report = ModelExportReport(
      format: format, out: output, size: fingerprint.size, sha256: fingerprint.sha256,
      maxDifference: difference, checkedRows: rows.first?.count ?? 0,
      checkedOn: input?.shown ?? "rows at the borders of the model's bins",
      modelVersion: model.version,
      modelSHA256: model.manifest.files[ClassifierModel.fileName]?.sha256 ?? "",
      mlcoreVersion: ProgramVersion.current,
      inputs: zip(model.trees.inputs, export.levels).map { input, levels in
        ModelExportReport.Input(
          name: input.name, kind: input.kind.rawValue,
          categories: input.kind == .category ? levels : nil)
      },
      notes: export.notes)
    try AtomicFile.write(bytes, to: output)
    try AtomicFile.write(Array(try JSONDocument.text(of: report).utf8), to: "\(output).json")
    return report
  }

  private static func checkedRows(
    of model: ClassifierModel, input: TableSource?, context: RunContext
  ) throws -> [Column] {
    guard let input else { return model.trees.borderRows(count: borderRows, seed: 1) }
    try context.begin("reading \(input.shown)")
    let result = try model.layout.reading(input, labelled: false, context: context)
    return model.layout.features(of: result.table)
  }
}

extension ClassifierLayout {
  /// The classes as the exported graph names them.
  fileprivate var exportedClasses: ONNXModel.Classes {
    ONNXModel.Classes(negative: negative, positive: positive, threshold: threshold)
  }
}
