// What a run folder says of a recommender besides its numbers: how new users and items are encoded,
// and who took what, which recommendations leave out.
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
  }
}
