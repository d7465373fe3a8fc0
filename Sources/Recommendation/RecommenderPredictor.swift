// A trained recommender that answers: items for users, known or new, and items like an item.
import Configuration
package import LearningTasks
package import NumericCore
import Preprocessing
import Recommender
package import Tables
import Texts

/// A trained recommender.
///
/// A table of users is answered by rows of the user (category, each once, in the order of first
/// occurrence), `rank` (number, from 1), the item (category), `score` (number, as of
/// `RecommendedItem`) and `model_version` (category). Users that the model does not know get the
/// items that most users took, with a missing score.
package struct RecommenderPredictor: Predictor {
  package let task = RecommenderConfiguration.task
  let model: RecommenderModel
  /// The items of which nothing is known: they are like nothing and recommended to nobody.
  let blankItems: [Int32]
  package let pool: WorkerPool
  let listLength: Int
  /// The search among all items of which something is known.
  private let everything: ItemSearch
  /// What marks an answer that is not the model's but popularity's.
  static let popularity = "popularity"

  /// Reads a run folder.
  ///
  /// - Parameters:
  ///   - listLength: the most items that each user of a table is recommended.
  ///   - pool: the threads that answer single queries.
  /// - Throws: `TaskError.notAModel`; `StorageError` if it is damaged.
  package init(folder: String, listLength: Int = 10, pool: WorkerPool) throws {
    try self.init(RecommenderModel(folder: folder), listLength: listLength, pool: pool)
  }

  init(_ model: RecommenderModel, listLength: Int = 10, pool: WorkerPool) throws {
    self.model = model
    self.listLength = listLength
    blankItems = model.blankItems.map(Int32.init)
    everything = try ItemSearch(
      ItemChoice(ListRules(), model: model, blankItems: blankItems), model: model)
    self.pool = pool
  }

  package var modelVersion: String { model.version }

  package var inputSchema: Schema {
    Schema(fields: [Schema.Field(name: model.layout.columns.userID, kind: .category)])
  }

  package var outputSchema: Schema {
    let columns = model.layout.columns
    return Schema(fields: [
      Schema.Field(name: columns.userID, kind: .category),
      Schema.Field(name: "rank", kind: .number),
      Schema.Field(name: columns.itemID, kind: .category),
      Schema.Field(name: "score", kind: .number),
      Schema.Field(name: "model_version", kind: .category),
    ])
  }

  package var isQuick: Bool { false }

  package func explaining(_ count: Int) throws -> RecommenderPredictor {
    throw TaskError.noReasons(task: task)
  }

  package func table(
    _ columns: [CellColumn], rowCount: Int, named name: String
  ) throws -> Table {
    let known = inputSchema.fields.map(\.name)
    if let other = columns.first(where: { !known.contains(bytesOf: $0.name) }) {
      throw TaskError.unknownColumn(
        name: other.name, suggestion: Suggestion.nearest(to: other.name, in: known))
    }
    return try CellReader(
      inputSchema, options: ReadOptions(verbatim: [ByteText(model.layout.columns.userID)])
    )
    .table(columns, rowCount: rowCount, named: name)
  }

  package func read(_ source: TableSource, context: RunContext) throws -> Table {
    try read(source, named: source.shown, context: context)
  }

  /// Reads the users of a table, each once; their column may be spelt with other capitals and
  /// separators than in training.
  ///
  /// - Parameter name: what messages call the table.
  func read(_ source: TableSource, named name: String, context: RunContext) throws -> Table {
    var data = RecommenderConfiguration.Data()
    data.delimiter = source.delimiter
    data.header = source.header ?? true
    let reader = RecommenderReader(data, name: name, context: context)
    let user = model.layout.columns.userID
    let users = try reader.entities(
      in: source.location,
      id: RecommenderColumns.named(
        user, in: try reader.names(of: source.location), role: "users", key: nil,
        data: name))
    return Table(
      columns: [Column(name: user, values: .category(CategoryColumn(users)))],
      rowCount: users.count)
  }

  /// The best items for one user, best first.
  ///
  /// - Throws: `TaskError.recommender` for a user of whom nothing is known, `RecommenderError`.
  package func predict(_ row: RecommendationQuery) throws -> [RecommendedItem] {
    let search = try search(row.rules)
    let (query, seen): (ItemQuery, [Int32])
    do {
      (query, seen) = try self.query(row.user)
    } catch let error as RecommendationError where row.fallsBack && error.isOfUnknownUser {
      return model.popularItems(row.k, among: search.choice, pool: pool).map {
        RecommendedItem(
          id: model.items.names[Int($0.item)], score: $0.score, fallback: Self.popularity)
      }
    }
    var list = try recommend(
      query, excluding: row.includesSeen ? [] : seen, k: row.k, among: search)
    guard let reasons = row.reasons else { return list }
    for place in list.indices {
      list[place].because = model.reasons(for: list[place].id, history: seen, count: reasons)
    }
    return list
  }

  /// What is doubtful about rules, in one line each: values of a filter that no item has.
  ///
  /// - Throws: `RecommendationError` for rules that do not fit the items.
  package func doubts(about rules: ListRules) throws -> [String] {
    try search(rules).choice.unknownValues.map(\.warning)
  }

  /// The search among the items that rules allow.
  ///
  /// - Throws: `RecommendationError` for rules that do not fit the items.
  func search(_ rules: ListRules) throws -> ItemSearch {
    rules == ListRules()
      ? everything
      : try ItemSearch(ItemChoice(rules, model: model, blankItems: blankItems), model: model)
  }

  /// The best items for a query, in the order of their list.
  ///
  /// - Parameter search: nil searches all items of which something is known.
  func recommend(
    _ query: ItemQuery, excluding seen: [Int32], k: Int, among search: ItemSearch? = nil
  ) throws -> [RecommendedItem] {
    let search = search ?? everything
    let found = try search.lists([query], without: [seen[...]], k: k, pool: pool)
    return search.scored(found[0].map(\.item), for: query).map {
      RecommendedItem(id: model.items.names[Int($0.item)], score: Float($0.score))
    }
  }

  /// The vector of a new user of whom some features are known.
  ///
  /// - Throws: `RecommendationError`, `RecommenderError`.
  package func embedding(ofFeatures values: [String: FeatureValue]) throws -> [Float] {
    try vector(ofFeatures: named(values))
  }

  /// The best items for a user of whom the vector is known, best first.
  ///
  /// - Throws: `RecommendationError.otherDimension`, `RecommenderError`.
  package func recommend(toVector vector: [Float], k: Int) throws -> [RecommendedItem] {
    let expected = model.itemVectors.columns
    guard vector.count == expected else {
      throw RecommendationError.otherDimension(found: vector.count, expected: expected)
    }
    return try recommend(.vector(vector), excluding: [], k: k)
  }

  /// The nearest items, nearest first, the item itself left out.
  ///
  /// - Throws: `RecommendationError.noSuchItem`, `RecommenderError`.
  package func similar(to id: String, k: Int) throws -> [SimilarItem] {
    let item = try place(ofItem: id)
    return named(
      try model.scorer.nearest(to: Int32(item), k: k, excluding: blankItems, pool: pool))
  }

  /// The place of an item of which something is known.
  ///
  /// - Throws: `RecommendationError.noSuchItem`, `RecommendationError.noDirection`.
  func place(ofItem id: String) throws -> Int {
    guard let item = model.items.place(ofCell: id) else {
      throw RecommendationError.noSuchItem(id: id)
    }
    guard !model.isBlank(item: item) else {
      throw RecommendationError.noDirection(entity: "item", id: id)
    }
    return item
  }

  /// The places of the items that the model knows, ascending.
  func places(ofItems ids: [String]) -> [Int32] {
    Set(ids.compactMap { model.items.place(ofCell: $0).map(Int32.init) }).sorted()
  }

  /// Items with their scores, best first.
  func scored(
    _ items: [Int32], for query: ItemQuery, by scorer: any ItemScorer
  ) -> [RecommendedItem] {
    let scores = items.map { scorer.score($0, for: query) }
    return items.indices.sorted { (-scores[$0], items[$0]) < (-scores[$1], items[$1]) }.map {
      RecommendedItem(id: model.items.names[Int(items[$0])], score: Float(scores[$0]))
    }
  }

  /// Items with their distances, by name.
  func named(_ items: [(item: Int32, distance: Double)]) -> [SimilarItem] {
    items.map { SimilarItem(id: model.items.names[Int($0.item)], distance: Float($0.distance)) }
  }

  /// What a user's items are scored by, and the items taken.
  ///
  /// - Throws: `RecommendationError` for a user of whom nothing is known, `RecommenderError`.
  func query(_ user: RecommendationQuery.User) throws -> (query: ItemQuery, seen: [Int32]) {
    switch user {
    case .user(let id):
      guard let user = model.users.place(ofCell: id) else {
        throw RecommendationError.noSuchUser(id: id)
      }
      guard !model.isBlank(user: user) else {
        throw RecommendationError.noDirection(entity: "user", id: id)
      }
      return (.user(user), Array(model.seen[user]))
    case .features(let values): return (.vector(try vector(ofFeatures: named(values))), [])
    case .items(let ids):
      let taken = places(ofItems: ids)
      guard model.scorer.isKnown(.items(taken)) else {
        throw RecommendationError.noKnownItem(ids: ids)
      }
      return (.items(taken), taken)
    }
  }

  /// Features by the names of the model's columns.
  ///
  /// - Throws: `RecommendationError.unknownFeature`, `.notANumber`.
  private func named(_ values: [String: FeatureValue]) throws -> [ByteText: FeatureValue] {
    let known = model.layout.userEncoding.names
    var named: [ByteText: FeatureValue] = [:]
    for (name, value) in values.sorted(by: { $0.key.precedesInBytes($1.key) }) {
      guard let column = model.layout.userEncoding.column(named: name) else {
        throw RecommendationError.unknownFeature(
          name: name, known: known, suggestion: Suggestion.nearest(to: name, in: known))
      }
      if model.layout.userEncoding.scaler.featureNames.contains(bytesOf: column),
        value.number?.isFinite != true
      {
        throw RecommendationError.notANumber(feature: column, found: value.text ?? "")
      }
      named[ByteText(column)] = value
    }
    return named
  }

  /// The vector of a new user.
  ///
  /// - Parameter values: features by the names of the model's columns.
  /// - Throws: `TaskError.recommender` with `.nothingKnown` or `.featureBeyondScale`,
  ///   `RecommenderError`.
  func vector(ofFeatures values: [ByteText: FeatureValue]) throws -> [Float] {
    let encoding = model.layout.userEncoding
    let features = try encoding.features(of: values, side: "user")
    // Before the towers, which have an answer to anything: the vector of nobody in particular.
    guard features.categories.contains(where: { $0 >= 0 }) || encoding.hasNumber(among: values)
    else { throw RecommendationError.nothingKnown }
    let encoded = try model.towers.user.encode(features, pool: pool)
    if !encoded.zeros.isEmpty { throw RecommendationError.nothingKnown }
    return Array(encoded.vectors.row(0))
  }
}
