// How good the towers and simpler models are, on interactions that none of them has seen: all items
// are ranked for every judged user, those that the user took in training left out.
import Evaluation
import NumericCore
import Recommender

/// What was measured.
struct RecommenderJudgement {
  var metrics: RecommenderMetrics?
  var baselines: [String: RecommenderMetrics] = [:]
  /// The passes that were best, for the final training.
  var epochs = 0
  var samplesPerSecond = 0.0
  /// On which interactions, in words.
  var judgedOn = ""
}

extension RecommenderFit {
  /// Judges the towers, unless only baselines are wanted, and the baselines.
  ///
  /// - Throws: `RecommenderError`, `PreprocessingError`; `TaskError.cancelled`.
  func judge(
    test: RatedPairs?, baselinesOnly: Bool, timings: inout RecommenderReport.Timings
  ) throws -> RecommenderJudgement {
    var (train, judged) = (data.pairs, data.pairs)
    var judgement = RecommenderJudgement()
    if let test {
      judged = test
      judgement.judgedOn = "on the \(test.count) interactions of the test table"
    } else {
      let split = division(
        of: data.pairs, share: configuration.judging.holdout, random: random.split(2))
      guard !split.test.isEmpty else {
        throw TaskError.recommender(.tooFewInteractions(count: data.pairs.count))
      }
      train = data.pairs.selecting(split.train)
      judged = data.pairs.selecting(split.test)
      judgement.judgedOn =
        "on \(judged.count) interactions set aside, before the final training"
    }
    let relevant = try judged.interactions(userCount: userCount, itemCount: itemCount).byUser
    if !baselinesOnly {
      let trained = try trained(train, phase: "training", timings: &timings)
      judgement.epochs = trained.fitted.history.count
      judgement.samplesPerSecond = trained.fitted.samplesPerSecond
      try context.begin("judging")
      judgement.metrics = try PhaseClock().measure(&timings.evaluate) {
        let index = try ExactIndex(trained.fitted.items.vectors)
        let lists = try index.search(
          trained.fitted.users.vectors, k: configuration.judging.k,
          excluding: trained.interactions.byUser, pool: context.pool)
        return RecommenderMetrics(
          lists.metrics(relevant: relevant, items: itemCount), k: configuration.judging.k,
          rmse: towers.loss == .squaredError ? rmse(of: trained.fitted, on: judged) : nil)
      }
    }
    judgement.baselines = try baselines(
      train, judged: judged, relevant: relevant, timings: &timings)
    return judgement
  }

  /// The root mean squared error of predicted ratings, in the scale of the ratings.
  private func rmse(of fitted: FittedTwoTower, on judged: RatedPairs) -> Double? {
    guard let ratings = judged.ratings else { return nil }
    let (users, items) = (fitted.users.vectors, fitted.items.vectors)
    let sum = ratings.indices.reduce(0.0) { sum, row in
      let (user, item) = (users.row(Int(judged.users[row])), items.row(Int(judged.items[row])))
      let product = zip(user, item).reduce(Float(0)) { $0 + $1.0 * $1.1 }
      let error = judged.rating(ofScaled: product) - ratings[row]
      return sum + error * error
    }
    return (sum / Double(max(1, ratings.count))).squareRoot()
  }
}
