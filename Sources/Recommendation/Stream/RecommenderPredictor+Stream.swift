// Records of user activity, answered by a trained recommender.
import LearningTasks
import NumericCore
import Texts

extension RecommenderPredictor {
  /// Returns a record with the items to recommend to its customer, and those most like one of the
  /// products that the customer looked at.
  ///
  /// A customer of the training data is known by id, and items taken already are left out; anybody
  /// else is known by city, country and credit limit, as far as the model has learnt from them. The
  /// product is drawn from those of the history that the model knows; without one the list of
  /// similar items is empty. The same record and seed give the same answer.
  ///
  /// - Parameters:
  ///   - k: the length of both lists.
  ///   - seed: decides which product is drawn.
  /// - Throws: `RecommendationError.nothingKnown` for a new customer of whom nothing is known,
  ///   `RecommenderError`.
  package func enriched(_ record: StreamRecord, k: Int = 5, seed: UInt64 = 42) throws
    -> StreamRecord
  {
    let (query, seen) = try query(record)
    let known = try record.drawnProduct(seed: seed) { (try? place(ofItem: $0)) != nil }
    let product = try known ?? record.drawnProduct(seed: seed)
    let near = try known.map { try similar(to: $0, k: k) } ?? []
    let best = try recommend(query, excluding: seen, k: k)
    return record.enriched(
      recommendedItems: best.map { ScoredItem(id: $0.id, score: $0.score.shortest) },
      similarTo: product,
      similarItems: near.map { NearItem(id: $0.id, distance: $0.distance.shortest) })
  }

  private func query(_ record: StreamRecord) throws -> (query: ItemQuery, seen: [Int32]) {
    if let customer = record.customer, let user = model.users.place(ofCell: customer),
      !model.isBlank(user: user)
    {
      return try query(.user(customer))
    }
    var values: [ByteText: FeatureValue] = [:]
    for (name, value) in record.features {
      guard let column = model.layout.userEncoding.column(named: name) else { continue }
      values[ByteText(column)] = value.feature
    }
    return (.vector(try vector(ofFeatures: values)), [])
  }
}

extension JSONValue {
  /// The value as that of a feature; nil for what is neither a text nor a number.
  fileprivate var feature: FeatureValue? {
    switch self {
    case .integer(let number): .number(Double(number))
    case .number(let number): .number(number)
    case .text(let text): .text(text)
    default: nil
    }
  }
}

extension Float {
  /// The number with the fewest digits that is this one in single precision, as `recommend` prints
  /// it.
  var shortest: Double { Double(description) ?? Double(self) }
}
