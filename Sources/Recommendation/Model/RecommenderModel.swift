// A trained recommender, read back from its run folder after every byte of it was checked.
import LearningTasks
import ModelFormats
import NumericCore
import Recommender
package import Storage

/// A trained recommender.
package struct RecommenderModel: TrainedModel {
  package static let fileName = "model/two_tower.safetensors"
  /// The item graph of a model that has one.
  static let graphFileName = "model/item_graph.safetensors"

  let layout: RecommenderLayout
  let towers: TwoTowerModel
  let users: EntityIndex
  let items: EntityIndex
  let userVectors: Matrix<Float>
  let itemVectors: Matrix<Float>
  /// The items that each user has taken.
  let seen: SparseRows
  /// What scores items: the graph, or the vectors of the towers.
  let scorer: any ItemScorer
  /// What filters and caps of categories ask of the items.
  let itemTable: ItemTable
  /// The list of the folder's files.
  package let manifest: Manifest

  /// Reads a run folder.
  ///
  /// - Throws: `TaskError.notAModel` if it never was one; `StorageError` if it is damaged.
  package init(folder: String) throws {
    let manifest = try RunFolderReader.manifest(
      of: folder, with: Self.self, task: RecommenderConfiguration.task)
    try self.init(
      SafetensorsFile(contentsOf: "\(folder)/\(Self.fileName)"),
      graph: manifest.files[Self.graphFileName].map { _ in
        try SafetensorsFile(contentsOf: "\(folder)/\(Self.graphFileName)")
      },
      itemTable: manifest.files[ItemTable.fileName].map { _ in
        try SafetensorsFile(contentsOf: "\(folder)/\(ItemTable.fileName)")
      }, manifest: manifest)
  }

  /// Checks files that claim to be a recommender; nothing in them is believed.
  ///
  /// - Parameters:
  ///   - graph: the item graph; nil if there is none.
  ///   - itemTable: the columns of the items; nil if they have none.
  /// - Throws: `StorageError.corrupt`.
  init(
    _ file: SafetensorsFile, graph: SafetensorsFile? = nil, itemTable: SafetensorsFile? = nil,
    manifest: Manifest
  ) throws {
    let reader = RecommenderModelReader(file: file)
    let layout = try reader.layout()
    guard let users = EntityIndex(ordered: layout.userIDs),
      let items = EntityIndex(ordered: layout.itemIDs)
    else {
      throw reader.corrupt(
        "metadata layout", "identifiers out of order", "ascending identifiers, each once")
    }
    towers = TwoTowerModel(
      user: try reader.tower("user", layout.userShape),
      item: try reader.tower("item", layout.itemShape))
    let width = layout.userShape.dimension
    userVectors = try reader.vectors("user", users.count, width: width)
    itemVectors = try reader.vectors("item", items.count, width: width)
    let seen = try reader.rows("seen", count: users.count, items: items.count)
    let vectors = try VectorScorer(users: userVectors, items: itemVectors)
    let found = manifest.files[Self.graphFileName]?.sha256
    guard layout.itemGraph == found, (graph == nil) == (found == nil) else {
      throw reader.corrupt(
        "metadata layout", "a model of the item graph \(layout.itemGraph ?? "none")",
        "that of the folder, \(found ?? "none")")
    }
    scorer =
      try graph.map {
        GraphScorer(
          graph: try RecommenderModelReader(file: $0).graph(items: items.count), taken: seen,
          vectors: vectors)
      } ?? vectors
    self.itemTable =
      try itemTable.map { try ItemTable($0, count: items.count) } ?? ItemTable(count: items.count)
    self.seen = seen
    self.manifest = manifest
    self.layout = layout
    self.users = users
    self.items = items
  }
}
