// The measures by which recommenders are compared.
import Evaluation

/// How well lists of items, and predicted ratings, agree with what happened.
public struct RecommenderMetrics: Codable, Sendable, Equatable {
  /// The length of the lists.
  public var k: Int
  /// The users that were judged.
  public var users: Int
  /// The share of a user's items that the list holds, mean over users.
  public var recall: Double?
  /// The discounted gain of the list beside the best possible one.
  public var ndcg: Double?
  /// The share of users whose list holds any of their items.
  public var hitRate: Double?
  /// One over the place of the first of a user's items.
  public var reciprocalRank: Double?
  /// The share of all items that anybody is recommended.
  public var coverage: Double?
  /// The root mean squared error of ratings, in the scale of the ratings.
  public var rmse: Double?

  init(_ ranking: RankingMetrics?, k: Int, rmse: Double? = nil) {
    self.k = k
    users = ranking?.users ?? 0
    recall = ranking.map { ChurnMetrics.rounded($0.recall) }
    ndcg = ranking.map { ChurnMetrics.rounded($0.ndcg) }
    hitRate = ranking.map { ChurnMetrics.rounded($0.hitRate) }
    reciprocalRank = ranking.map { ChurnMetrics.rounded($0.reciprocalRank) }
    coverage = ranking.map { ChurnMetrics.rounded($0.coverage) }
    self.rmse = rmse.map(ChurnMetrics.rounded)
  }

  /// A key of JSON that is only known when the value is.
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Writes the measures with the length of the lists in their names: `recall_at_20`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(k, forKey: Key("k"))
    try container.encode(users, forKey: Key("users"))
    for (name, value) in [
      ("recall", recall), ("ndcg", ndcg), ("hit_rate", hitRate), ("mrr", reciprocalRank),
      ("coverage", coverage),
    ] {
      try container.encodeIfPresent(value, forKey: Key("\(name)_at_\(k)"))
    }
    try container.encodeIfPresent(rmse, forKey: Key("rmse"))
  }

  /// Reads what `encode` wrote.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let k = try container.decode(Int.self, forKey: Key("k"))
    func value(_ name: String) throws -> Double? {
      try container.decodeIfPresent(Double.self, forKey: Key(name))
    }
    self.k = k
    users = try container.decode(Int.self, forKey: Key("users"))
    recall = try value("recall_at_\(k)")
    ndcg = try value("ndcg_at_\(k)")
    hitRate = try value("hit_rate_at_\(k)")
    reciprocalRank = try value("mrr_at_\(k)")
    coverage = try value("coverage_at_\(k)")
    rmse = try value("rmse")
  }
}
