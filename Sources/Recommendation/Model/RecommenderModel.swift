// A trained recommender, read back from its run folder after every byte of it was checked.
import LearningTasks
import ModelFormats
import NumericCore
import Recommender
package import Storage

/// A trained recommender.
package struct RecommenderModel: TrainedModel {
  package static let fileName = "model/two_tower.safetensors"

  let layout: RecommenderLayout
  let towers: TwoTowerModel
  let users: EntityIndex
  let items: EntityIndex
  let userVectors: Matrix<Float>
  let itemVectors: Matrix<Float>
  /// The items that each user has taken.
  let seen: SparseRows
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
      itemTable: manifest.files[ItemTable.fileName].map { _ in
        try SafetensorsFile(contentsOf: "\(folder)/\(ItemTable.fileName)")
      }, manifest: manifest)
  }

  /// Checks files that claim to be a recommender; nothing in them is believed.
  ///
  /// - Parameter itemTable: the columns of the items; nil if they have none.
  /// - Throws: `StorageError.corrupt`.
  init(
    _ file: SafetensorsFile, itemTable: SafetensorsFile? = nil, manifest: Manifest
  ) throws {
    func corrupt(_ item: String, _ found: String, _ expected: String) -> StorageError {
      .corrupt(file: file.file, item: item, found: found, expected: expected)
    }
    let layout = try CheckedJSON.value(
      RecommenderLayout.self, from: file.metadata("layout").utf8, file: file.file,
      place: "metadata layout", expected: "the layout that training wrote")
    guard layout.formatVersion == RecommenderLayout.newestFormatVersion else {
      throw corrupt(
        "metadata layout", "of format version \(layout.formatVersion)",
        "\(RecommenderLayout.newestFormatVersion)")
    }
    if let problem = layout.problem {
      throw corrupt("metadata layout", problem, "the layout that training wrote")
    }
    guard let users = EntityIndex(ordered: layout.userIDs),
      let items = EntityIndex(ordered: layout.itemIDs)
    else {
      throw corrupt(
        "metadata layout", "identifiers out of order", "ascending identifiers, each once")
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
    towers = TwoTowerModel(
      user: try tower("user", layout.userShape), item: try tower("item", layout.itemShape))
    func vectors(_ side: String, _ count: Int) throws -> Matrix<Float> {
      let name = "\(side)_embeddings"
      let shape = [count, layout.userShape.dimension]
      let elements = try file.tensor(name, as: Float.self, shape: shape)
      guard elements.allSatisfy(\.isFinite) else {
        throw corrupt("tensor \(name)", "with NaN or infinity", "finite numbers")
      }
      let matrix = Matrix(rows: shape[0], columns: shape[1], elements: elements)
      for row in 0..<matrix.rows {
        let square = matrix.row(row).reduce(0.0) { $0 + Double($1) * Double($1) }
        guard square == 0 || abs(square - 1) < 1e-3 else {
          throw corrupt(
            "tensor \(name)", "with a vector of length \(square.squareRoot())",
            "vectors of length 1, or of zeros")
        }
      }
      return matrix
    }
    userVectors = try vectors("user", users.count)
    itemVectors = try vectors("item", items.count)
    let offsets = try file.tensor("seen.offsets", as: Int64.self, shape: [users.count + 1])
    let seenItems = try file.tensor("seen.items", as: Int32.self)
    guard offsets.first == 0, offsets.last == Int64(seenItems.count),
      zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 }),
      zip(offsets, offsets.dropFirst()).allSatisfy({ low, high in
        let own = seenItems[Int(low)..<Int(high)]
        return zip(own, own.dropFirst()).allSatisfy { $0 < $1 }
      }), seenItems.allSatisfy({ 0 <= $0 && Int($0) < items.count })
    else { throw corrupt("seen items", "out of order", "ascending items of each user") }
    seen = SparseRows(offsets: offsets.map(Int.init), indices: seenItems)
    self.itemTable =
      try itemTable.map { try ItemTable($0, count: items.count) } ?? ItemTable(count: items.count)
    self.manifest = manifest
    self.layout = layout
    self.users = users
    self.items = items
  }
}
