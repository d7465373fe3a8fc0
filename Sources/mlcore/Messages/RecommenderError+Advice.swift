// What to do about the errors of recommender training, in the words of the command line.
import Recommender

extension RecommenderError {
  /// What to do, in one line.
  var advice: String {
    switch self {
    case .parameterOutOfRange(let name, _, _): "set \(name) to a value in that range"
    case .noInteractions: "give at least one pair of a user and an item"
    case .unusableRating: "give every interaction a rating, or leave --rating out"
    case .noRatings: "name the column with --rating, or use --preset retrieval"
    case .unusableFeature: "fill in or leave out what is missing"
    case .noInputs: "name feature columns, or set model.uses_id (--uses-id) to true"
    case .unusableVector: "train the model again with a lower learning rate"
    case .tooLarge: "raise the limit, keep fewer items, or leave this model out"
    case .notPositiveDefinite: "raise its regularisation"
    case .diverged: "lower the learning rate"
    case .corruptModel: "train the model again, or restore its folder from a backup"
    case .cancelled: "run the command again"
    }
  }
}
