// Prediction: the rows of a table with the probability that each customer leaves.
import GradientBoosting
import NumericCore
import Tables
import Texts

/// What `predict` did.
public struct ChurnPredictionReport: Encodable, Sendable {
  /// Always "churn".
  public var task = ChurnConfiguration.task
  /// The rows that were predicted.
  public var rows: Int
  /// The rows that are labelled as churning.
  public var positives: Int
  /// The mean probability.
  public var meanProbability: Double
  /// The model that predicted.
  public var modelVersion: String
  /// Where the predictions are.
  public var out: String

  enum CodingKeys: String, CodingKey {
    case task, rows, positives, out
    case meanProbability = "mean_probability"
    case modelVersion = "model_version"
  }
}

/// The columns that predictions add to the identifiers.
enum ChurnPredictions {
  /// Their names, in their order.
  static let columnNames = ["churn_probability", "churn_label", "model_version"]
}

/// A table for a trained model, and how its text files are read.
public struct ChurnInput: Sendable {
  /// A file, a folder or an s3:// URI.
  public var location: String
  /// The character between cells; nil finds it out.
  public var delimiter: String?
  /// Whether the first line names the columns; nil does as in training.
  public var header: Bool?

  /// Names a table.
  public init(location: String, delimiter: String?, header: Bool?) {
    self.location = location
    self.delimiter = delimiter
    self.header = header
  }
}

extension ChurnTask {
  /// Predicts the rows of a table and writes them.
  ///
  /// The written columns are the identifiers of training, `churn_probability`, `churn_label` (the
  /// class names of training) and `model_version`.
  ///
  /// - Parameters:
  ///   - explain: how many reasons to add for each row, as `ChurnReasons` has them; nil for none.
  ///   - refusesUnknown: whether a column whose categories are all new to the model is an error.
  ///   - output: a name that ends in .csv or .parquet, or `-` for CSV on standard output.
  ///   - replaces: whether a file that exists may be replaced.
  /// - Throws: `ArtifactError`, `TableError`, `TaskError`.
  public static func predict(
    model folder: String, input: ChurnInput, explain: Int?, refusesUnknown: Bool = true,
    output: String, replaces: Bool, context: TaskContext
  ) throws -> ChurnPredictionReport {
    try Table.requireWritable(output)
    try OutputPlace.check(
      files: [output], inputs: [input.location], model: folder, replaces: replaces)
    let model = try ChurnModel(folder: folder)
    let layout = model.layout
    let inputCount = model.trees.inputs.count
    if let explain, !(1...inputCount).contains(explain) {
      throw TaskError.reasons(found: explain, most: inputCount)
    }
    try context.begin("reading \(input.shownLocation)")
    let table = try layout.read(
      input.location, labelled: false, withIdentifiers: true, delimiter: input.delimiterByte,
      header: input.header ?? layout.header, context: context)
    try context.begin("predicting")
    try model.checkCategories(
      of: table, data: input.shownLocation, refusing: refusesUnknown, context: context)
    let probabilities = try model.predict(table, pool: context.pool)
    let labels = probabilities.map { Int32($0 >= layout.threshold ? 1 : 0) }
    var columns = layout.id.compactMap { table[$0] }
    columns += [
      Column(name: "churn_probability", values: .number(NumberColumn(probabilities))),
      Column(
        name: "churn_label",
        values: .category(
          CategoryColumn(codes: labels, levels: [layout.negative, layout.positive]))),
      Column(
        name: "model_version",
        values: .category(
          CategoryColumn(
            codes: [Int32](repeating: 0, count: table.rowCount), levels: [model.version]))),
    ]
    if let explain {
      try context.begin("explaining")
      columns += try ChurnReasons.columns(
        explain, of: layout.features(of: table), rowCount: table.rowCount, trees: model.trees,
        context: context)
    }
    var names: Set<ByteText> = []
    for column in columns where !names.insert(ByteText(column.name)).inserted {
      throw TaskError.nameTaken(column: column.name, data: input.shownLocation)
    }
    let predictions = Table(columns: columns, rowCount: table.rowCount)
    try context.begin("writing \(LocationText.shown(output))")
    try predictions.write(to: output)
    return ChurnPredictionReport(
      rows: table.rowCount, positives: labels.reduce(0) { $0 + Int($1) },
      meanProbability: VectorMath.sum(probabilities) / Double(table.rowCount),
      modelVersion: model.version, out: LocationText.shown(output))
  }
}

extension ChurnInput {
  /// The delimiter as a byte; nil finds it out.
  var delimiterByte: UInt8? { ChurnConfiguration.Data.byte(of: delimiter) }

  /// The table as messages name it.
  var shownLocation: String { LocationText.shown(location) }
}
