// The keys of pipeline.toml for a loop over interactions of users and items.
package import Configuration
package import LearningTasks
import Recommender

extension RecommenderLoopConfiguration: TaskLoopConfiguration {
  /// The keys of recommenders, in the order of pipeline.toml; tables come by being dropped.
  package static let settings: [Setting<RecommenderLoopConfiguration>] =
    RecommenderConfiguration.settings(within: \RecommenderLoopConfiguration.recommender) { key in
      let left = ["data.path", "data.users", "data.items"]
      return !left.contains(key)
        && ["seed", "data.", "evaluation.k", "model."].contains { key.hasPrefix($0) }
    } + [
      Setting(
        "train.holdout", \.holdout, .share,
        "The share of interactions on which models are judged that have not learnt from them"),
      Setting(
        "train.holdout_rows", \.holdoutRows, .heldRows,
        "How many of those are judged on: the newest ones"),
      Setting(
        "gate.margin", \.gate.margin, .part,
        "By which share the NDCG, or the RMSE of ratings, may surely not be worse than the champion's"
      ),
      Setting(
        "gate.coverage", \.gate.coverage, .part,
        "The share of the champion's catalogue coverage that is enough"),
      Setting(
        "gate.min_users", \.gate.minUsers, .integer(2...Int.max),
        "Judged users below which nothing is promoted"),
      Setting(
        "checks.unknown", \.checks.unknown, .somePart,
        "The share of rows that may have items new to the champion"),
      Setting(
        "checks.psi", \.checks.psi, .stability,
        "The stability index above which the taken items have drifted; more in small files"),
      Setting(
        "checks.refuse_drift", \.checks.refusesDrift, .flag,
        "Whether files with drifted items go to quarantine; else it is noted"),
      Setting(
        "checks.agreement", \.checks.agreement, .somePart,
        "How far the champion's share of right comparisons may fall on the rows of a file"),
      Setting(
        "predict.k", \.listLength, TwoTowerConfiguration.listLength,
        "How many items are recommended to each user of a list"),
      Setting(
        "deliver.pgvector", \.database, .text,
        "The database that gets the champion's vectors: postgresql://USER@HOST:PORT/DATABASE",
        auto: "none"),
      Setting(
        "deliver.index", \.isIndexed, .flag,
        "Whether the database gets an index of nearest neighbours too"),
    ]

  package func validate(file: String) throws {
    var complete = recommender
    complete.data.path = "inbox"
    try complete.validate()
  }

  package var delivery: String? {
    get throws { try database.map(RecommenderTask.databaseName) }
  }

  package func loop(in context: RunContext) -> any TaskLoop {
    RecommenderLoop(self, context: context)
  }
}
