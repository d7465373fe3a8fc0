// Two different inputs of a model.

/// A pair of inputs, by their numbers; pairs are ordered by the first and then by the second.
public struct InputPair: Sendable, Hashable, Comparable {
  /// The input that comes first in the order of the model's inputs.
  public let first: Int
  /// The input that comes last.
  public let second: Int

  init(_ one: Int, _ other: Int) {
    (first, second) = (min(one, other), max(one, other))
  }

  public static func < (one: InputPair, other: InputPair) -> Bool {
    (one.first, one.second) < (other.first, other.second)
  }
}

extension BoostedTrees {
  /// The pairs of inputs that some path of a tree asks about, ascending.
  ///
  /// Only they have interactions.
  public var joinedInputs: [InputPair] {
    let inputOf = features.map(\.input)
    return trees.reduce(into: Set<InputPair>()) { $0.formUnion($1.pairs(inputOf: inputOf)) }
      .sorted()
  }
}
