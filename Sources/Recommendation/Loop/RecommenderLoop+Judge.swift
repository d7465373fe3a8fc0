// The gate: whether a challenger may take the champion's place. Their holdout models recommend to the
// same users, whose newest interactions neither has learnt from; every number goes into gate.json.
import Evaluation
import LearningTasks
import LoopContract
import NumericCore
import Recommender
import Storage
import Tables
import Texts

/// gate.json of a recommender.
struct RecommenderGateDocument: Encodable {
  /// Two models on the users and items that both know.
  struct Comparison: Encodable {
    /// The users, items and interactions that were judged on.
    var users: Int
    var items: Int
    var interactions: Int
    /// The discounted gain of the first `k` items; first the champion's or baseline's.
    var ndcg: PairedComparison.Difference
    /// The root mean squared error, where both predict ratings.
    var rmse: PairedComparison.Difference?
    /// The share of items that anybody is recommended, by each of the two.
    var coverage: [Double]
  }

  /// The challenger, and the model that was judged in its place.
  var challenger: String
  var holdoutModel: String
  var champion: String?
  /// The length of judged lists.
  var k: Int
  /// How often the champion was compared on these or overlapping interactions before.
  var comparisons: Int
  /// Beside the most popular items, or the mean rating; nil if no user can be judged.
  var baseline: Comparison?
  /// Beside the champion.
  var paired: Comparison?
  var checks: [GateCheck] = []
  var passes = false

  enum CodingKeys: String, CodingKey {
    case challenger, champion, k, comparisons, baseline, paired, checks, passes
    case holdoutModel = "holdout_model"
  }
}

extension RecommenderLoop {
  func judge(
    _ candidate: String, work: String, champion: String?, comparisons: Int
  ) throws -> Verdict {
    let holdout = try Self.holdoutModel(of: candidate)
    let table = try Table.read(
      from: "\(work)/\(Self.judgedName)",
      options: ReadOptions(
        kinds: ["user": .category, "item": .category], verbatim: ["user", "item"])
    ).table
    let judgingFile = "\(work)/\(Self.judgingName)"
    let judging = try JSONDocument.value(
      RecommenderJudging.self, from: try AtomicFile.read(judgingFile), file: judgingFile)
    var checks: [GateCheck] = []
    let own = JudgedUsers(table, models: [holdout])
    let baseline = try compareWithBaseline(own, holdout, judging, &checks)
    var document = RecommenderGateDocument(
      challenger: try Self.version(of: candidate), holdoutModel: holdout.version, k: k,
      comparisons: comparisons, baseline: baseline)
    if let champion {
      let other = try Self.holdoutModel(of: champion)
      document.champion = try Self.version(of: champion)
      document.paired = try compare(
        JudgedUsers(table, models: [other, holdout]), other, holdout, &checks)
    }
    document.checks = checks
    document.passes = checks.allSatisfy(\.passes)
    try LoopFolder.write(document, to: "\(candidate)/\(LoopFolder.gate)")
    return Verdict(checks, metrics: shown(document))
  }

  private var k: Int { configuration.recommender.judging.k }

  /// What a challenger must show by itself.
  private func compareWithBaseline(
    _ judged: JudgedUsers, _ holdout: RecommenderModel, _ judging: RecommenderJudging,
    _ checks: inout [GateCheck]
  ) throws -> RecommenderGateDocument.Comparison? {
    checks.append(enoughUsers(judged, .users))
    guard judged.count > 0 else { return nil }
    let lists = try judged.lists(of: 0, k: k, pool: context.pool)
    let popular = try judged.popularLists(k: k, pool: context.pool)
    var comparison = RecommenderGateDocument.Comparison(
      judged, popular, lists, pool: context.pool)
    if holdout.layout.predictsRatings, let mean = judging.meanRating,
      let errors = judged.squaredErrors(of: 0), let others = judged.squaredErrors(ofMean: mean)
    {
      let rmse = difference(ofErrors: others, errors, judged)
      comparison.rmse = rmse
      checks.append(
        GateCheck(.errorBesideMean, rmse.upper, .below, 0))
    } else {
      checks.append(
        GateCheck(.gainBesidePopular, comparison.ndcg.lower, .above, 0))
    }
    return comparison
  }

  /// What a challenger must show beside the champion.
  private func compare(
    _ judged: JudgedUsers, _ champion: RecommenderModel, _ challenger: RecommenderModel,
    _ checks: inout [GateCheck]
  ) throws -> RecommenderGateDocument.Comparison? {
    let gate = configuration.gate
    checks.append(enoughUsers(judged, .commonUsers))
    guard judged.count > 0 else { return nil }
    let lists = try [0, 1].map { try judged.lists(of: $0, k: k, pool: context.pool) }
    var comparison = RecommenderGateDocument.Comparison(
      judged, lists[0], lists[1], pool: context.pool)
    if champion.layout.predictsRatings, challenger.layout.predictsRatings,
      let before = judged.squaredErrors(of: 0), let after = judged.squaredErrors(of: 1)
    {
      let rmse = difference(ofErrors: before, after, judged)
      comparison.rmse = rmse
      checks.append(
        GateCheck(.errorDifference, rmse.upper, .below, gate.margin * rmse.first))
      return comparison
    }
    checks += [
      GateCheck(
        .gainDifference, comparison.ndcg.lower, .above,
        -(gate.margin * comparison.ndcg.first)),
      GateCheck(
        .coverage, comparison.coverage[1], .atLeast,
        gate.coverage * comparison.coverage[0]),
    ]
    return comparison
  }

  private func enoughUsers(
    _ judged: JudgedUsers, _ subject: GateSubject
  ) -> GateCheck {
    GateCheck(subject, Double(judged.count), .atLeast, Double(configuration.gate.minUsers))
  }

  private func difference(
    ofErrors first: [Double], _ second: [Double], _ judged: JudgedUsers
  ) -> PairedComparison.Difference {
    .means(
      first: first, second: second, weights: judged.weights, isSquared: true, pool: context.pool)
  }

  /// Numbers worth showing of a verdict.
  private func shown(_ document: RecommenderGateDocument) -> [String: Double] {
    guard let baseline = document.baseline else { return [:] }
    var shown = ["judged_users": Double(baseline.users)]
    if let rmse = baseline.rmse {
      shown["mean_rating_rmse"] = rmse.first
    } else {
      shown["popularity_ndcg"] = baseline.ndcg.first
    }
    guard let paired = document.paired else { return shown }
    let (name, difference) = paired.rmse.map { ("rmse", $0) } ?? ("ndcg", paired.ndcg)
    shown["\(name)_difference"] = difference.value
    shown["\(name)_difference_lower"] = difference.lower
    shown["\(name)_difference_upper"] = difference.upper
    shown["champion_\(name)"] = difference.first
    return shown
  }
}

extension RecommenderGateDocument.Comparison {
  typealias Lists = (gains: [Double], metrics: RankingMetrics)

  fileprivate init(_ judged: JudgedUsers, _ first: Lists, _ second: Lists, pool: WorkerPool) {
    users = judged.count
    items = judged.itemCount
    interactions = judged.interactions
    ndcg = .means(first: first.gains, second: second.gains, pool: pool)
    coverage = [first.metrics.coverage, second.metrics.coverage]
  }
}
