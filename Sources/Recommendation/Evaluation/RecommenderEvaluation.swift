// How good the towers and simpler models are, on interactions that none of them has seen: all items
// are ranked for every judged user, those that the user took in training left out.
import Evaluation
import LearningTasks
import NumericCore
import Recommender
import Tables

/// What was measured.
struct RecommenderEvaluation {
  var metrics: RecommenderMetrics?
  /// The measures of the vectors where a graph ranks in place of them.
  var embeddings: RecommenderMetrics?
  /// The rows of a test table that the training does not know.
  var unknown: UnknownRows?
  var baselines: [String: RecommenderMetrics] = [:]
  /// The NDCG of each preset that was compared on a validation part; nil where one was asked for.
  var candidates: [String: Double]?
  /// The NDCG of each user by the model and by each baseline that ranks; NaN for those without an
  /// item to find.
  var gains: [Double] = []
  var baselineGains: [String: [Double]] = [:]
  /// The towers that were judged, if they have learnt from all interactions.
  var final: RecommenderFit.Trained?
  /// The epochs that were best, for the final training.
  var epochs = 0
  var samplesPerSecond = 0.0
  /// On which interactions.
  let judgedOn: EvaluationProtocol
}

extension RecommenderFit {
  /// Judges the towers, unless only baselines are wanted, and the baselines.
  ///
  /// - Throws: `RecommenderError`, `PreprocessingError`; `TaskError.cancelled`.
  func judge(
    test: RatedPairs?, baselinesOnly: Bool
  ) throws -> RecommenderEvaluation {
    let train: RatedPairs
    let judged: RatedPairs
    var judgement: RecommenderEvaluation
    if let test {
      train = data.pairs
      judged = try unseen(test)
      judgement = RecommenderEvaluation(judgedOn: .test("the test table", rows: judged.count))
    } else {
      let split = try judgingSplit()
      train = data.pairs.selecting(split.train)
      judged = data.pairs.selecting(split.test)
      judgement = RecommenderEvaluation(judgedOn: .holdout(rows: judged.count))
    }
    if !baselinesOnly {
      let trained = try trained(train, phase: "training")
      if test != nil { judgement.final = trained }
      try judge(trained, on: judged, &judgement)
      judgement.unknown = try test.flatMap {
        try UnknownRows(
          $0.unknown, scorer: trained.scorer, users: userCount, items: itemCount,
          seen: trained.interactions.byUser, k: configuration.judging.k, pool: context.pool)
      }
    }
    try judgeBaselines(train, on: judged, &judgement)
    return judgement
  }

  /// Judges towers, and the baselines, on interactions that the towers have not learnt from.
  ///
  /// - Throws: `RecommenderError`; `TaskError.cancelled`.
  func evaluation(
    of trained: Trained, trainedOn train: RatedPairs, on judged: RatedPairs
  ) throws -> RecommenderEvaluation {
    var judgement = RecommenderEvaluation(judgedOn: .holdout(rows: judged.count))
    try judge(trained, on: judged, &judgement)
    try judgeBaselines(train, on: judged, &judgement)
    return judgement
  }

  private func judge(
    _ trained: Trained, on judged: RatedPairs, _ judgement: inout RecommenderEvaluation
  ) throws {
    judgement.epochs = trained.fitted.history.count
    judgement.samplesPerSecond = trained.fitted.samplesPerSecond
    try context.begin("judging")
    let (users, items) = (trained.fitted.users.vectors, trained.fitted.items.vectors)
    let k = configuration.judging.k
    let predictsRatings = towers.loss == .squaredError
    (judgement.metrics, judgement.gains) = try context.measure(.evaluate) {
      let relevant = try judged.interactions(userCount: users.rows, itemCount: items.rows).byUser
      let lists = try trained.scorer.lists(
        users: users.rows, k: k, excluding: trained.interactions.byUser, pool: context.pool)
      let metrics = RecommenderMetrics(
        lists, of: trained.scorer, relevant: relevant, items: items.rows, judged: judged, k: k,
        predictsRatings: predictsRatings)
      return (metrics, lists.userGains(relevant: relevant))
    }
    guard trained.graph != nil else { return }
    judgement.embeddings = try context.measure(.evaluate) {
      try RecommenderMetrics(
        VectorScorer(users: users, items: items), users: users.rows, items: items.rows,
        seen: trained.interactions.byUser, judged: judged, k: k, predictsRatings: false,
        pool: context.pool)
    }
  }

