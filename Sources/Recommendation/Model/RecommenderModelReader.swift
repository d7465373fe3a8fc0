// The parts of a stored recommender, each checked in type, range and relation to the others.
import LearningTasks
import ModelFormats
import NumericCore
import Recommender
import Storage

/// Reads the parts of a file that claims to be a recommender.
struct RecommenderModelReader {
  let file: SafetensorsFile

  /// The error of a part that is not as training wrote it.
  func corrupt(_ item: String, _ found: String, _ expected: String) -> StorageError {
    .corrupt(file: file.file, item: item, found: found, expected: expected)
  }

  /// The text part.
  ///
  /// - Throws: `StorageError.corrupt`.
  func layout() throws -> RecommenderLayout {
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
    return layout
  }

  /// The tower of a side.
  ///
  /// - Throws: `StorageError.corrupt`.
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

  /// The vectors of a side: each of length 1, or zeros.
  ///
  /// - Throws: `StorageError.corrupt`.
  func vectors(_ side: String, _ count: Int, width: Int) throws -> Matrix<Float> {
    let name = "\(side)_embeddings"
    let elements = try file.tensor(name, as: Float.self, shape: [count, width])
    guard elements.allSatisfy(\.isFinite) else {
      throw corrupt("tensor \(name)", "with NaN or infinity", "finite numbers")
    }
    let matrix = Matrix(rows: count, columns: width, elements: elements)
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

  /// The metadata of a graph's file that name its form, and the newest one.
  static let graphVersionKey = "format_version"
  static let graphVersion = "1"
  /// The largest weight of an arc: the sums of all are finite.
  private static let largestWeight: Float = 1e30

  /// The arcs of a graph of items.
  ///
  /// - Throws: `StorageError.corrupt`.
  func graph(items: Int) throws -> ItemGraph {
    let version = try file.metadata(Self.graphVersionKey)
    guard version == Self.graphVersion else {
      throw corrupt("metadata \(Self.graphVersionKey)", version, Self.graphVersion)
    }
    let arcs = try rows("graph", count: items, items: items)
    let weights = try file.tensor("graph.weights", as: Float.self, shape: [arcs.indices.count])
    guard weights.allSatisfy({ abs($0) <= Self.largestWeight }) else {
      throw corrupt(
        "tensor graph.weights", "with NaN or too large a number",
        "numbers up to \(Self.largestWeight)")
    }
    guard (0..<items).allSatisfy({ !arcs.contains(row: $0, column: Int32($0)) }) else {
      throw corrupt("tensor graph.items", "an arc from an item to itself", "arcs to other items")
    }
    return ItemGraph(
      arcs: SparseRows(offsets: arcs.offsets, indices: arcs.indices, values: weights))
  }

  /// Ascending items in rows.
  ///
  /// - Throws: `StorageError.corrupt`.
  func rows(_ name: String, count: Int, items: Int) throws -> SparseRows {
    let offsets = try file.tensor("\(name).offsets", as: Int64.self, shape: [count + 1])
    let indices = try file.tensor("\(name).items", as: Int32.self)
    guard offsets.first == 0, offsets.last == Int64(indices.count),
      zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 }),
      zip(offsets, offsets.dropFirst()).allSatisfy({ low, high in
        let own = indices[Int(low)..<Int(high)]
        return zip(own, own.dropFirst()).allSatisfy { $0 < $1 }
      }), indices.allSatisfy({ 0 <= $0 && Int($0) < items })
    else { throw corrupt("\(name) items", "out of order", "ascending items of each row") }
    return SparseRows(offsets: offsets.map(Int.init), indices: indices)
  }
}
