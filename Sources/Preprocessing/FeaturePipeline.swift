// The columns of a table as one matrix for models that take numbers only.

public import NumericCore
public import Tables
internal import Texts

/// A fitted way from columns to a matrix.
///
/// The matrix has three parts, named by `columnNames`: numbers and timestamps, scaled, with a
/// missing one at the mean (0); an indicator for each of them that was missing in some but not in
/// all training rows; the one-hot blocks of the categories. Text columns, and columns without a
/// value in the training rows, take no part.
public struct FeaturePipeline: Codable, Sendable, Equatable {
  /// The encoding of categories unless another is asked for: at most 64 per column.
  public static let defaultEncoding = OneHotEncoder.Configuration(maximumCategories: 64)

  /// The columns that it reads: the scaled ones, then the encoded ones.
  public let fields: [Schema.Field]
  /// The scaling of numbers and timestamps.
  public let scaler: StandardScaler
  /// The names of the scaled columns that have an indicator.
  public let indicatedNames: [String]
  /// The encoding of categories.
  public let encoder: OneHotEncoder

  /// Learns the scales and categories of columns, without the target, over some rows.
  ///
  /// - Parameters:
  ///   - rows: the rows to learn from.
  ///   - weights: one weight, at least 0, per element of `rows`; nil weighs all alike.
  ///   - pool: the threads that share the columns of numbers; nil uses the calling one.
  /// - Throws: `PreprocessingError.infinite`.
  public static func fit(
    _ columns: [Column], rows: [Int32], weights: [Double]? = nil,
    encoding: OneHotEncoder.Configuration = defaultEncoding, pool: WorkerPool? = nil
  ) throws -> FeaturePipeline {
    var numbers: [(field: Schema.Field, values: NumberColumn)] = []
    var categories: [(field: Schema.Field, values: CategoryColumn)] = []
    for column in columns {
      let field = Schema.Field(name: column.name, kind: column.kind)
      switch column.values {
      case .number(let values), .timestamp(let values): numbers.append((field, values))
      case .category(let values):
        let codes = values.codes
        guard rows.contains(where: { codes[Int($0)] >= 0 }) else { continue }
        categories.append((field, values))
      case .text: continue
      }
    }
    let moments = try Moments.all(
      of: numbers.map(\.values), names: numbers.map(\.field.name), rows: rows, weights: weights,
      pool: pool)
    let scaled = zip(numbers.map(\.field), moments).filter { $1.missing < rows.count }
    return FeaturePipeline(
      fields: scaled.map(\.0) + categories.map(\.field),
      scaler: StandardScaler(names: scaled.map(\.0.name), scaled.map(\.1)),
      indicatedNames: scaled.filter { $1.missing > 0 }.map(\.0.name),
      encoder: OneHotEncoder.fit(
        names: categories.map(\.field.name), columns: categories.map(\.values), rows: rows,
        configuration: encoding))
  }

  /// The names of the matrix's columns, as scikit-learn would form them.
  public var columnNames: [String] {
    scaler.featureNames + indicatedNames.map { "missingindicator_\($0)" } + encoder.columnNames
  }

  /// Returns the matrix of some rows; columns are found by name, and others are ignored.
  ///
  /// - Throws: `PreprocessingError`.
  public func transform(_ columns: [Column], rows: [Int32]) throws -> Matrix<Double> {
    let (numbers, categories) = try select(columns)
    let scaled = numbers.count
    let indicators: [Int?] = scaler.featureNames.map { name in
      indicatedNames.firstIndex(bytesOf: name).map { scaled + $0 }
    }
    let blocks = encoder.blocks(for: categories, from: scaled + indicatedNames.count)
    var matrix = Matrix<Double>(rows: rows.count, columns: columnNames.count)
    try forEachBlock(of: rows) { first, block in
      try scaler.write(numbers, rows: block, into: &matrix, at: first)
      for row in first..<first + block.count {
        for feature in 0..<scaled where matrix[row, feature].isNaN {
          matrix[row, feature] = 0
          if let indicator = indicators[feature] { matrix[row, indicator] = 1 }
        }
      }
      for encoded in blocks { encoded.write(rows: block, into: &matrix, at: first) }
    }
    return matrix
  }

  /// Finds the fitted columns by name and checks what they hold.
  private func select(_ columns: [Column]) throws -> ([NumberColumn], [CategoryColumn]) {
    var numbers: [NumberColumn] = []
    var categories: [CategoryColumn] = []
    for field in fields {
      guard let column = columns.first(where: { $0.name.hasSameBytes(as: field.name) }) else {
        throw PreprocessingError.missingColumn(name: field.name)
      }
      switch (column.values, field.kind) {
      case (.number(let values), .number), (.timestamp(let values), .timestamp):
        numbers.append(values)
      case (.category(let values), .category): categories.append(values)
      default:
        throw PreprocessingError.wrongKind(
          column: field.name, found: column.kind, expected: field.kind)
      }
    }
    return (numbers, categories)
  }
}
