// What the gate of recommenders checks, in words.
import LearningTasks

extension GateSubject {
  static let users = GateSubject("users", "judged users") { "at least \($0.whole)" }
  static let commonUsers = GateSubject(
    "common_users", "judged users whom the champion knows"
  ) { "at least \($0.whole)" }

  // MARK: - Beside a baseline

  static let errorBesideMean = GateSubject(
    "mean_rmse_difference_upper", "upper end of the RMSE difference from the mean rating"
  ) { "below \($0.whole)" }
  static let gainBesidePopular = GateSubject(
    "popular_ndcg_difference_lower",
    "lower end of the NDCG difference from the most popular items"
  ) { "above \($0.whole)" }

  // MARK: - Beside the champion

  static let errorDifference = GateSubject(
    "rmse_difference_upper", "upper end of the RMSE difference"
  ) { "below \($0.short)" }
  static let gainDifference = GateSubject(
    "ndcg_difference_lower", "lower end of the NDCG difference"
  ) { "above \($0.short)" }
  static let coverage = GateSubject("coverage", "share of items that are recommended") {
    "at least \($0.short)"
  }
}
