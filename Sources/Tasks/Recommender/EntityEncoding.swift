// Features of one side as the towers take them: categories as places in one vocabulary, numbers
// scaled. What is fitted is what the scalers of the run folder hold.
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
  /// - Throws: `PreprocessingError.infinite`.
  init(_ columns: EntityColumns, rows: [Int32]) throws {
    encoder = OneHotEncoder.fit(
      names: columns.categories.map(\.name), columns: columns.categories.map(\.values), rows: rows,
      configuration: Self.spelling)
    scaler = try StandardScaler.fit(
      names: columns.numbers.map(\.name), columns: columns.numbers.map(\.values), rows: rows)
  }

  /// The features of all entities; missing numbers stand at their mean.
  ///
  /// - Throws: `PreprocessingError`.
  func features(_ columns: EntityColumns) throws -> EntityFeatures {
    let rows = Array(0..<Int32(columns.count))
    let scaled = try scaler.transform(columns.numbers.map(\.values), rows: rows)
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
  func features(of values: [ByteText: FeatureValue]) throws -> EntityFeatures {
    try features(
      EntityColumns(
        categories: encoder.featureNames.map { name in
          (name, CategoryColumn([values[ByteText(name)]?.text]))
        },
        numbers: scaler.featureNames.map { name in
          (name, NumberColumn([values[ByteText(name)]?.number ?? .nan]))
        }))
  }
}

/// A feature's value as a caller gives it.
public enum FeatureValue: Codable, Sendable, Equatable {
  case text(String)
  case number(Double)

  /// Reads a text or a number.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else {
      self = .text(try container.decode(String.self))
    }
  }

  /// Writes a text or a number.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let text): try container.encode(text)
    case .number(let number): try container.encode(number)
    }
  }

  var text: String? {
    switch self {
    case .text(let text): text
    case .number(let number):
      number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : number.description
    }
  }

  var number: Double? {
    switch self {
    case .text(let text): Double(text)
    case .number(let number): number
    }
  }
}

extension EntityColumns {
  /// Columns of one entity.
  init(
    categories: [(name: String, values: CategoryColumn)],
    numbers: [(name: String, values: NumberColumn)]
  ) {
    count = 1
    self.categories = categories
    self.numbers = numbers
  }
}
