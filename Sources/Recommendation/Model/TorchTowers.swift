// The towers as a PyTorch state dict. docs/two-tower.md says how its arrays make the towers.
import ModelFormats
import Recommender

/// Names and layouts of the towers' arrays in PyTorch.
enum TorchTowers {
  /// The arrays of both towers, in a fixed order.
  static func arrays(of model: TwoTowerModel) -> [(name: String, array: Tensor)] {
    arrays(of: model.user, prefix: "user_tower") + arrays(of: model.item, prefix: "item_tower")
  }

  private static func arrays(
    of tower: Tower, prefix: String
  ) -> [(name: String, array: Tensor)] {
    let shape = tower.shape
    let width = shape.hidden.first ?? shape.dimension
    var byName: [String: [Float]] = [:]
    for array in tower.arrays { byName[array.name] = array.elements }
    let table = byName["embedding_bag.weight"] ?? []
    var result: [(name: String, array: Tensor)] = []
    func add(_ name: String, _ shape: [Int], _ values: [Float]) {
      result.append(("\(prefix).\(name)", Tensor(values, shape: shape)))
    }
    // Row 0 stands for a category that is missing or unknown, and is all zeros.
    add(
      "embedding.weight", [shape.vocabulary + 1, width],
      [Float](repeating: 0, count: width) + table.dropFirst(shape.ids * width))
    if shape.ids > 0 {
      add("id_embedding.weight", [shape.ids, width], Array(table.prefix(shape.ids * width)))
    }
    add(
      "numeric.weight", [width, shape.numbers],
      transposed(byName["numbers.weight"] ?? [], rows: shape.numbers, columns: width))
    add(
      "input_bias", [width], byName["first.bias"] ?? [Float](repeating: 0, count: width))
    let widths = shape.hidden + [shape.dimension]
    for layer in shape.hidden.indices {
      let (inputs, outputs) = (widths[layer], widths[layer + 1])
      add(
        "layers.\(layer).weight", [outputs, inputs],
        transposed(byName["dense.\(layer).weight"] ?? [], rows: inputs, columns: outputs))
      add("layers.\(layer).bias", [outputs], byName["dense.\(layer).bias"] ?? [])
    }
    return result
  }

  private static func transposed(_ elements: [Float], rows: Int, columns: Int) -> [Float] {
    (0..<columns).flatMap { column in (0..<rows).map { elements[$0 * columns + column] } }
  }
}
