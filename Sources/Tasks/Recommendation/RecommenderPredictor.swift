// Recommendations for users, known or new, and items like an item.
public import NumericCore
import Preprocessing
import Recommender
import Tables
import Texts

/// An item and how well it goes with a user.
public struct RecommendedItem: Codable, Sendable, Equatable {
  public var id: String
  /// The inner product of the two unit vectors, -1 to 1.
  public var score: Float
}

/// An item and how far it is from another.
public struct SimilarItem: Codable, Sendable, Equatable {
  public var id: String
  /// The distance of the two unit vectors, 0 to 2.
  public var distance: Float
}

/// Whom items are recommended to.
public enum Recommendee: Sendable {
  /// A user that the model was trained on.
  case user(String)
  /// A new user of whom some features are known.
  case features([String: FeatureValue])
}

/// A trained recommender that answers questions.
public struct RecommenderService: Sendable {
  let model: RecommenderModel
  /// The items of which nothing is known: they are like nothing and recommended to nobody.
  let blankItems: [Int32]
  private let index: ExactIndex
  private let pool: WorkerPool

  /// Reads a run folder.
  ///
  /// - Throws: `TaskError.notAModel`; `ArtifactError` if it is damaged.
  public init(folder: String, pool: WorkerPool) throws {
    try self.init(RecommenderModel(folder: folder), pool: pool)
  }

  init(_ model: RecommenderModel, pool: WorkerPool) throws {
    self.model = model
    blankItems = model.blankItems.map(Int32.init)
    index = try ExactIndex(model.itemVectors)
    self.pool = pool
  }

  /// The best items, best first.
  ///
  /// - Parameters:
  ///   - k: the most items.
  ///   - includesSeen: whether items count that the user has taken already.
  /// - Throws: `TaskError.recommender` for a user of whom nothing is known, `RecommenderError`.
  public func recommend(
    _ recommendee: Recommendee, k: Int, includesSeen: Bool
  ) throws -> [RecommendedItem] {
    let (vector, seen) = try query(recommendee)
    return try recommend(vector: vector, excluding: includesSeen ? [] : seen, k: k)
  }

  /// The best items for some known users, without those that they have taken, best first.
  ///
  /// - Throws: `RecommenderError`.
  func recommend(users: [Int], k: Int) throws -> [[RecommendedItem]] {
    let found = try index.search(
      model.userVectors.selecting(users), k: k,
      excluding: SparseRows(users.map { Array(model.seen[$0]) + blankItems }), pool: pool)
    return users.indices.map { query in
      scored(found[query].map { Int($0.item) }, by: Array(model.userVectors.row(users[query])))
    }
  }

  /// The best items for a vector, best first.
  func recommend(vector: [Float], excluding seen: [Int32], k: Int) throws -> [RecommendedItem] {
    let found = try index.search(
      Matrix(rows: 1, columns: vector.count, elements: vector), k: k,
      excluding: SparseRows([seen + blankItems]), pool: pool)
    return scored(found[0].map { Int($0.item) }, by: vector)
  }

  /// The nearest items, nearest first, the item itself left out.
  ///
  /// - Throws: `TaskError.recommender(.noSuchItem)`, `RecommenderError`.
  public func similar(to id: String, k: Int) throws -> [SimilarItem] {
    let item = try place(ofItem: id)
    let found = try index.similar(to: item, k: k, excluding: blankItems, pool: pool)
    return measured(found[0].map { Int($0.item) }, from: item)
  }

  /// The place of an item of which something is known.
  ///
  /// - Throws: `TaskError.recommender(.noSuchItem)`, `TaskError.recommender(.noDirection)`.
  func place(ofItem id: String) throws -> Int {
    guard let item = model.items.place(ofCell: id) else {
      throw TaskError.recommender(.noSuchItem(id: id))
    }
    guard model.itemVectors.row(item).contains(where: { $0 != 0 }) else {
      throw TaskError.recommender(.noDirection(entity: "item", id: id))
    }
    return item
  }

  /// Items with their scores, best first.
  ///
  /// Scores are summed here in double precision, so that they are the same wherever the items were
  /// found.
  func scored(_ items: [Int], by vector: [Float]) -> [RecommendedItem] {
    let scores = items.map { item in
      zip(vector, model.itemVectors.row(item)).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    }
    return items.indices.sorted { (-scores[$0], items[$0]) < (-scores[$1], items[$1]) }.map {
      RecommendedItem(id: model.items.names[items[$0]], score: Float(scores[$0]))
    }
  }

  /// Items with their distances from an item, nearest first.
  func measured(_ items: [Int], from item: Int) -> [SimilarItem] {
    let vector = model.itemVectors.row(item)
    let distances = items.map { other in
      zip(vector, model.itemVectors.row(other)).reduce(0.0) { sum, pair in
        let difference = Double(pair.0) - Double(pair.1)
        return sum + difference * difference
      }.squareRoot()
    }
    return items.indices.sorted { (distances[$0], items[$0]) < (distances[$1], items[$1]) }.map {
      SimilarItem(id: model.items.names[items[$0]], distance: Float(distances[$0]))
    }
  }

  /// The vector of a user, and the items taken.
  ///
  /// - Throws: `TaskError.recommender` for a user of whom nothing is known, `RecommenderError`.
  func query(_ recommendee: Recommendee) throws -> (vector: [Float], seen: [Int32]) {
    switch recommendee {
    case .user(let id):
      guard let user = model.users.place(ofCell: id) else {
        throw TaskError.recommender(.noSuchUser(id: id))
      }
      let vector = Array(model.userVectors.row(user))
      guard vector.contains(where: { $0 != 0 }) else {
        throw TaskError.recommender(.noDirection(entity: "user", id: id))
      }
      return (vector, Array(model.seen[user]))
    case .features(let values): return (try vector(ofFeatures: named(values)), [])
    }
  }

  /// Features by the names of the model's columns.
  ///
  /// - Throws: `TaskError.recommender(.unknownFeature)`, `TaskError.recommender(.notANumber)`.
  private func named(_ values: [String: FeatureValue]) throws -> [ByteText: FeatureValue] {
    let known = model.layout.userEncoding.names
    var named: [ByteText: FeatureValue] = [:]
    for (name, value) in values.sorted(by: { $0.key.precedesInBytes($1.key) }) {
      guard let column = model.layout.userEncoding.column(named: name) else {
        throw TaskError.recommender(
          .unknownFeature(
            name: name, known: known, suggestion: Suggestion.nearest(to: name, in: known)))
      }
      if model.layout.userEncoding.scaler.featureNames.contains(bytesOf: column),
        value.number?.isFinite != true
      {
        throw TaskError.recommender(.notANumber(feature: column, found: value.text ?? ""))
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
    else { throw TaskError.recommender(.nothingKnown) }
    let encoded = try model.towers.user.encode(features, pool: pool)
    if !encoded.zeros.isEmpty { throw TaskError.recommender(.nothingKnown) }
    return Array(encoded.vectors.row(0))
  }
}
