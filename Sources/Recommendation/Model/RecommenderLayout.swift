// What a run folder says of a recommender besides its numbers: how new users and items are encoded,
// and who took what, which recommendations leave out.
import Preprocessing
import Recommender

/// The text part of a stored recommender.
struct RecommenderLayout: Codable, Sendable, Equatable {
  /// The version of this form.
  static let newestFormatVersion = 1

  var formatVersion = newestFormatVersion
  var columns: RecommenderColumns
  var userEncoding: EntityEncoding
  var itemEncoding: EntityEncoding
  var userShape: TowerShape
  var itemShape: TowerShape
  var userIDs: [String]
  var itemIDs: [String]
  /// The scale of ratings; nil where there were none.
  var lowestRating: Double?
  var highestRating: Double?
  /// Whether inner products stand for ratings.
  var predictsRatings: Bool
  /// The SHA-256 of the file of the item graph that scores in place of the towers; nil without one.
  var itemGraph: String?

  enum CodingKeys: String, CodingKey {
    case columns
    case formatVersion = "format_version"
    case userEncoding = "user_encoding"
    case itemEncoding = "item_encoding"
    case userShape = "user_shape"
    case itemShape = "item_shape"
    case userIDs = "user_ids"
    case itemIDs = "item_ids"
    case lowestRating = "lowest_rating"
    case highestRating = "highest_rating"
    case predictsRatings = "predicts_ratings"
    case itemGraph = "item_graph"
  }

  /// What the layout contradicts itself in; nil if it does not.
  var problem: String? {
    let roles = [columns.userID, columns.itemID, columns.rating, columns.timestamp]
    let roleNames = roles.compactMap(\.self).map { Array($0.utf8) }
    if Set(roleNames).count != roleNames.count { return "a column in two roles" }
    for (side, encoding, shape, ids, features) in [
      ("user", userEncoding, userShape, userIDs, columns.userFeatures),
      ("item", itemEncoding, itemShape, itemIDs, columns.itemFeatures),
    ] {
      let names = encoding.names.map { Array($0.utf8) }
      if Set(names).count != names.count { return "two \(side) features of the same name" }
      if !Set(names).isSubset(of: features.map { Array($0.utf8) }) {
        return "the encoding of a column that is no \(side) feature"
      }
      // The sizes may be anything here, so that nothing is added to them.
      let vocabulary = encoding.encoder.categories.reduce(0) { $0 + $1.count }
      if vocabulary != shape.vocabulary {
        return "\(vocabulary) \(side) categories for a tower of \(shape.vocabulary)"
      }
      if encoding.scaler.featureNames.count != shape.numbers {
        return
          "\(encoding.scaler.featureNames.count) \(side) numbers for a tower of \(shape.numbers)"
      }
      if ids.isEmpty { return "no \(side)" }
      if shape.ids != 0 && shape.ids != ids.count + 1 {
        return "\(ids.count) \(side) identifiers for a tower of \(shape.ids)"
      }
    }
    if userShape.dimension != itemShape.dimension { return "towers of two widths" }
    if itemGraph != nil, predictsRatings { return "a graph for ratings" }
    switch (lowestRating, highestRating) {
    case (nil, nil): return predictsRatings ? "ratings without a scale" : nil
    case (let lowest?, let highest?):
      return lowest < highest && (highest - lowest).isFinite ? nil : "a scale without a length"
    default: return "half a scale of ratings"
    }
  }
}
