// Features of one side as the towers take them: categories as places in one vocabulary, numbers
// scaled. What is fitted is what the scalers of the run folder hold.
import LearningTasks
import NumericCore
import Preprocessing
import Recommender
import Tables
import Texts

/// The fitted encoders of one side.
struct EntityEncoding: Codable, Sendable, Equatable {
  let encoder: OneHotEncoder
  let scaler: StandardScaler

  /// The categories' spelling that does not matter: blanks around them, and capitals.
  private static let spelling = OneHotEncoder.Configuration(
    stripsWhitespace: true, lowercases: true)

  /// Fits the encoders on rows of interactions, so that entities count as often as they occur.
  ///
  /// - Parameter rows: the entity of each row.
  /// - Throws: `PreprocessingError` with rows of the table.
  init(_ columns: EntityColumns, rows: [Int32]) throws {
    encoder = OneHotEncoder.fit(
      names: columns.categories.map(\.name), columns: columns.categories.map(\.values), rows: rows,
      configuration: Self.spelling)
    scaler = try columns.namingRows {
      try StandardScaler.fit(
        names: columns.numbers.map(\.name), columns: columns.numbers.map(\.values), rows: rows)
    }
  }

  /// How many standard deviations a number may be from the mean: the rows of the training are never
  /// farther away, and the squares of what towers make of it stay finite.
  private static let mostDeviations = 1e9

  /// The features of all entities; missing numbers stand at their mean.
  ///
  /// - Throws: `PreprocessingError`; `RecommendationError.featureBeyondScale`.
  func features(_ columns: EntityColumns, side: String) throws -> EntityFeatures {
    let rows = Array(0..<Int32(columns.count))
    let scaled = try columns.namingRows {
      try scaler.transform(columns.numbers.map(\.values), rows: rows)
    }
    if let place = scaled.elements.firstIndex(where: { abs($0) > Self.mostDeviations }) {
      let (row, column) = (place / scaled.columns, place % scaled.columns)
      let reach = Self.mostDeviations * scaler.scale[column]
      throw RecommendationError.featureBeyondScale(
        side: side, feature: scaler.featureNames[column],
        row: columns.rows.isEmpty ? nil : Int(columns.rows[row]) + 1,
        found: columns.numbers[column].values.doubles()[row].description,
        expected: scaler.mean[column] - reach...scaler.mean[column] + reach)
    }
    return EntityFeatures(
      columns: columns.categories.count,
      categories: encoder.columnIndices(of: columns.categories.map(\.values), rows: rows),
      vocabulary: encoder.categories.reduce(0) { $0 + $1.count },
      numbers: Matrix(
        rows: columns.count, columns: columns.numbers.count,
        elements: scaled.elements.map { $0.isNaN ? 0 : Float($0) }))
  }

  /// The names of all columns.
  var names: [String] { encoder.featureNames + scaler.featureNames }

  /// The column of a name, capitals and separators aside.
  func column(named name: String) -> String? {
    names.first { $0.hasSameBytes(as: name) }
      ?? names.first { RecommenderColumns.plain($0) == RecommenderColumns.plain(name) }
  }

  /// Whether any of some values is that of a number that was learnt from.
  func hasNumber(among values: [ByteText: FeatureValue]) -> Bool {
    zip(scaler.featureNames, scaler.mean).contains { name, mean in
      !mean.isNaN && values[ByteText(name)]?.number?.isFinite == true
    }
  }

  /// The features of one new entity, given by name.
  ///
  /// - Parameter values: a text or number for some features; what is left out is unknown.
  func features(of values: [ByteText: FeatureValue], side: String) throws -> EntityFeatures {
    try features(
      EntityColumns(
        categories: encoder.featureNames.map { name in
          (name, CategoryColumn([values[ByteText(name)]?.text]))
        },
        numbers: scaler.featureNames.map { name in
          (name, NumberColumn([values[ByteText(name)]?.number ?? .nan]))
        }), side: side)
  }
}

extension EntityColumns {
  /// Runs a call that names rows by the places of entities, and names those of the table instead.
  fileprivate func namingRows<Result>(_ call: () throws -> Result) throws -> Result {
    func row(_ place: Int) -> Int { rows.isEmpty ? place : Int(rows[place]) }
    do {
      return try call()
    } catch PreprocessingError.infinite(let column, let place) {
      throw PreprocessingError.infinite(column: column, row: row(place))
    } catch PreprocessingError.beyondScale(let column, let place, let value) {
      throw PreprocessingError.beyondScale(column: column, row: row(place), value: value)
    }
  }

  /// Columns of one entity.
  init(
    categories: [(name: String, values: CategoryColumn)],
    numbers: [(name: String, values: NumberColumn)]
  ) {
    count = 1
    rows = []
    self.categories = categories
    self.numbers = numbers
  }
}
