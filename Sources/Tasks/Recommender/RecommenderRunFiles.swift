// The files of a recommender run folder, as bytes. Nothing in them depends on time, threads or the
// folder.
import ModelFormats
import NumericCore
import Preprocessing
import Recommender
import Tables

/// What a recommender run writes.
struct RecommenderRunFiles {
  /// The model's file in a run folder.
  static let modelName = "model/two_tower.safetensors"
  /// The same towers as PyTorch opens them.
  static let torchName = "model/best_model.pth"
  static let userEmbeddingsName = "embeddings/user_embeddings.csv"
  static let itemEmbeddingsName = "embeddings/item_embeddings.csv"
  static let metricsName = "metrics.json"
  static let configurationName = "run.toml"

  let configuration: RecommenderConfiguration
  let preset: TwoTowerConfiguration.Preset
  let data: RecommenderData
  let trained: RecommenderFit.Trained
  let judgement: RecommenderJudgement
  let pool: WorkerPool

  /// The names and bytes of all files but the manifest.
  func all() throws -> [(name: String, bytes: [UInt8])] {
    let run = RunFile.text(
      configuration, settings: RecommenderConfiguration.settings, notes: try resolvedValues())
    let fitted = trained.fitted
    var files: [(name: String, bytes: [UInt8])] = [
      (Self.modelName, try model().encoded()),
      (
        Self.torchName,
        TorchStateDictionary.encoded(TorchTowers.arrays(of: fitted.model), name: "best_model")
      ),
      (
        Self.userEmbeddingsName,
        try csv(Embeddings(names: data.users.names, vectors: fitted.users.vectors))
      ),
      (
        Self.itemEmbeddingsName,
        try csv(Embeddings(names: data.items.names, vectors: fitted.items.vectors))
      ),
    ]
    for (side, encoding) in [("user", trained.users), ("item", trained.items)] {
      files += [
        ("scalers/\(side)_ohe.json", try encoding.encoder.exportedJSON()),
        ("scalers/\(side)_ohe.pkl", encoding.encoder.scikitLearnPickle()),
        ("scalers/\(side)_std_scaler.json", try encoding.scaler.exportedJSON()),
        ("scalers/\(side)_std_scaler.pkl", encoding.scaler.scikitLearnPickle()),
      ]
    }
    let results = RecommenderResults(
      users: data.users.count, items: data.items.count, interactions: data.pairs.count,
      judgedOn: judgement.judgedOn, metrics: judgement.metrics, baselines: judgement.baselines,
      model: RecommenderReport.ModelSummary(
        preset: preset.rawValue, dimension: fitted.model.dimension,
        parameters: fitted.model.parameterCount),
      epochs: judgement.epochs)
    return files + [
      (Self.metricsName, Array(try JSONDocument.text(of: results).utf8)),
      (Self.configurationName, Array(run.utf8)),
    ]
  }

  /// The name and bytes of the model, which is all that judging needs.
  func modelAlone() throws -> [(name: String, bytes: [UInt8])] {
    [(Self.modelName, try model().encoded())]
  }

  private func csv(_ embeddings: Embeddings) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try EmbeddingsCSV.write(embeddings, pool: pool) { bytes += $0 }
    return bytes
  }

  /// What "auto" came to, as TOML.
  private func resolvedValues() throws -> [String: String] {
    let towers = try configuration.towers(preset)
    var filled = configuration
    filled.data.userID = data.columns.userID
    filled.data.itemID = data.columns.itemID
    filled.data.rating = data.columns.rating
    filled.data.lowestRating = data.pairs.scale?.lowerBound
    filled.data.highestRating = data.pairs.scale?.upperBound
    filled.data.userFeatures = data.columns.userFeatures
    filled.data.itemFeatures = data.columns.itemFeatures
    filled.judging.split = configuration.split(towers, hasTimes: data.pairs.times != nil)
    filled.model = RecommenderConfiguration.Model(
      preset: preset, dimension: towers.dimension, hidden: towers.hidden.map(String.init),
      loss: towers.loss, temperature: towers.temperature, optimizer: towers.optimizer,
      learningRate: towers.learningRate, weightDecay: towers.weightDecay,
      usersPerStep: towers.usersPerStep, ratingsPerStep: towers.ratingsPerStep,
      usesID: towers.usesID, idDropout: towers.idDropout, exactItems: towers.exactItems,
      uniformNegatives: towers.uniformNegatives, epochs: towers.epochs, patience: towers.patience)
    var values: [String: String] = [:]
    for setting in RecommenderConfiguration.settings where setting.acceptsAuto {
      values[setting.key] = setting.read(filled)?.toml
    }
    return values
  }

  /// The towers, the vectors and who took what.
  private func model() throws -> SafetensorsFile {
    let fitted = trained.fitted
    let layout = RecommenderLayout(
      columns: data.columns, userEncoding: trained.users, itemEncoding: trained.items,
      userShape: fitted.model.user.shape, itemShape: fitted.model.item.shape,
      userIDs: data.users.names, itemIDs: data.items.names,
      lowestRating: data.pairs.scale?.lowerBound, highestRating: data.pairs.scale?.upperBound,
      predictsRatings: try configuration.towers(preset).loss == .squaredError)
    var file = SafetensorsFile(metadata: ["layout": try JSONDocument.text(of: layout)])
    for (side, tower) in [("user", fitted.model.user), ("item", fitted.model.item)] {
      for array in tower.arrays {
        file.tensors["\(side).\(array.name)"] = Tensor(array.elements, shape: array.shape)
      }
    }
    for (side, vectors) in [("user", fitted.users.vectors), ("item", fitted.items.vectors)] {
      file.tensors["\(side)_embeddings"] = Tensor(
        vectors.elements, shape: [vectors.rows, vectors.columns])
    }
    let seen = trained.interactions.byUser
    file.tensors["seen.offsets"] = Tensor(seen.offsets.map(Int64.init))
    file.tensors["seen.items"] = Tensor(seen.indices)
    return file
  }
}

/// metrics.json of a recommender.
struct RecommenderResults: Codable, Sendable {
  var users: Int
  var items: Int
  var interactions: Int
  var judgedOn: String
  var metrics: RecommenderMetrics?
  var baselines: [String: RecommenderMetrics]
  var model: RecommenderReport.ModelSummary
  var epochs: Int

  enum CodingKeys: String, CodingKey {
    case users, items, interactions, metrics, baselines, model, epochs
    case judgedOn = "judged_on"
  }
}

extension Embeddings {
  /// Names and their vectors.
  ///
  /// - Throws: `TaskError` if a number is not finite.
  init(names: [String], vectors: Matrix<Float>) throws {
    try self.init(identifiers: Identifiers(names), vectors: vectors)
  }
}
