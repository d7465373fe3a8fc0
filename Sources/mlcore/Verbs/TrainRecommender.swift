// `mlcore train recommender`: the flags, laid over the configuration, and the run.
import ArgumentParser
import LearningTasks
import Recommendation
import Storage

/// Trains a recommender.
struct TrainRecommender: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recommender",
    abstract: "Train a recommender on interactions or ratings.",
    discussion: """
      Settings come from built-in defaults, then --config, then --set, then flags. The run folder \
      holds the towers, the embeddings, the scalers, metrics and run.toml, which repeats the run.
      """)

  @OptionGroup(title: "Data") var data: SettingOptions<RecommenderDataFlags>
  @OptionGroup(title: "Model") var model: SettingOptions<TowerFlags>
  @OptionGroup var options: RunOptions<RecommenderConfiguration>
  @Flag(help: "Train and judge the baselines only; no folder is written.")
  var baselineOnly = false

  func run() throws {
    let configuration = try options.configuration {
      try data.apply(to: &$0)
      try model.apply(to: &$0)
    }
    try configuration.validate()
    func text(_ report: RecommenderReport) -> String {
      RecommenderTask.text(report, for: .output)
    }
    guard !baselineOnly else {
      return try options.show(text: text) {
        try RecommenderTask.train(configuration, into: nil, shownAs: "", context: $0)
      }
    }
    try options.write(inputs: configuration.inputs, text: text) {
      try RecommenderTask.train(configuration, into: $0, shownAs: $1, context: $2)
    }
  }
}
