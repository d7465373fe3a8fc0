// Simpler recommenders on the same interactions, which the towers are shown beside.
import Evaluation
import LearningTasks
import NumericCore
import Recommender

extension RecommenderFit {
  /// Trains and judges the baselines that are wanted.
  ///
  /// - Parameters:
  ///   - train: the interactions to learn from.
  ///   - judged: the interactions to judge on.
  ///   - judgement: gets the measures of each baseline.
  /// - Throws: `RecommenderError`; `TaskError.cancelled`.
  func judgeBaselines(
    _ train: RatedPairs, on judged: RatedPairs, _ judgement: inout RecommenderEvaluation
  ) throws {
    let relevant = try judged.interactions(userCount: userCount, itemCount: itemCount).byUser
    let interactions = try train.interactions(userCount: userCount, itemCount: itemCount)
    let k = configuration.judging.k
    for name in configuration.judging.baselines {
      // A model is no baseline of itself.
      guard let baseline = RecommenderBaseline(rawValue: name), baseline.ranks,
        name != preset.rawValue
      else { continue }
      try context.begin("baseline \(name)")
      do {
        let lists = try context.measure(.baselines) {
          try self.lists(of: baseline, interactions, k: k)
        }
        judgement.baselineGains[name] = lists.userGains(relevant: relevant)
        judgement.baselines[name] = RecommenderMetrics(
          lists.metrics(relevant: relevant, items: itemCount), k: k)
      } catch let error as RecommenderError {
        guard case .tooLarge = error else { throw error }
        context.progress(.note("the baseline \(name) is left out: \(error.description)"))
      }
    }
    if let scale = train.scale {
      let held = try judged.interactions(userCount: userCount, itemCount: itemCount)
      let errors = try RatingBias(interactions).errors(held)
      // Ratings were learnt on a scale of 2.
      let unit = (scale.upperBound - scale.lowerBound) / 2
      judgement.baselines["global_mean"] = RecommenderMetrics(nil, k: k, rmse: errors.mean * unit)
      judgement.baselines["bias"] = RecommenderMetrics(nil, k: k, rmse: errors.bias * unit)
      let factors = RecommenderBaseline.factors.rawValue
      guard configuration.judging.baselines.contains(factors) else { return }
      try context.begin("baseline \(factors)")
      let error = try context.measure(.baselines) {
        try RatingFactors.fit(
          interactions, seed: UInt64(configuration.seed), pool: context.pool
        ).error(held)
      }
      judgement.baselines[factors] = RecommenderMetrics(nil, k: k, rmse: error * unit)
    }
  }

  /// What a baseline recommends to all users.
  private func lists(
    of baseline: RecommenderBaseline, _ interactions: Interactions, k: Int
  ) throws -> RankedItems {
    let (seen, pool) = (interactions.byUser, context.pool)
    switch baseline {
    case .popularity:
      return try Popularity(interactions).recommend(
        users: userCount, k: k, excluding: seen, pool: pool)
    case .ials:
      return try ImplicitALS.fit(interactions, seed: UInt64(configuration.seed), pool: pool)
        .recommend(k: k, excluding: seen, pool: pool)
    case .ease:
      return try ease(interactions).graph.recommend(seen, k: k, excluding: seen, pool: pool)
    case .graph:
      return try graphFilter(interactions).graph.recommend(
        seen, k: k, excluding: seen, pool: pool)
    case .factors:
      preconditionFailure("the baseline factors predicts ratings only")
    }
  }
}
