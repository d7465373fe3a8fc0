// What a training reports while it runs and afterwards.

internal import NumericCore

/// One pass over the data.
public struct EpochReport: Sendable, Equatable {
  /// The number of the pass, from 1.
  public let epoch: Int
  /// The mean loss over the steps of the pass.
  public let loss: Double
  /// NDCG of the validation lists after the pass, on a large table those of some users; nil without
  /// validation.
  public let validationNDCG: Double?
  /// The error of the validation ratings after the pass; nil without validation or ratings.
  public let validationRMSE: Double?
  /// Seconds since the training began.
  public let seconds: Double
  /// Of these, the seconds that were not spent on validation.
  public let trainingSeconds: Double
}

/// What a training returns.
public struct FittedTwoTower: Sendable, Equatable {
  /// The towers after the best epoch.
  public let model: TwoTowerModel
  /// The vectors of the users of the training.
  public let users: Tower.Encoding
  /// The vectors of the items of the training.
  public let items: Tower.Encoding
  /// The passes, in order.
  public let history: [EpochReport]
  /// The pass whose towers these are: the best by validation, or the last one.
  public let bestEpoch: Int
  /// Interactions learnt from per second, without validation.
  public let samplesPerSecond: Double

  /// Returns the root mean squared error of inner products for ratings of the training's users and
  /// items.
  ///
  /// - Throws: `RecommenderError.noInteractions` and `noRatings`.
  public func ratingError(_ test: Interactions) throws -> Double {
    precondition(test.users == users.vectors.rows && test.items == items.vectors.rows)
    guard test.count > 0 else { throw RecommenderError.noInteractions }
    guard test.isRated else { throw RecommenderError.noRatings }
    return users.vectors.elements.withUnsafeBufferPointer { user in
      items.vectors.elements.withUnsafeBufferPointer { item in
        RatingError.rootMeanSquare(
          MatrixBlock(reading: user, rows: test.users, columns: model.dimension),
          MatrixBlock(reading: item, rows: test.items, columns: model.dimension), test)
      }
    }
  }
}
