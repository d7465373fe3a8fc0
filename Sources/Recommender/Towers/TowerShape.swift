// The sizes of a tower, and where each of its arrays lies among its parameters.

/// The sizes of one tower.
///
/// The first layer sums rows of a table, one for the entity's id and one for each category, and
/// adds `numbers x weights`; with hidden layers it has a bias and a ReLU behind it. Dense layers
/// follow, each but the last with a ReLU, and the result is scaled to unit length.
public struct TowerShape: Sendable, Equatable, Codable {
  /// The rows of the table that belong to ids: entities + 1, as row 0 stands for an unknown id;
  /// 0 for a tower without ids.
  public var ids: Int
  /// The rows of the table that belong to categories, behind those of the ids.
  public var vocabulary: Int
  /// The scaled numbers of an entity.
  public var numbers: Int
  /// The widths of the hidden layers; empty for a linear tower.
  public var hidden: [Int]
  /// The width of the embedding.
  public var dimension: Int

  /// Creates a shape.
  public init(ids: Int, vocabulary: Int, numbers: Int, hidden: [Int], dimension: Int) {
    self.ids = ids
    self.vocabulary = vocabulary
    self.numbers = numbers
    self.hidden = hidden
    self.dimension = dimension
  }

  /// Returns this shape if a tower can have it; sizes from a damaged file may be anything.
  ///
  /// - Throws: `RecommenderError.corruptModel`.
  func validated() throws -> TowerShape {
    func check(_ name: String, _ found: Int, _ expected: ClosedRange<Int>) throws {
      guard !expected.contains(found) else { return }
      throw RecommenderError.corruptModel(
        reason: "\(name) is \(found), expected \(expected.lowerBound) to \(expected.upperBound)")
    }
    try check("the number of ids", ids, 0...1 << 30)
    try check("the number of categories", vocabulary, 0...1 << 30)
    try check("the number of numbers", numbers, 0...1 << 20)
    try check("the number of hidden layers", hidden.count, 0...64)
    for width in hidden { try check("the width of a hidden layer", width, 1...1 << 20) }
    try check("the dimension", dimension, 1...1 << 20)
    return self
  }

  /// The widths of all layers' results: the first layer's, then each dense layer's.
  var widths: [Int] { hidden + [dimension] }
  /// The width of the first layer.
  var firstWidth: Int { widths[0] }
  /// The rows of the table.
  var tableRows: Int { ids + vocabulary }

  /// One of the arrays of a tower.
  struct Part: Equatable {
    let name: String
    let shape: [Int]
    /// Where its elements lie among all parameters.
    let range: Range<Int>
    /// The inputs that each output sums over, for the size of the first values.
    let inputs: Int
  }

  /// The arrays in the order in which they lie, the table first.
  var parts: [Part] {
    var parts: [Part] = []
    func add(_ name: String, _ shape: [Int], inputs: Int) {
      let start = parts.last?.range.upperBound ?? 0
      parts.append(
        Part(name: name, shape: shape, range: start..<start + shape.reduce(1, *), inputs: inputs))
    }
    add("embedding_bag.weight", [tableRows, firstWidth], inputs: 0)
    add("numbers.weight", [numbers, firstWidth], inputs: max(1, numbers))
    if !hidden.isEmpty { add("first.bias", [firstWidth], inputs: 0) }
    for (layer, width) in hidden.enumerated() {
      add("dense.\(layer).weight", [width, widths[layer + 1]], inputs: width)
      add("dense.\(layer).bias", [widths[layer + 1]], inputs: 0)
    }
    return parts
  }

  /// The number of parameters.
  public var parameterCount: Int { parts.last?.range.upperBound ?? 0 }
}
