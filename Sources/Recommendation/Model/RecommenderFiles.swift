// The files of a recommender run folder, as bytes. Nothing in them depends on time, threads or the
// folder.
import LearningTasks
import ModelFormats
import NumericCore
import Preprocessing
import Recommender
import Storage
import Tables

/// The files of towers that have been trained, but those that every run folder has.
struct RecommenderFiles {
  /// The same towers as PyTorch opens them.
  static let torchName = "model/best_model.pth"
  static let userEmbeddingsName = "embeddings/user_embeddings.csv"
  static let itemEmbeddingsName = "embeddings/item_embeddings.csv"

  let data: RecommenderData
  let trained: RecommenderFit.Trained
  /// Whether inner products stand for ratings.
  let predictsRatings: Bool
  let pool: WorkerPool

  /// The names and bytes of all files.
  func all() throws -> [RunFileContent] {
    let fitted = trained.fitted
    var files = try model()
    files += [
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
    if !data.itemTable.names.isEmpty {
      files.append((ItemTable.fileName, try data.itemTable.encoded()))
    }
    for (side, encoding) in [("user", trained.users), ("item", trained.items)] {
      files += [
        ("scalers/\(side)_ohe.json", try encoding.encoder.exportedJSON()),
        ("scalers/\(side)_ohe.pkl", encoding.encoder.scikitLearnPickle()),
        ("scalers/\(side)_std_scaler.json", try encoding.scaler.exportedJSON()),
        ("scalers/\(side)_std_scaler.pkl", encoding.scaler.scikitLearnPickle()),
      ]
    }
    return files
  }

  private func csv(_ embeddings: Embeddings) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try EmbeddingsCSV.write(embeddings, pool: pool) { bytes += $0 }
    return bytes
  }

  /// The towers, the vectors and who took what, and the graph if there is one.
  func model() throws -> [RunFileContent] {
    let fitted = trained.fitted
    let graph = trained.graph.map { (RecommenderModel.graphFileName, encoded($0)) }
    let layout = RecommenderLayout(
      columns: data.columns, userEncoding: trained.users, itemEncoding: trained.items,
      userShape: fitted.model.user.shape, itemShape: fitted.model.item.shape,
      userIDs: data.users.names, itemIDs: data.items.names,
      lowestRating: data.pairs.scale?.lowerBound, highestRating: data.pairs.scale?.upperBound,
      predictsRatings: predictsRatings, itemGraph: graph.map { Digest.sha256($0.1).hexadecimal })
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
    return [(RecommenderModel.fileName, file.encoded())] + [graph].compactMap(\.self)
  }

  /// The graph in compressed rows: row `i` holds the items that item `i` leads to, with weights.
  private func encoded(_ graph: ItemGraph) -> [UInt8] {
    let arcs = graph.arcs
    return SafetensorsFile(
      metadata: [RecommenderModelReader.graphVersionKey: RecommenderModelReader.graphVersion],
      tensors: [
        "graph.offsets": Tensor(arcs.offsets.map(Int64.init)),
        "graph.items": Tensor(arcs.indices),
        "graph.weights": Tensor(arcs.values ?? []),
      ]
    ).encoded()
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
