// What can go wrong in training and searching, as facts.

/// An error of this module.
public enum RecommenderError: Error, Equatable, Sendable {
  /// A parameter is out of its range.
  case parameterOutOfRange(name: String, found: String, expected: String)
  /// There is nothing to learn from.
  case noInteractions
  /// A rating is NaN or infinite.
  case unusableRating(interaction: Int, found: Float)
  /// The loss needs ratings and the interactions have none.
  case noRatings
  /// A number of an entity's features is NaN or infinite.
  case unusableFeature(side: String, entity: Int, column: Int, found: Float)
  /// A side has neither an id embedding nor any feature.
  case noInputs(side: String)
  /// A vector of an index is NaN or infinite.
  case unusableVector(row: Int)
  /// A model would need more memory than allowed.
  case tooLarge(what: String, bytes: Int, most: Int)
  /// The matrix of a closed-form model cannot be inverted.
  case notPositiveDefinite(what: String)
  /// The loss became NaN or infinite.
  case diverged(epoch: Int)
  /// A stored model lacks an array, or one has another shape.
  case corruptModel(reason: String)
  /// The caller stopped the training.
  case cancelled
}

extension RecommenderError: CustomStringConvertible {
  /// The facts, in one line.
  public var description: String {
    switch self {
    case .parameterOutOfRange(let name, let found, let expected):
      "\(name) is \(found), expected \(expected)"
    case .noInteractions: "there are no interactions to train on"
    case .unusableRating(let interaction, let found):
      "the rating of interaction \(interaction + 1) is \(found), expected a finite number"
    case .noRatings: "squared error needs ratings, and the interactions have none"
    case .unusableFeature(let side, let entity, let column, let found):
      "number \(column + 1) of \(side) \(entity + 1) is \(found), expected a finite number"
    case .noInputs(let side): "the \(side) tower has neither an id embedding nor features"
    case .unusableVector(let row): "vector \(row + 1) holds NaN or infinity"
    case .tooLarge(let what, let bytes, let most):
      "\(what) needs \(bytes >> 20) MiB of memory, and the limit is \(most >> 20) MiB"
    case .notPositiveDefinite(let what): "the matrix of \(what) is not positive definite"
    case .diverged(let epoch): "the loss of epoch \(epoch) is not a finite number"
    case .corruptModel(let reason): "the model file is damaged: \(reason)"
    case .cancelled: "training was cancelled"
    }
  }
}
