// Two different inputs of a model.

/// A pair of inputs, by their numbers.
public struct InputPair: Sendable, Hashable {
  /// The input that comes first in the order of the model's inputs.
  public let first: Int
  /// The input that comes last.
  public let second: Int

  init(_ one: Int, _ other: Int) {
    (first, second) = (min(one, other), max(one, other))
  }

  /// The pair as a number, in the order of the first and then of the second input. Inputs are
  /// numbered in 16 bits, as features are.
  var key: UInt32 { UInt32(first) << 16 | UInt32(second) }

  init(key: UInt32) { self.init(Int(key >> 16), Int(key & 0xFFFF)) }
}
