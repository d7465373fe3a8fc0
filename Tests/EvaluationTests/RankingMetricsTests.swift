// Ranking measures of lists small enough to work out by hand.
import Evaluation
import TestSupport
import Testing

@Suite(.onOwnThread) struct RankingMetricsTests {
  @Test func `one user's measures are those worked out by hand`() {
    // Relevant: 1, 4, 7. Found at places 1 and 3 of 3.
    let metrics = RankingMetrics(
      lists: [4, 0, 1], k: 3, offsets: [0, 3], relevant: [1, 4, 7], items: 10)
    #expect(metrics.users == 1)
    #expect(abs(metrics.recall - 2.0 / 3) < 1e-12)
    #expect(abs(metrics.truncatedRecall - 2.0 / 3) < 1e-12)
    // (1 + 1/2) / (1 + 1/log2(3) + 1/2)
    #expect(abs(metrics.ndcg - 1.5 / 2.1309297535714573) < 1e-12)
    #expect(metrics.hitRate == 1 && metrics.reciprocalRank == 1)
    #expect(abs(metrics.coverage - 0.3) < 1e-12)
  }

  @Test func `means leave out users without relevant items and lists may be short`() {
    let metrics = RankingMetrics(
      lists: [3, 2, 0, 1, 1, -1, 5, 4], k: 2, offsets: [0, 1, 1, 2, 6],
      relevant: [2, 0, 0, 1, 2, 3], items: 6)
    // User 0 finds 2 at place 2; user 1 has nothing to find; user 2 misses; user 3 misses.
    #expect(metrics.users == 3)
    #expect(abs(metrics.recall - 1.0 / 3) < 1e-12)
    #expect(abs(metrics.ndcg - 0.6309297535714575 / 3) < 1e-12)
    #expect(abs(metrics.hitRate - 1.0 / 3) < 1e-12)
    #expect(abs(metrics.reciprocalRank - 0.5 / 3) < 1e-12)
    // Items 3, 2, 1, 5, 4 are shown to users who count.
    #expect(abs(metrics.coverage - 5.0 / 6) < 1e-12)
  }

  @Test func `a user with more relevant items than places can reach 1 only in truncated recall`() {
    let metrics = RankingMetrics(
      lists: [0, 1], k: 2, offsets: [0, 4], relevant: [0, 1, 2, 3], items: 4)
    #expect(metrics.recall == 0.5 && metrics.truncatedRecall == 1 && metrics.ndcg == 1)
  }

  @Test func `without anything relevant all means are 0`() {
    let metrics = RankingMetrics(lists: [0, -1], k: 2, offsets: [0, 0], relevant: [], items: 3)
    #expect(metrics.users == 0 && metrics.ndcg == 0 && metrics.recall == 0 && metrics.hitRate == 0)
  }
}