  /// The rows that are set aside to judge on where there is no test table, and the others.
  ///
  /// - Throws: `RecommendationError.tooFewInteractions` if none can be set aside.
  func judgingSplit() throws -> RecommenderSplit {
    let split = division(
      of: data.pairs, share: configuration.judging.holdout, random: random.split(2))
    guard !split.test.isEmpty else {
      let any = RecommenderSplit.anywhere(
        count: data.pairs.count, share: configuration.judging.holdout, random: random.split(2))
      throw RecommendationError.tooFewInteractions(
        count: data.pairs.count, data: configuration.shownData, anywhereHelps: !any.test.isEmpty)
    }
    return split
  }

  /// The interactions of a test table that are not in the training data: those are left out of the
  /// ranking, where they could never be found, and are no test of ratings.
  private func unseen(_ test: RatedPairs) throws -> RatedPairs {
    let known = try data.pairs.interactions(userCount: userCount, itemCount: itemCount)
    return try test.excluding(
      known.byUser, data: LocationText.shown(configuration.judging.test ?? ""), context: context)
  }
}

extension RatedPairs {
  /// The rows whose user and item are not among the interactions that a model has learnt from, with
  /// a warning if there are others.
  ///
  /// - Throws: `RecommendationError.nothingToJudge` if there is none.
  func excluding(_ known: SparseRows, data: String, context: RunContext) throws -> RatedPairs {
    let unseen = excluding(known)
    guard unseen.count > 0 else { throw RecommendationError.nothingToJudge(data: data) }
    if unseen.count < count {
      context.warn([
        "\(data): \(count - unseen.count) of \(count) interactions are also in the training "
          + "data and are not evaluated"
      ])
    }
    return unseen
  }
}

extension ItemScorer {
  /// The `k` best items of the first users, without those in `excluding`.
  ///
  /// - Throws: `RecommenderError`.
  func lists(
    users: Int, k: Int, excluding: SparseRows, pool: WorkerPool
  ) throws -> RankedItems {
    try ranked((0..<users).map(ItemQuery.user), k: k, excluding: excluding, pool: pool)
  }
}

extension RecommenderMetrics {
  /// Measures a scorer on interactions that it has not learnt from.
  ///
  /// - Parameters:
  ///   - users: the number of users, and of items.
  ///   - seen: the items that no list of a user may hold.
  ///   - predictsRatings: whether scores stand for ratings.
  /// - Throws: `RecommenderError`.
  init(
    _ scorer: any ItemScorer, users: Int, items: Int, seen: SparseRows, judged: RatedPairs, k: Int,
    predictsRatings: Bool, pool: WorkerPool
  ) throws {
    let relevant = try judged.interactions(userCount: users, itemCount: items).byUser
    self.init(
      try scorer.lists(users: users, k: k, excluding: seen, pool: pool), of: scorer,
      relevant: relevant, items: items, judged: judged, k: k, predictsRatings: predictsRatings)
  }

  /// Measures lists of a scorer by the items that their users took.
  fileprivate init(
    _ lists: RankedItems, of scorer: any ItemScorer, relevant: SparseRows, items: Int,
    judged: RatedPairs, k: Int, predictsRatings: Bool
  ) {
    var squares = 0.0
    for (row, rating) in (predictsRatings ? judged.ratings ?? [] : []).enumerated() {
      let score = scorer.score(judged.items[row], for: .user(Int(judged.users[row])))
      let error = judged.rating(ofScaled: Float(score)) - rating
      squares += error * error
    }
    let rmse = (squares / Double(max(1, judged.count))).squareRoot()
    self.init(
      lists.metrics(relevant: relevant, items: items), k: k,
      rmse: predictsRatings && judged.ratings != nil ? rmse : nil)
  }
}

extension RecommenderEvaluation {
  /// A warning of the baseline that ranks best, if it ranks better than the model by more than the
  /// 95 % interval of the bootstrap over users.
  func baselineWarning(pool: WorkerPool) -> RunWarning? {
    let judged = gains.indices.filter { !gains[$0].isNaN }
    guard let metrics, let own = metrics.ndcg, !judged.isEmpty else { return nil }
    let ranked = baselineGains.keys.sorted().compactMap { name in
      baselines[name]?.ndcg.map { (name: name, ndcg: $0) }
    }
    // Of equal baselines the first one by name.
    guard
      let best = ranked.max(by: { $0.ndcg < $1.ndcg || ($0.ndcg == $1.ndcg && $0.name > $1.name) }),
      best.ndcg > own, let others = baselineGains[best.name]
    else { return nil }
    let difference = PairedComparison.Difference.means(
      first: judged.map { gains[$0] }, second: judged.map { others[$0] }, pool: pool)
    guard difference.lower > 0 else { return nil }
    return .betterBaseline(name: best.name, k: metrics.k, model: own, baseline: best.ndcg)
  }
}
