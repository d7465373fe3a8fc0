// A small recommender, whose files are damaged.
import ModelFormats
import NumericCore
import Preprocessing
import Recommender
import Storage
import TestSupport

@testable import LearningTasks
@testable import Recommendation

/// A recommender of a made-up shop.
struct RecommenderBase {
  let folder: TemporaryFolder
  let model: String
  let file: SafetensorsFile
  /// The item graph; nil for towers alone.
  let graph: SafetensorsFile?
  /// The columns of its items.
  let itemTable: SafetensorsFile
  let manifest: Manifest
  let pool = WorkerPool(threads: 1)

  init(_ preset: RecommenderPreset = .lab) throws {
    folder = try TemporaryFolder()
    var text = "user,item,rating,country,credit,line\n"
    for user in 0..<16 {
      for item in 0..<8 where (user * 5 + item * 3) % 7 < (user % 2 == item % 2 ? 5 : 2) {
        text += "u\(user),i\(item),\(user % 2 == item % 2 ? 5 : 2),"
        text += "\(["France", "Chile"][user % 2]),\(user * 100),\(["toys", "books"][item % 2])\n"
      }
    }
    try folder.write(Array(text.utf8), to: "ratings.csv")
    model = folder.appending("model")
    var configuration = RecommenderConfiguration()
    configuration.data.path = folder.appending("ratings.csv")
    configuration.data.userFeatures = ["country,credit"]
    configuration.data.itemFeatures = ["line"]
    configuration.judging.k = 3
    configuration.judging.baselines = ["popularity"]
    configuration.model.preset = preset
    configuration.model.epochs = 1
    configuration.model.hidden = ["4"]
    configuration.model.dimension = 3
    configuration.model.usesID = true
    _ = try RecommenderTask.train(
      configuration, into: RunFolder(target: model), shownAs: model,
      context: RunContext(pool: pool))
    file = try SafetensorsFile(contentsOf: "\(model)/\(RecommenderModel.fileName)")
    graph =
      preset.hasGraph
      ? try SafetensorsFile(contentsOf: "\(model)/\(RecommenderModel.graphFileName)") : nil
    itemTable = try SafetensorsFile(contentsOf: "\(model)/\(ItemTable.fileName)")
    manifest = try RunFolderReader.manifest(of: model)
  }

  /// Asks a model all that is asked of one.
  ///
  /// - Throws: what a user would not be told.
  func use(_ model: RecommenderModel) throws {
    let service = try RecommenderPredictor(model, pool: pool)
    let asks: [() throws -> Void] = [
      { try check(service.predict(RecommendationQuery(.user("u1"), k: 50, includesSeen: false))) },
      { try check(service.predict(RecommendationQuery(.user("u2"), k: 3, includesSeen: true))) },
      { try check(service.similar(to: "i3", k: 50)) },
      {
        var query = RecommendationQuery(.user("u1"), k: 50)
        query.rules.filter = "line in (toys, books)"
        query.rules.perCategory = 2
        try check(service.predict(query))
      },
      {
        try check(
          service.predict(
            RecommendationQuery(
              .features(["country": .text("France"), "credit": .number(3)]), k: 5,
              includesSeen: true))
        )
      },
    ]
    for ask in asks {
      do {
        try ask()
      } catch is any TaskFailure {
      } catch is RecommenderError {
      } catch is PreprocessingError {
      }
    }
  }

  private func check(_ answer: some Encodable) throws { _ = try JSONDocument.text(of: answer) }
}
