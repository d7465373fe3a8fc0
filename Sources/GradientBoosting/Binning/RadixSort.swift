// Sorting numbers by their bits, digit by digit from the least: linear time, no comparisons.

/// Least-significant-digit radix sort.
enum RadixSort {
  private static let digitBits = 11
  private static let digits = 1 << digitBits

  /// Sorts numbers without NaN in ascending order.
  static func sort(_ values: inout [Double]) {
    guard values.count > 256 else {
      values.sort()
      return
    }
    // Values that a Float holds exactly need half the digits.
    if values.allSatisfy({ Double(Float($0)) == $0 }) {
      var keys = values.map { value in
        let bits = Float(value).bitPattern
        return bits ^ (bits >> 31 == 1 ? .max : 1 << 31)
      }
      sortKeys(&keys)
      for (index, key) in keys.enumerated() {
        values[index] = Double(Float(bitPattern: key ^ (key >> 31 == 0 ? .max : 1 << 31)))
      }
    } else {
      var keys = values.map { value in
        let bits = value.bitPattern
        return bits ^ (bits >> 63 == 1 ? .max : 1 << 63)
      }
      sortKeys(&keys)
      for (index, key) in keys.enumerated() {
        values[index] = Double(bitPattern: key ^ (key >> 63 == 0 ? .max : 1 << 63))
      }
    }
  }

  private static func sortKeys<Key: FixedWidthInteger & UnsignedInteger>(_ keys: inout [Key]) {
    var other = [Key](repeating: 0, count: keys.count)
    for shift in stride(from: 0, to: Key.bitWidth, by: digitBits) {
      var positions = [Int](repeating: 0, count: digits)
      for key in keys { positions[digit(key, shift)] += 1 }
      // A digit that all keys share moves nothing.
      if positions[digit(keys[0], shift)] == keys.count { continue }
      var next = 0
      for index in positions.indices {
        let count = positions[index]
        positions[index] = next
        next += count
      }
      for key in keys {
        let index = digit(key, shift)
        other[positions[index]] = key
        positions[index] += 1
      }
      swap(&keys, &other)
    }
  }

  @inline(__always)
  private static func digit<Key: FixedWidthInteger>(_ key: Key, _ shift: Int) -> Int {
    Int(truncatingIfNeeded: key &>> Key(truncatingIfNeeded: shift)) & (digits - 1)
  }
}
