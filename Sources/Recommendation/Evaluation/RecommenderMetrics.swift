// The measures by which recommenders are compared.
import Evaluation
import LearningTasks

/// How well lists of items, and predicted ratings, agree with what happened.
package struct RecommenderMetrics: Codable, Sendable, Equatable {
  /// The length of the lists.
  package var k: Int
  /// The users that were judged.
  package var users: Int
  /// The share of a user's items that the list holds, mean over users.
  package var recall: Double?
  /// The discounted gain of the list beside the best possible one.
  package var ndcg: Double?
  /// The share of users whose list holds any of their items.
  package var hitRate: Double?
  /// One over the place of the first of a user's items.
  package var reciprocalRank: Double?
  /// The share of all items that anybody is recommended.
  package var coverage: Double?
  /// The root mean squared error of ratings, in the scale of the ratings.
  package var rmse: Double?

  init(_ ranking: RankingMetrics?, k: Int, rmse: Double? = nil) {
    self.k = k
    users = ranking?.users ?? 0
    recall = ranking.map { $0.recall.reported }
    ndcg = ranking.map { $0.ndcg.reported }
    hitRate = ranking.map { $0.hitRate.reported }
    reciprocalRank = ranking.map { $0.reciprocalRank.reported }
    coverage = ranking.map { $0.coverage.reported }
    self.rmse = rmse?.reported
  }

  /// Writes the measures with the length of the lists in their names: `recall_at_20`.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NamedKey.self)
    try container.encode(k, forKey: NamedKey("k"))
    try container.encode(users, forKey: NamedKey("users"))
    for (name, value) in [
      ("recall", recall), ("ndcg", ndcg), ("hit_rate", hitRate), ("mrr", reciprocalRank),
      ("coverage", coverage),
    ] {
      try container.encodeIfPresent(value, forKey: NamedKey("\(name)_at_\(k)"))
    }
    try container.encodeIfPresent(rmse, forKey: NamedKey("rmse"))
  }

  /// Reads what `encode` wrote.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: NamedKey.self)
    let k = try container.decode(Int.self, forKey: NamedKey("k"))
    func value(_ name: String) throws -> Double? {
      try container.decodeIfPresent(Double.self, forKey: NamedKey(name))
    }
    self.k = k
    users = try container.decode(Int.self, forKey: NamedKey("users"))
    recall = try value("recall_at_\(k)")
    ndcg = try value("ndcg_at_\(k)")
    hitRate = try value("hit_rate_at_\(k)")
    reciprocalRank = try value("mrr_at_\(k)")
    coverage = try value("coverage_at_\(k)")
    rmse = try value("rmse")
  }
}
