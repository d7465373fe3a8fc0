// A trained recommender, read back from its run folder after every byte of it was checked.
import Artifacts
import NumericCore
import Recommender

/// A trained recommender.
struct RecommenderModel: Sendable {
  let layout: RecommenderLayout
  let towers: TwoTowerModel
  let users: EntityIndex
  let items: EntityIndex
  let userVectors: Matrix<Float>
  let itemVectors: Matrix<Float>
  /// The items that each user has taken.
  let seen: SparseRows
  /// The list of the folder's files.
  let manifest: Manifest

  /// Reads a run folder.
  ///
  /// - Throws: `TaskError.notAModel` if it never was one; `ArtifactError` if it is damaged.
  init(folder: String) throws {
    manifest = try RunFolderReader.manifest(of: folder)
    let path = "\(folder)/\(RecommenderRunFiles.modelName)"
    guard manifest.files[RecommenderRunFiles.modelName] != nil else {
      throw TaskError.notAModel(
        folder: folder, problem: "this model folder holds no recommender")
    }
    let file = try SafetensorsFile(contentsOf: path)
    func corrupt(_ item: String, _ found: String, _ expected: String) -> ArtifactError {
      .corrupt(file: path, item: item, found: found, expected: expected)
    }
    guard
      let layout = try? JSONDocument.value(
        RecommenderLayout.self, from: Array(try file.metadata("layout").utf8)),
      layout.formatVersion == RecommenderLayout.newestFormatVersion
    else {
      throw corrupt("metadata layout", "unreadable", "the layout that training wrote")
    }
    self.layout = layout
    users = EntityIndex(layout.userIDs)
    items = EntityIndex(layout.itemIDs)
    guard users.names == layout.userIDs, items.names == layout.itemIDs else {
      throw corrupt("metadata layout", "identifiers out of order", "ascending identifiers")
    }
    func tower(_ side: String, _ shape: TowerShape) throws -> Tower {
      let prefix = "\(side)."
      let arrays = file.tensors.filter { $0.key.hasPrefix(prefix) }.compactMap { name, tensor in
        tensor.elements(as: Float.self).map {
          NamedArray(name: String(name.dropFirst(prefix.count)), shape: tensor.shape, elements: $0)
        }
      }
      do { return try Tower(shape: shape, arrays: arrays) } catch let error as RecommenderError {
        throw corrupt("the \(side) tower", error.description, "the arrays that training wrote")
      }
    }
    let (user, item) = (
      try tower("user", layout.userShape), try tower("item", layout.itemShape)
    )
    let dimension = user.shape.dimension
    guard item.shape.dimension == dimension else {
      throw corrupt("the towers", "two widths", "one width")
    }
    towers = TwoTowerModel(user: user, item: item)
    userVectors = Matrix(
      rows: users.count, columns: dimension,
      elements: try file.tensor(
        "user_embeddings", as: Float.self, shape: [users.count, dimension]))
    itemVectors = Matrix(
      rows: items.count, columns: dimension,
      elements: try file.tensor(
        "item_embeddings", as: Float.self, shape: [items.count, dimension]))
    let offsets = try file.tensor("seen.offsets", as: Int64.self, shape: [users.count + 1])
    let seenItems = try file.tensor("seen.items", as: Int32.self)
    guard offsets.first == 0, offsets.last == Int64(seenItems.count),
      zip(offsets, offsets.dropFirst()).allSatisfy({ low, high in
        low <= high
          && zip(seenItems[Int(low)..<Int(high)], seenItems[Int(low)..<Int(high)].dropFirst())
            .allSatisfy { $0 < $1 }
      }), seenItems.allSatisfy({ 0 <= $0 && Int($0) < layout.itemIDs.count })
    else { throw corrupt("seen items", "out of order", "ascending items of each user") }
    seen = SparseRows(offsets: offsets.map(Int.init), indices: seenItems)
  }
}
