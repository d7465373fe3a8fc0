// The keys of pipeline.toml for a loop over interactions of users and items.
import Configuration
import Pipeline
import Recommender
import Tasks

extension LoopSettings {
  /// The keys of recommenders; tables come by being dropped.
  static let recommenderSettings: [Setting<LoopSettings>] =
    taken(
      \.recommender.recommender, "seed", "data.", "evaluation.k", "model.",
      leaving: ["data.path", "data.users", "data.items"])
    + [
      Setting(
        "train.holdout", \.recommender.holdout, .share,
        "The share of interactions on which models are judged that have not learnt from them"),
      Setting(
        "train.holdout_rows", \.recommender.holdoutRows, heldRows,
        "How many of those are judged on: the newest ones"),
      Setting(
        "gate.margin", \.recommender.gate.margin, part,
        "By which share the NDCG, or the RMSE of ratings, may surely not be worse than the champion's"
      ),
      Setting(
        "gate.coverage", \.recommender.gate.coverage, part,
        "The share of the champion's catalogue coverage that is enough"),
      Setting(
        "gate.min_users", \.recommender.gate.minUsers, .integer(2...Int.max),
        "Judged users below which nothing is promoted"),
      Setting(
        "checks.unknown", \.recommender.checks.unknown, somePart,
        "The share of rows that may have items new to the champion"),
      Setting(
        "checks.psi", \.recommender.checks.psi, stability,
        "The stability index above which the taken items have drifted; more in small files"),
      Setting(
        "checks.refuse_drift", \.recommender.checks.refusesDrift, .flag,
        "Whether files with drifted items go to quarantine; else it is noted"),
      Setting(
        "checks.agreement", \.recommender.checks.agreement, somePart,
        "How far the champion's share of right comparisons may fall on the rows of a file"),
      Setting(
        "predict.k", \.recommender.listLength, TwoTowerConfiguration.listLength,
        "How many items are recommended to each user of a list"),
      Setting(
        "deliver.pgvector", \.recommender.database, .text,
        "The database that gets the champion's vectors: postgresql://USER@HOST:PORT/DATABASE",
        auto: "none"),
      Setting(
        "deliver.index", \.recommender.isIndexed, .flag,
        "Whether the database gets an index of nearest neighbours too"),
    ]

  /// Checks what keys cannot check alone.
  ///
  /// - Throws: `ConfigurationError`; `ConnectorError` for a database with a password in its location.
  mutating func validateRecommender() throws {
    var complete = recommender.recommender
    complete.data.path = "inbox"
    try complete.validate()
    pipeline.delivery = try recommender.database.map(RecommenderTask.databaseName)
  }
}
