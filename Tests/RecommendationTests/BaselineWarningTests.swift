// Whether a training says that a baseline ranks better than its towers.
import Evaluation
import LearningTasks
import NumericCore
import TestSupport
import Testing

@testable import Recommendation

@Suite(.onOwnThread) struct BaselineWarningTests {
  private let pool = WorkerPool(threads: 2)

  /// Measures of lists with these gains.
  private func metrics(_ gains: [Double]) -> RecommenderMetrics {
    var metrics = RecommenderMetrics(nil, k: 5)
    let judged = gains.filter { !$0.isNaN }
    metrics.users = judged.count
    metrics.ndcg = judged.reduce(0, +) / Double(judged.count)
    return metrics
  }

  private func warning(towers: [Double], _ baselines: [String: [Double]]) -> RunWarning? {
    var judgement = RecommenderEvaluation(judgedOn: .holdout(rows: towers.count))
    judgement.metrics = metrics(towers)
    judgement.gains = towers
    judgement.baselineGains = baselines
    judgement.baselines = baselines.mapValues(metrics)
    return judgement.baselineWarning(pool: pool)
  }

  private let towers = (0..<200).map { user in user == 7 ? Double.nan : Double(user % 4) / 10 }

  @Test func `the best of the baselines that rank better is named`() throws {
    let ease = towers.map { $0 + 0.3 }
    let found = warning(
      towers: towers, ["ease": ease, "ials": towers.map { $0 + 0.2 }, "popularity": towers])
    let model = try #require(metrics(towers).ndcg)
    let baseline = try #require(metrics(ease).ndcg)
    #expect(found == .betterBaseline(name: "ease", k: 5, model: model, baseline: baseline))
  }

  @Test func `a baseline within the noise, an equal or a worse one is not`() {
    // Better by 0.01 in the mean, while single users differ by 0.5.
    let noisy = towers.indices.map { towers[$0] + ($0 % 2 == 0 ? 0.51 : -0.49) }
    #expect(warning(towers: towers, ["ials": noisy]) == nil)
    #expect(warning(towers: towers, ["ials": towers]) == nil)
    #expect(warning(towers: towers, ["ials": towers.map { $0 - 0.1 }]) == nil)
    #expect(warning(towers: towers, [:]) == nil)
  }
}
