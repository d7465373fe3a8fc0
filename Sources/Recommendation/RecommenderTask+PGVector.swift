// The vectors of a trained recommender in PostgreSQL with pgvector, and answers from there.
import Connectors
package import LearningTasks
import NumericCore
import Recommender
import Tables

/// What was loaded.
package struct PGVectorExport: Encodable, Sendable {
  package var users: Int
  package var items: Int
  package var dimension: Int
  /// The tables that were filled.
  package var tables: [String]
  /// Whether an index of nearest neighbours was built.
  package var indexed: Bool
  /// The database, without user and password.
  package var database: String
}

extension RecommenderTask {
  /// The tables, as systems that pick up the embeddings expect them.
  static let itemTable = "item_emb"
  static let userTable = "user_emb"

  /// Fills `item_emb` and `user_emb`, replacing both in one transaction.
  ///
  /// The database's row counts, and its nearest neighbours of a sample of items, are compared with
  /// the exact ones before anybody sees the new tables.
  ///
  /// - Parameters:
  ///   - dsn: `postgresql://user@host:port/database`.
  ///   - isIndexed: whether to build an HNSW index on each table.
  ///   - force: whether tables of another dimension, and tables of others, may be replaced.
  /// - Throws: `TaskError.notAModel`; `StorageError`; `ConnectorError`; `RecommenderError`.
  package static func exportPGVector(
    model folder: String, dsn: String, isIndexed: Bool, force: Bool, context: RunContext
  ) throws -> PGVectorExport {
    let model = try RecommenderModel(folder: folder)
    try context.begin("connecting")
    let target = try PGVectorTarget(dsn)
    context.warnOfZeros(model)
    try context.begin("loading")
    let dimension = model.towers.dimension
    let tables = [
      PGVectorTable(
        name: itemTable, ids: .text(model.items.names), dimension: dimension,
        vectors: model.itemVectors.elements, comment: comment(for: model)),
      PGVectorTable(
        name: userTable, ids: VectorIdentifiers(model.users.names), dimension: dimension,
        vectors: model.userVectors.elements, comment: comment(for: model)),
    ]
    try target.load(
      tables, index: isIndexed ? VectorIndex() : nil, isForced: force,
      checks: [itemTable: try checks(model, pool: context.pool)],
      tell: { context.warn([$0]) },
      checkCancelled: context.checkCancelled)
    return PGVectorExport(
      users: model.users.count, items: model.items.count, dimension: dimension,
      tables: tables.map(\.name), indexed: isIndexed, database: target.name)
  }

  /// What the tables of a model say of themselves.
  static func comment(for model: RecommenderModel) -> String { comment(ofVersion: model.version) }

  static func comment(ofVersion version: String) -> String { "mlcore model \(version)" }

  /// The exact neighbours of a few items, spread over all of them.
  private static func checks(
    _ model: RecommenderModel, pool: WorkerPool
  ) throws -> [NeighborCheck] {
    let count = model.items.count
    let sample = Set((0..<5).map { $0 * (count - 1) / 4 }).sorted()
    let index = try ExactIndex(model.itemVectors)
    return try sample.map { item in
      let vector = Array(model.itemVectors.row(item))
      let found = try index.search(
        Matrix(rows: 1, columns: vector.count, elements: vector), k: min(10, count), pool: pool)
      return NeighborCheck(
        vector: vector,
        expected: found[0].map {
          VectorNeighbor(id: model.items.names[Int($0.item)], distance: -Double($0.score))
        })
    }
  }
}

extension VectorIdentifiers {
  /// Integers where every name is one, in the narrowest type of the database; else text.
  fileprivate init(_ names: [String]) {
    let narrow = names.compactMap { name in Int32(name).flatMap { String($0) == name ? $0 : nil } }
    let wide = names.compactMap { name in Int64(name).flatMap { String($0) == name ? $0 : nil } }
    self =
      narrow.count == names.count
      ? .int32(narrow) : wide.count == names.count ? .int64(wide) : .text(names)
  }
}

extension RecommenderPredictor {
  /// The best items for one user, searching the vectors that `export pgvector` loaded into a database.
  ///
  /// - Throws: as `predict`; `ConnectorError`.
  package func predict(_ row: RecommendationQuery, dsn: String) throws -> [RecommendedItem] {
    let (query, seen) = try query(row.user)
    let vectors = try VectorScorer(users: model.userVectors, items: model.itemVectors)
    let vector = vectors.vector(of: query)
    let excluded = names(of: (row.includesSeen ? [] : seen) + model.zeroItems.map(Int32.init))
    let found = try target(dsn).nearest(
      to: vector, in: RecommenderTask.itemTable, by: .innerProduct, count: row.k,
      excluding: excluded)
    return scored(try places(of: found), for: .vector(vector), by: vectors)
  }

  /// `similar`, searching the vectors that `export pgvector` loaded into a database.
  ///
  /// - Throws: as `similar`; `ConnectorError`.
  package func similar(to id: String, k: Int, dsn: String) throws -> [SimilarItem] {
    let (item, zeros) = (try place(ofItem: id), model.zeroItems)
    guard !zeros.contains(item) else {
      throw RecommendationError.noDirection(entity: "item", id: id)
    }
    let found = try target(dsn).nearest(
      to: Array(model.itemVectors.row(item)), in: RecommenderTask.itemTable, by: .euclidean,
      count: k, excluding: names(of: [Int32(item)] + zeros.map(Int32.init)))
    let vectors = try VectorScorer(users: model.userVectors, items: model.itemVectors)
    return named(vectors.measured(try places(of: found), from: Int32(item)))
  }

  /// The database, once it is known to hold the vectors of this model.
  ///
  /// - Throws: `RecommendationError.otherModel`.
  private func target(_ dsn: String) throws -> PGVectorTarget {
    let target = try PGVectorTarget(dsn)
    let (table, expected) = (
      RecommenderTask.itemTable, RecommenderTask.comment(for: model)
    )
    let found = try target.comment(of: table)
    guard found == expected else {
      throw RecommendationError.otherModel(
        table: table, database: target.name, found: found, expected: expected)
    }
    return target
  }

  private func names(of items: [Int32]) -> [String] { items.map { model.items.names[Int($0)] } }

  /// The model's items of rows of the database.
  ///
  /// - Throws: `RecommendationError.otherVectors` if the database holds another model's.
  private func places(of rows: [VectorNeighbor]) throws -> [Int32] {
    try rows.map { row in
      guard let item = model.items.place(of: row.id) else {
        throw RecommendationError.otherVectors(id: row.id)
      }
      return Int32(item)
    }
  }
}
