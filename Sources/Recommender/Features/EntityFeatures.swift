// What is known of users or items besides who they are.

public import NumericCore

/// Categories and numbers of each entity of one side.
public struct EntityFeatures: Sendable, Equatable {
  /// The number of categorical columns.
  public let columns: Int
  /// `columns` indices into one vocabulary for each entity, -1 where the category is unknown.
  public let categories: [Int32]
  /// The number of categories of all columns together.
  public let vocabulary: Int
  /// One row of scaled numbers for each entity.
  public let numbers: Matrix<Float>

  /// The number of entities.
  public var count: Int { numbers.rows }

  /// Creates features; a side without categories has 0 columns, one without numbers 0 of those.
  ///
  /// - Precondition: there are `columns` categories for each row of `numbers`, all below
  ///   `vocabulary`.
  public init(columns: Int, categories: [Int32], vocabulary: Int, numbers: Matrix<Float>) {
    precondition(
      categories.count == columns * numbers.rows,
      "\(categories.count) categories in \(columns) columns of \(numbers.rows) entities")
    precondition(categories.allSatisfy { $0 < vocabulary }, "a category beyond \(vocabulary)")
    self.columns = columns
    self.categories = categories
    self.vocabulary = vocabulary
    self.numbers = numbers
  }

  /// Creates the features of entities of which nothing is known.
  public init(unknown count: Int) {
    self.init(
      columns: 0, categories: [], vocabulary: 0, numbers: Matrix(rows: count, columns: 0))
  }

  /// Refuses NaN and infinity.
  func check(side: String) throws {
    if let bad = numbers.elements.firstIndex(where: { !$0.isFinite }) {
      throw RecommenderError.unusableFeature(
        side: side, entity: bad / numbers.columns, column: bad % numbers.columns,
        found: numbers.elements[bad])
    }
  }
}

/// What one tower sees of its entities.
public struct TowerInputs: Sendable, Equatable {
  /// The features of each entity; empty ones if there is only the id.
  public let features: EntityFeatures
  /// Whether each entity has an embedding of its own besides its features.
  public let usesID: Bool

  /// Creates the inputs of a tower.
  public init(features: EntityFeatures, usesID: Bool) {
    self.features = features
    self.usesID = usesID
  }

  /// Creates the inputs of entities that only have an embedding of their own.
  public init(identifiersOnly count: Int) {
    self.init(features: EntityFeatures(unknown: count), usesID: true)
  }

  /// The number of entities.
  public var count: Int { features.count }
  /// Whether an entity is known by more than its id.
  var hasFeatures: Bool { features.vocabulary > 0 || features.numbers.columns > 0 }
}
