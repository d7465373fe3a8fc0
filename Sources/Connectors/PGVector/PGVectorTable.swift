// Vectors with identifiers, as tables of pgvector hold them.

internal import Texts

/// The identifiers of a table's rows, and with them the type of its column `id`.
public enum VectorIdentifiers: Sendable, Equatable {
  /// Strings, `varchar`.
  case text([String])
  /// `int`.
  case int32([Int32])
  /// `bigint`.
  case int64([Int64])

  /// The number of rows.
  public var count: Int {
    switch self {
    case .text(let ids): ids.count
    case .int32(let ids): ids.count
    case .int64(let ids): ids.count
    }
  }

  /// An identifier as text.
  public subscript(row: Int) -> String {
    switch self {
    case .text(let ids): ids[row]
    case .int32(let ids): String(ids[row])
    case .int64(let ids): String(ids[row])
    }
  }

  /// The type in a table's definition.
  var type: String {
    switch self {
    case .text: "varchar"
    case .int32: "int"
    case .int64: "bigint"
    }
  }
}

/// A table `name(id, embedding vector(dimension))`.
public struct PGVectorTable: Sendable {
  /// The most characters of a name, as PostgreSQL cuts names that are longer with what is added.
  static let nameLimit = 40
  /// The largest dimension that pgvector stores, and the largest that it indexes.
  static let dimensionLimit = 16_000, indexLimit = 2_000

  /// The name of the table.
  public let name: String
  /// The identifiers, all different.
  public let ids: VectorIdentifiers
  /// The width of a vector.
  public let dimension: Int
  /// The vectors, row after row.
  public let vectors: [Float]
  /// What the database is to remember of the table, as its comment; by its beginning mlcore knows
  /// the tables that it made.
  public let comment: String

  /// The beginning of the comments of all tables that mlcore makes.
  static let mark = "mlcore "

  /// Creates a table.
  ///
  /// - Precondition: there are `dimension` numbers for each identifier, and the comment begins with
  ///   "mlcore ".
  public init(
    name: String, ids: VectorIdentifiers, dimension: Int, vectors: [Float],
    comment: String = "mlcore vectors"
  ) {
    precondition(comment.hasPrefix(Self.mark), "a comment that does not name its maker")
    self.comment = comment
    precondition(
      dimension > 0 && vectors.count == ids.count * dimension,
      "\(vectors.count) numbers for \(ids.count) vectors of \(dimension)")
    self.name = name
    self.ids = ids
    self.dimension = dimension
    self.vectors = vectors
  }

  /// Checks what the database would refuse or lose.
  ///
  /// Vectors of zeros are allowed: their inner products are 0 and their Euclidean distances are
  /// numbers, in the index too. Only the cosine distance, which nothing here uses, is none.
  ///
  /// - Throws: `ConnectorError.badVector`, `ConnectorError.badVectorTable`.
  func check(isIndexed: Bool) throws {
    func bad(_ reason: String) -> ConnectorError { .badVectorTable(table: name, reason: reason) }
    guard !name.isEmpty, name.utf8.count <= Self.nameLimit, !name.utf8.contains(0) else {
      throw bad("the name has \(name.utf8.count) bytes, expected 1 to \(Self.nameLimit)")
    }
    guard ids.count > 0 else { throw bad("there is no vector") }
    let limit = isIndexed ? Self.indexLimit : Self.dimensionLimit
    guard dimension <= limit else {
      let use = isIndexed ? "indexes" : "stores"
      throw bad("the vectors have \(dimension) numbers; pgvector \(use) at most \(limit)")
    }
    var seen: Set<ByteText> = []
    for row in 0..<ids.count {
      let id = ids[row]
      let reason =
        !vectors[row * dimension..<(row + 1) * dimension].allSatisfy(\.isFinite)
        ? "holds a number that is not finite"
        : id.utf8.contains(0)
          ? "has a zero byte in its identifier, which PostgreSQL does not hold"
          : !seen.insert(ByteText(id)).inserted ? "has the identifier of another" : nil
      if let reason { throw ConnectorError.badVector(table: name, id: id, reason: reason) }
    }
  }
}

/// How an index of nearest neighbours is built: HNSW over inner products.
public struct VectorIndex: Sendable, Equatable {
  /// The neighbours of a vector in the graph, 2 to 100.
  public var m: Int
  /// The candidates while a vector is inserted, at least twice `m`, at most 1,000.
  public var efConstruction: Int

  /// Creates a description with pgvector's defaults.
  public init(m: Int = 16, efConstruction: Int = 64) {
    self.m = m
    self.efConstruction = efConstruction
  }
}

/// A row near to a vector.
public struct VectorNeighbor: Sendable, Equatable {
  /// The identifier, as text.
  public let id: String
  /// The distance in the metric of the query.
  public let distance: Double

  /// Creates a neighbour.
  public init(id: String, distance: Double) {
    self.id = id
    self.distance = distance
  }
}

/// How far vectors are from each other.
public enum VectorMetric: Sendable {
  /// The negative inner product, `<#>`.
  case innerProduct
  /// The Euclidean distance, `<->`.
  case euclidean

  var sign: String {
    switch self {
    case .innerProduct: "<#>"
    case .euclidean: "<->"
    }
  }
}

/// What the nearest neighbours of a vector must be, by the caller's own exact search.
public struct NeighborCheck: Sendable {
  /// The vector.
  public let vector: [Float]
  /// Its nearest rows by inner product, nearest first, with negative inner products as distances.
  public let expected: [VectorNeighbor]

  /// Creates a check.
  public init(vector: [Float], expected: [VectorNeighbor]) {
    self.vector = vector
    self.expected = expected
  }
}
