// How much each column contributed to a model, as documents tell it.
import GradientBoosting
import Texts

/// How much a feature contributed to the trees.
package struct ReportedImportance: Codable, Sendable {
  /// The column.
  package var feature: String
  /// The sum of the gains of its splits.
  package var gain: Double
  /// The number of its splits.
  package var splits: Int
  /// Its share of the gains of all features, 0 to 1.
  package var share: Double
  /// The mean absolute Shapley value, in raw scores (of a classifier log-odds), over at most 2,000
  /// training rows.
  package var meanAbsoluteContribution: Double

  enum CodingKeys: String, CodingKey {
    case feature, gain, splits, share
    case meanAbsoluteContribution = "mean_abs_contribution"
  }

  /// The features of a model, most important first.
  ///
  /// - Parameter contributions: the mean absolute contribution of each feature, by name.
  static func all(
    of trees: BoostedTrees, contributions: [ByteText: Double]
  ) -> [ReportedImportance] {
    trees.importances().map {
      ReportedImportance(
        feature: $0.feature, gain: $0.gain, splits: $0.splits, share: $0.share,
        meanAbsoluteContribution: contributions[ByteText($0.feature)] ?? 0)
    }
  }
}
