// Seeded random numbers that are a pure function of (key, counter), so that a value drawn for a
// row does not depend on which thread asks for it, or when.
// Mixing function: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
// generators", 2014, doi:10.1145/2660193.2660195).

internal import Glibc

/// A stateless random source: the same key and counter always give the same bits.
@frozen
public struct CounterRandom: Sendable, Equatable {
  /// The mixed key of this stream.
  @usableFromInline let key: UInt64

  /// Creates the stream `stream` of `seed`; different streams are independent.
  @inlinable
  public init(seed: UInt64, stream: UInt64 = 0) {
    key = Self._mix(Self._mix(seed &+ 0x9E37_79B9_7F4A_7C15) ^ (stream &* 0xD134_2543_DE82_EF95))
  }

  /// Returns 64 random bits for a counter.
  @inlinable
  public func bits(at counter: UInt64) -> UInt64 {
    Self._mix(key &+ counter &* 0x9E37_79B9_7F4A_7C15)
  }

  /// Returns a number in `0 ..< 1` with 53 random bits.
  @inlinable
  public func uniform(at counter: UInt64) -> Double {
    Double(bits(at: counter) >> 11) * 0x1p-53
  }

  /// The stream of this source that a purpose, a tree or a fold gets for itself.
  @inlinable
  public func split(_ stream: UInt64) -> CounterRandom {
    CounterRandom(seed: key, stream: stream)
  }

  @inlinable
  static func _mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// A sequential generator over a `CounterRandom`, for shuffles and draws without a natural index.
@frozen
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  @usableFromInline let source: CounterRandom
  @usableFromInline var counter: UInt64 = 0

  /// Creates a generator that walks the counters of a stream from zero.
  @inlinable
  public init(_ source: CounterRandom) { self.source = source }

  /// Creates a generator for a seed and a stream.
  @inlinable
  public init(seed: UInt64, stream: UInt64 = 0) {
    self.init(CounterRandom(seed: seed, stream: stream))
  }

  /// Returns the next 64 random bits.
  @inlinable
  public mutating func next() -> UInt64 {
    defer { counter &+= 1 }
    return source.bits(at: counter)
  }

  /// Returns the next number in `0 ..< 1`.
  @inlinable
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Returns the next standard normal number, by the polar method of Marsaglia.
  public mutating func normal() -> Double {
    while true {
      let x = 2 * uniform() - 1
      let y = 2 * uniform() - 1
      let square = x * x + y * y
      if square > 0 && square < 1 { return x * (-2 * log(square) / square).squareRoot() }
    }
  }
}
