// Why an item is recommended: what the user took before that is most like it.
import NumericCore
import Recommender

extension RecommenderModel {
  /// The items of a history that speak most for an item by the model, the strongest first.
  ///
  /// An item says nothing for itself, and one of no or a negative similarity nothing for the item, so
  /// neither is among them.
  ///
  /// - Parameter history: the places of the items taken.
  func reasons(for id: String, history: [Int32], count: Int) -> [ItemReason] {
    guard let item = items.place(of: id) else { return [] }
    let alike = history.compactMap { other -> (item: Int, similarity: Double)? in
      guard Int(other) != item else { return nil }
      let similarity = scorer.similarity(of: Int32(item), to: other)
      return similarity > 0 ? (Int(other), similarity) : nil
    }
    let order = alike.sorted { (-$0.similarity, $0.item) < (-$1.similarity, $1.item) }
    return order.prefix(max(0, count)).map {
      ItemReason(id: items.names[$0.item], similarity: Float($0.similarity))
    }
  }
}

extension RecommendationError {
  /// Whether the model knows nothing of a user, and popularity may answer in its place.
  var isOfUnknownUser: Bool {
    switch self {
    case .noSuchUser, .nothingKnown, .noKnownItem, .noDirection("user", _): true
    default: false
    }
  }
}
