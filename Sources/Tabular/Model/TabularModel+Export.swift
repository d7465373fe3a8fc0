// Export: a trained model as a file that other programs open, after it was found to predict the
// same there.
import Evaluation
import GradientBoosting
package import LearningTasks
import NumericCore
import Storage
import Tables

/// A form in which other programs read a model.
package enum ModelExportFormat: String, Codable, Sendable {
  /// The text file of LightGBM.
  case lightgbm
  /// A graph for ONNX Runtime, from raw columns to predictions.
  case onnx
}

/// What `export` wrote.
///
/// The same is in the manifest beside the file.
package struct ModelExportReport: Codable, Sendable {
  /// A column that the file needs, in the order in which it needs them.
  package struct Input: Codable, Sendable {
    /// The column's name.
    package var name: String
    /// "number", "timestamp" or "category".
    package var kind: String
    /// The categories in the order of their codes; nil for other columns.
    package var categories: [String]?
  }

  /// The task of the model.
  package var task: String
  /// The form of the file.
  package var format: ModelExportFormat
  /// The file.
  package var out: String
  /// The file's number of bytes.
  package var size: Int
  /// The file's SHA-256.
  package var sha256: String
  /// The largest difference between the file's predictions and the model's.
  package var maxDifference: Double
  /// The rows on which it was measured.
  package var checkedRows: Int
  /// Where these rows are from.
  package var checkedOn: String
  /// The model, by its version and by the SHA-256 of its trees.
  package var modelVersion: String
  package var modelSHA256: String
  /// The program that wrote the file.
  package var mlcoreVersion: String
  /// The columns that the file needs.
  package var inputs: [Input]
  /// What a user of the file has to know.
  package var notes: [String]

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

extension TabularTask {
  /// Writes a model for another program, and beside it a manifest: the name with `.json` behind.
  ///
  /// - Parameters:
  ///   - input: the rows on which the predictions are compared; nil takes rows at the borders of
  ///     the model's own bins.
  ///   - output: the file to write, outside of the model's folder.
  ///   - replaces: whether files that exist may be replaced.
  /// - Throws: `StorageError`, `TableError`, `TaskError.exportDiffers` if the other program would
  ///   not predict the same, `.exportCalibrated`, `.insideModel`.
  package static func export(
    model folder: String, as format: ModelExportFormat, input: TableSource?, output: String,
    replaces: Bool, context: RunContext
  ) throws -> ModelExportReport {
    try OutputPlace.check(
      files: [output, "\(output).json"], inputs: input.map { [$0.location] } ?? [], model: folder,
      replaces: replaces)
    let model = try Model(folder: folder)
    guard model.calibration.map({ $0.method == .none }) ?? true else {
      throw TaskError.exportCalibrated(folder: folder)
    }
    return try model.export(
      task: name, as: format, classes: Problem.exportedClasses(model.layout), input: input,
      output: output, context: context)
  }
}

/// The largest difference of probabilities with which a file is written; of numbers in proportion to
/// the largest prediction.
private let largestDifference = 1e-5
private let borderRows = 20_000

extension TabularModel {
  fileprivate func export(
    task: String, as format: ModelExportFormat, classes: ONNXModel.Classes?, input: TableSource?,
    output: String, context: RunContext
  ) throws -> ModelExportReport {
    try context.begin("translating")
    let export: any ModelExport =
      switch format {
      case .lightgbm: try LightGBMModel(trees)
      case .onnx: try ONNXModel(trees, classes: classes)
      }
    let rows = try checkedRows(input: input, context: context)
    try context.begin("comparing")
    let difference = try export.largestDifference(from: trees, on: rows, pool: context.pool)
    let limit =
      try classes == nil
      ? Self.limit(ofNumbers: trees.predict(rows, pool: context.pool)) : largestDifference
    // Written so that a difference that is no number is refused as well.
    guard difference <= limit else {
      throw TaskError.exportDiffers(file: output, difference: difference, limit: limit)
    }
    try context.begin("writing \(output)")
    let bytes = export.bytes
    let fingerprint = Fingerprint(of: bytes)
    let report = ModelExportReport(
      task: task, format: format, out: output, size: fingerprint.size, sha256: fingerprint.sha256,
      maxDifference: difference, checkedRows: rows.first?.count ?? 0,
      checkedOn: input?.shown ?? "rows at the borders of the model's bins",
      modelVersion: version, modelSHA256: manifest.files[Self.fileName]?.sha256 ?? "",
      mlcoreVersion: ProgramVersion.current,
      inputs: zip(trees.inputs, export.levels).map { input, levels in
        ModelExportReport.Input(
          name: input.name, kind: input.kind.rawValue,
          categories: input.kind == .category ? levels : nil)
      },
      notes: export.notes)
    try AtomicFile.write(bytes, to: output)
    try AtomicFile.write(Array(try JSONDocument.text(of: report).utf8), to: "\(output).json")
    return report
  }

  /// The largest difference from numbers with which a file is written.
  static func limit(ofNumbers predictions: [Double]) -> Double {
    largestDifference * predictions.reduce(0) { max($0, abs($1)) }
  }

  private func checkedRows(input: TableSource?, context: RunContext) throws -> [Column] {
    guard let input else { return trees.borderRows(count: borderRows, seed: 1) }
    try context.begin("reading \(input.shown)")
    let result = try layout.reading(input, labelled: false, context: context)
    return layout.features(of: result.table)
  }
}
