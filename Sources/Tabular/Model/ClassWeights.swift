// How much rows of each class count in training, and the way back to true odds.
import Glibc

/// The weights of the two classes of some training rows.
package struct ClassWeights: Sendable, Equatable {
  let positive: Double
  let negative: Double

  /// The weights of rows that all count alike.
  static let even = ClassWeights(positive: 1, negative: 1)

  /// Takes the weight of a positive row and that of a negative one.
  package init(positive: Double, negative: Double) {
    self.positive = positive
    self.negative = negative
  }

  /// Whether all rows count 1.
  var isEven: Bool { positive == 1 && negative == 1 }

  /// The weight of each row by its label, 1 or 0; nil where all count 1.
  func ofRows(_ labels: [Double]) -> [Double]? {
    isEven ? nil : labels.map { $0 == 1 ? positive : negative }
  }

  /// What to add to the log-odds of a model that was trained with these weights.
  ///
  /// Weighting multiplies the odds of every kind of row by `positive / negative`.
  var logOddsCorrection: Double { log(negative / positive) }
}
