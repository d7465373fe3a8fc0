// Everything that tasks on one labelled table have in common: what is read, how models are judged,
// and how trees are trained.
package import Configuration
package import GradientBoosting
package import LearningTasks
import Tables
import Texts

/// Where rows come from and how they are read.
package struct LabelledTableConfiguration: Sendable, Equatable {
  /// The table: a file, a folder or an s3:// URI; empty means that none was given.
  package var path = ""
  /// The column to predict; empty means that none was given.
  package var target = ""
  /// Columns that identify a row: carried along, never learnt from.
  package var id: [String] = []
  /// Columns that are left out.
  package var drop: [String] = []
  /// Columns that are categories even if they look like numbers.
  package var categorical: [String] = []
  /// Columns that are numbers even if their digits have leading zeros.
  package var numeric: [String] = []
  /// Columns of dates that are not written as ISO 8601, each with a format of `DateFormat`:
  /// `since=%d/%m/%Y`.
  package var dates: [String] = []
  /// The character before the fraction of numbers in text files.
  package var decimal = "."
  /// The character between cells of text files; nil finds it out.
  package var delimiter: String?
  /// Whether the first line of text files names the columns.
  package var header = true

  /// Creates the defaults.
  package init() {}
}

/// How the model is judged.
package struct JudgingConfiguration: Sendable, Equatable {
  /// A table of its own to judge on; nil uses a part of the data.
  package var test: String?
  /// The share of rows set aside to judge on; nil sets `defaultHoldout` aside where there are
  /// neither test table nor folds.
  package var holdout: Double?
  /// The number of folds of cross-validation, also beside a test table or a holdout; 0 for none.
  package var folds = 0

  /// Creates the defaults.
  package init() {}

  /// How many folds there may be.
  static let foldCounts = 2...100
  /// The share of rows that is set aside where nothing else was asked for.
  static let defaultHoldout = 0.2

  /// The share of rows that is set aside; nil for none.
  package var share: Double? { holdout ?? (test == nil && folds == 0 ? Self.defaultHoldout : nil) }
}

/// The configuration of a booster on a labelled table.
package protocol TabularConfiguration: TaskConfiguration {
  /// The seed of everything that is drawn.
  var seed: Int { get set }
  /// Where rows come from.
  var data: LabelledTableConfiguration { get set }
  /// How the model is judged.
  var judging: JudgingConfiguration { get set }
  /// How trees are trained.
  var boosting: BoostingConfiguration { get set }
}

extension TabularConfiguration {
  /// The tables that are read.
  package var inputs: [String] { [data.path] + [judging.test].compactMap(\.self) }
  package var withoutLocations: Self {
    var result = self
    result.data.path = ""
    result.judging.test = judging.test.map { _ in "" }
    return result
  }

  /// The configuration with its tables as run.toml has them.
  package var recordingTables: Self {
    var result = self
    result.data.path = LocationText.recorded(data.path)
    result.judging.test = judging.test.map(LocationText.recorded)
    return result
  }

  /// Checks that a table and a target are given, and one way of judging.
  ///
  /// - Throws: `ConfigurationError`.
  package func checkJudging() throws {
    if data.path.isEmpty { throw Self.missing("data.path") }
    if data.target.isEmpty { throw Self.missing("data.target") }
    if judging.holdout != nil, judging.test != nil {
      throw ConfigurationError.conflict(
        Self.named("evaluation.holdout"), Self.named("evaluation.test"))
    }
  }

  /// Checks the roles of the columns and every hyperparameter's range.
  ///
  /// - Parameter reserved: the names of the columns of predictions.
  /// - Throws: `ConfigurationError`, `GradientBoostingError`.
  package func checkTable(reserved: [String]) throws {
    try checkRoles(reserved: reserved)
    do { _ = try data.dateFormats } catch ConfigurationError.unfit(
      let key, nil, let found, let expected)
    {
      throw Self.unfit(key, found: found, expected: expected)
    }
    _ = try boosting.resolved(rows: 1)
    try Self.layers.check(self)
  }

  /// The configuration with its lists of columns taken apart.
  ///
  /// An item that is not the name of a column is several names with commas between them.
  ///
  /// - Throws: `TableError`, `ConfigurationError.twoRoles`.
  func separatingNames(reserved: [String]) throws -> Self {
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
    try result.checkRoles(reserved: reserved)
    return result
  }

  /// A column has one role, and identifiers do not bear the names of what predictions add.
  private func checkRoles(reserved: [String]) throws {
    if let name = data.id.first(where: reserved.contains) {
      throw Self.unfit(
        "data.id", found: "'\(name)'",
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

extension TabularConfiguration {
  /// The keys before all others.
  package static var commonSettings: [Setting<Self>] {
    [
      Setting("task", \.taskName, .choice([task]), "What is trained", flag: SettingFlag.none),
      Setting("seed", \.seed, .integer(0...Int.max), "The seed of everything that is drawn"),
    ]
  }

  private var taskName: String {
    get { Self.task }
    set { precondition(newValue == Self.task, "the settings let '\(newValue)' through") }
  }

  /// The keys of the hyperparameters that every booster has.
  package static var boostingSettings: [Setting<Self>] {
    BoostingConfiguration.settings.map { $0.within(\.boosting, section: "boosting") }
  }

  /// The keys of the table, in the order of run.toml.
  package static var tableSettings: [Setting<Self>] {
    [
      Setting(
        "data.path", \.data.path, .text,
        "The table: a CSV, TSV or Parquet file, a folder of them, or an s3:// URI",
        flag: .option("data"), placeholder: "data"),
      Setting("data.target", \.data.target, .text, "The column to predict", placeholder: "col"),
      Setting(
        "data.id", \.data.id, .list, "Columns that identify a row; never learnt from",
        placeholder: "col[,col]"),
      Setting(
        "data.drop", \.data.drop, .list, "Columns that are left out", placeholder: "col[,col]"),
      Setting(
        "data.categorical", \.data.categorical, .list,
        "Columns that are categories even if they look like numbers", placeholder: "col[,col]"),
      Setting(
        "data.numeric", \.data.numeric, .list,
        "Columns that are numbers, also where digits have leading zeros; a text there is an error",
        placeholder: "col[,col]"),
      Setting(
        "data.date", \.data.dates, .list,
        "Columns of dates, each with its format: since=%d/%m/%Y", placeholder: "col=format"),
      Setting(
        "data.decimal", \.data.decimal, .choice([".", ","]),
        "The character before the fraction of numbers in text files", placeholder: "c"),
      Setting.delimiter(\.data.delimiter),
      Setting.header(\.data.header),
    ]
  }

  /// The keys of judging, in the order of run.toml.
  package static var judgingSettings: [Setting<Self>] {
    [
      Setting(
        "evaluation.test", \.judging.test, .text, "A table of its own to judge on",
        auto: "a part of the data", placeholder: "data"),
      Setting(
        "evaluation.holdout", \.judging.holdout, .share, "The share of rows to judge on",
        auto: DefaultRule("\(JudgingConfiguration.defaultHoldout) without test table and folds")),
      Setting(
        "evaluation.folds", \.judging.folds, .integer(JudgingConfiguration.foldCounts, or: 0),
        "The folds of cross-validation, also beside the above; 0 for none"),
    ]
  }

  /// The configuration with the values that settings come to in the training of a number of rows.
  ///
  /// - Throws: `GradientBoostingError`.
  func filled(rows: Int) throws -> Self {
    var filled = self
    filled.boosting = try boosting.resolved(rows: rows).configuration
    filled.judging.holdout = filled.judging.share
    return filled
  }
}
