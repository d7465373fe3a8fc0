// A way to divide a node's rows by the bins of one feature.

/// A split and what it is worth.
struct Split: Sendable, Equatable {
  /// The feature's index in the binned data; -1 means that no split was found.
  var feature: Int32 = -1
  /// Rows whose bin is in `low ... low + width` go left, unless `isSet`.
  var low: UInt8 = 0
  var width: UInt8 = 0
  /// Whether the bins that go left are those of `set`.
  var isSet = false
  /// One bit for each bin.
  var set: BinSet = .init()
  /// The sums of the rows that go left.
  var left = PackedSums(bits: 0)
  /// By how much the split lowers the regularised loss, twice over, as the peers count it.
  var gain = 0.0

  /// Whether there is a split.
  var exists: Bool { feature >= 0 }

  /// Whether rows of a bin go left.
  func takesLeft(_ bin: Int) -> Bool {
    isSet ? set.contains(bin) : Int(low)...Int(low) + Int(width) ~= bin
  }
}

/// A set of bins, 256 bits.
struct BinSet: Sendable, Equatable {
  var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  /// Whether the set holds a bin.
  func contains(_ bin: Int) -> Bool {
    withUnsafeBytes(of: words) { $0[bin >> 3] >> UInt8(bin & 7) & 1 == 1 }
  }

  /// Adds a bin.
  mutating func insert(_ bin: Int) {
    withUnsafeMutableBytes(of: &words) { $0[bin >> 3] |= 1 << UInt8(bin & 7) }
  }

  static func == (a: BinSet, b: BinSet) -> Bool { a.words == b.words }
}
