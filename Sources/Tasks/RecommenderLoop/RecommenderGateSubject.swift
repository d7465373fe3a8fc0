// What the gate of recommenders checks, in words.

/// A check of a recommender.
enum RecommenderGateSubject: GateSubject {
  case users, commonUsers
  /// Beside the mean rating, or the most popular items.
  case errorBesideMean, gainBesidePopular
  /// Beside the champion.
  case errorDifference, gainDifference, coverage

  func words(bound: Double) -> (id: String, name: String, expected: String) {
    let (short, whole) = (LoopNumber.short(bound), LoopNumber.whole(bound))
    return switch self {
    case .users: ("users", "judged users", "at least \(whole)")
    case .commonUsers:
      ("common_users", "judged users whom the champion knows", "at least \(whole)")
    case .errorBesideMean:
      (
        "mean_rmse_difference_upper", "upper end of the RMSE difference from the mean rating",
        "below \(whole)"
      )
    case .gainBesidePopular:
      (
        "popular_ndcg_difference_lower",
        "lower end of the NDCG difference from the most popular items", "above \(whole)"
      )
    case .errorDifference:
      ("rmse_difference_upper", "upper end of the RMSE difference", "below \(short)")
    case .gainDifference:
      ("ndcg_difference_lower", "lower end of the NDCG difference", "above \(short)")
    case .coverage: ("coverage", "share of items that are recommended", "at least \(short)")
    }
  }
}
