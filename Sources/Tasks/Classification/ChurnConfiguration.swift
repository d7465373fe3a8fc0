// Everything that decides a churn run: what is read, how it is judged, how it is trained.
// Threads and output folder are not here, because no result depends on them.
import Configuration
public import Evaluation
public import GradientBoosting
import Tables
import Texts

/// The configuration of a churn run; run.toml holds all of it.
public struct ChurnConfiguration: Sendable, Equatable {
  /// Where rows come from and how they are read.
  public struct Data: Sendable, Equatable {
    /// The table: a file, a folder or an s3:// URI; empty means that none was given.
    public var path = ""
    /// The column to predict; empty means that none was given.
    public var target = ""
    /// The class of the target that means churn; nil picks it by name, else the rarer one.
    public var positive: String?
    /// Columns that identify a row: carried along, never learnt from.
    public var id: [String] = []
    /// Columns that are left out.
    public var drop: [String] = []
    /// Columns that are categories even if they look like numbers.
    public var categorical: [String] = []
    /// Columns that are numbers even if their digits have leading zeros.
    public var numeric: [String] = []
    /// Columns of dates that are not written as ISO 8601, each with a format of `DateFormat`:
    /// `since=%d/%m/%Y`.
    public var dates: [String] = []
    /// The character before the fraction of numbers in text files.
    public var decimal = "."
    /// The character between cells of text files; nil finds it out.
    public var delimiter: String?
    /// Whether the first line of text files names the columns.
    public var header = true
  }

  /// How the model is judged.
  public struct Judging: Sendable, Equatable {
    /// A table of its own to judge on; nil uses a part of the data.
    public var test: String?
    /// The share of rows set aside to judge on; nil sets `defaultHoldout` aside where there are
    /// neither test table nor folds.
    public var holdout: Double?
    /// The number of folds of cross-validation, also beside a test table or a holdout; 0 for none.
    public var folds = 0

    /// How many folds there may be.
    static let foldCounts = 2...100
    /// The share of rows that is set aside where nothing else was asked for.
    static let defaultHoldout = 0.2

    /// The share of rows that is set aside; nil for none.
    var share: Double? { holdout ?? (test == nil && folds == 0 ? Self.defaultHoldout : nil) }
  }

  /// How much the classes count in training; predicted probabilities are corrected for it.
  public struct Weighting: Sendable, Equatable {
    /// The weight of a positive row beside 1 for a negative one; above 0.
    public var scalePosWeight = 1.0
    /// Whether the rarer class is weighted so that both classes weigh the same.
    public var isUnbalance = false
  }

  /// The seed of everything that is drawn.
  public var seed = 42
  /// Where rows come from.
  public var data = Data()
  /// How the model is judged.
  public var judging = Judging()
  /// How probabilities are calibrated.
  public var calibration = Calibration.Method.none
  /// How much the classes count.
  public var weighting = Weighting()
  /// How trees are trained.
  public var boosting = BoostingConfiguration()
  /// The run folder of the model to which trees are added; nil starts anew.
  public var continueFrom: String?

  /// Creates the defaults.
  public init() {}

  /// Checks that nothing is missing or contradictory, and every hyperparameter's range.
  ///
  /// - Throws: `ConfigurationError`, `GradientBoostingError`.
  public func validate() throws {
    if data.path.isEmpty { throw Self.missing("data.path") }
    if data.target.isEmpty { throw Self.missing("data.target") }
    if judging.holdout != nil, judging.test != nil {
      throw ConfigurationError.conflict(
        Self.named("evaluation.holdout"), Self.named("evaluation.test"))
    }
    if weighting.isUnbalance, weighting.scalePosWeight != 1 {
      throw ConfigurationError.conflict(
        Self.named("boosting.is_unbalance"), Self.named("boosting.scale_pos_weight"))
    }
    if continueFrom == "" {
      throw ConfigurationError.refused(
        key: "boosting.continue_from", source: "configuration", found: "empty",
        expected: "a folder that 'mlcore train' wrote")
    }
    try checkRoles()
    _ = try data.dateFormats
    _ = try boosting.resolved(rows: 1)
    try Self.layers.check(self)
  }

  /// The tables that are read.
  public var inputs: [String] { [data.path] + [judging.test].compactMap(\.self) }

  /// The configuration as run.toml has it.
  public var recorded: ChurnConfiguration {
    var result = self
    result.data.path = LocationText.recorded(data.path)
    result.judging.test = judging.test.map(LocationText.recorded)
    result.continueFrom = continueFrom.map(LocationText.recorded)
    return result
  }

  /// The configuration with its lists of columns taken apart.
  ///
  /// An item that is not the name of a column is several names with commas between them.
  ///
  /// - Throws: `TableError`, `ConfigurationError.twoRoles`.
  func separatingNames() throws -> ChurnConfiguration {
    let lists = data.id + data.drop + data.categorical + data.numeric
    guard lists.contains(where: { $0.contains(",") }) else { return self }
    let columns = Set(
      texts: try Table.columnNames(
        of: data.path,
        options: ReadOptions(delimiter: data.delimiterByte, hasHeader: data.header)))
    func separated(_ items: [String]) -> [String] {
      items.flatMap {
        columns.contains(text: $0) ? [$0] : $0.split(separator: ",").map(String.init)
      }
    }
    var result = self
    result.data.id = separated(data.id)
    result.data.drop = separated(data.drop)
    result.data.categorical = separated(data.categorical)
    result.data.numeric = separated(data.numeric)
    try result.checkRoles()
    return result
  }

  /// A column has one role, and identifiers do not bear the names of what predictions add.
  private func checkRoles() throws {
    if let name = data.id.first(where: PredictionColumns.columnNames.contains) {
      throw ConfigurationError.refused(
        key: "data.id", source: "--id", found: "'\(name)'",
        expected: "another name, because predictions have a column '\(name)' of their own")
    }
    let roles =
      [(data.target, "data.target")] + data.id.map { ($0, "data.id") }
      + data.drop.map { ($0, "data.drop") }
    let kinds =
      try data.numeric.map { ($0, "data.numeric") }
      + data.dateFormats.keys.sorted().map { ($0.string, "data.date") }
    for columns in [
      roles + kinds, kinds + data.categorical.map { ($0, "data.categorical") },
    ] {
      var roleOf: [ByteText: String] = [:]
      for (name, role) in columns {
        if let other = roleOf.updateValue(role, forKey: ByteText(name)) {
          throw ConfigurationError.twoRoles(column: name, Self.named(other), Self.named(role))
        }
      }
    }
  }
}
