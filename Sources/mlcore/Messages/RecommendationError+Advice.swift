// What to do about the errors of recommenders, in the words of the command line.
import Configuration
import Recommendation

extension RecommendationError {
  /// What to do, in one line.
  var advice: String {
    switch self {
    case .noColumn(_, let name?, key: _?, _, let known): ColumnAdvice.text(for: name, among: known)
    case .noColumn(_, nil, let key?, _, let known):
      "set \(RecommenderConfiguration.named(key)) to one of the columns: \(ColumnAdvice.list(known))"
    case .noColumn(_, let name?, nil, _, _): "give the table a column '\(name)'"
    case .noColumn: "give the table the columns that the model was trained on"
    case .noTimes: "name a column of times as --timestamp, or leave the flag out"
    case .missingTime: "fill the cell, remove the row, or leave --timestamp out"
    case .repeatedEntity: "keep one of the rows"
    case .missingIdentifier: "give the row an identifier, or remove it"
    case .wordForRating: "write a number, or remove the row"
    case .missingRating: "fill the cell, remove the row, or use --preset retrieval without --rating"
    case .featureBeyondScale: "correct the number, or leave it out if it is not known"
    case .unusableRating:
      "correct the row, widen the scale with data.lowest_rating and data.highest_rating, or use "
        + "--preset retrieval"
    case .equalRatings:
      "give the scale with data.lowest_rating and data.highest_rating, or use --preset retrieval"
    case .noInteractions: "check that the tables of users and items belong to these interactions"
    case .nothingToJudge: "give interactions that were not in the training data"
    case .tooFewInteractions(_, _, anywhereHelps: true):
      "add interactions, give --test, or set evaluation.split to anywhere"
    case .tooFewInteractions: "add interactions, or give --test"
    case .tooFewToValidate: "add interactions, or set model.validation_fraction higher"
    case .noSuchUser:
      "give --user-features with what is known of a new user, or --fallback for what most users took"
    case .noSuchItem: "give an item of the training data"
    case .unknownFeature(_, _, let suggestion?): "did you mean '\(suggestion)'?"
    case .unknownFeature: "leave it out, or train with it"
    case .notANumber: "write it as a number, such as 59811"
    case .badFilter(_, _, _, _, let suggestion?): "did you mean '\(suggestion)'?"
    case .badFilter:
      "write for example \"category in (toys, 'board games') and price < 20\""
    case .noCategory(_, _, let suggestion?): "did you mean '\(suggestion)'?"
    case .noCategory: "name a column of the items as --category, or train with item features"
    case .ruleOutOfRange: "give a number in this range"
    case .noDirection: "train with interactions or with features of it"
    case .otherVectors, .otherModel: "load this model with 'mlcore export pgvector' first"
    case .nothingKnown: "give a feature whose value occurs in the training data"
    case .noKnownItem: "give an item of the training data"
    case .vectorNotFinite: "train again with a smaller learning rate"
    case .sameIdentifier: "give every user and every item an identifier of its own"
    case .otherDimension: "give the vector that this model made of the user's features"
    case .identifiersTooLong: "choose --format npy or --format parquet"
    case .badStreamRecord: "correct the record, or leave it out"
    }
  }
}
