// Which rows no model ever learns from. A customer is reserved or not by its identifiers alone, so
// that it stays so in every file and every run; rows without identifiers go by their whole content.
import NumericCore
package import Tables
import Texts

/// The rows of a table that are set aside for judging.
package enum ReservedRows {
  /// A number from 0 to 1 for each row; a row is reserved if it lies below the share.
  ///
  /// - Parameter keys: the identifier columns; where there are none, all columns but the target.
  package static func places(keys: [Column], rowCount: Int) -> [Double] {
    var hashes = [UInt64](repeating: 0x9e37_79b9_7f4a_7c15, count: rowCount)
    for column in keys {
      switch column.values {
      case .number(let numbers), .timestamp(let numbers):
        for (row, value) in numbers.doubles().enumerated() {
          hashes[row] = mixed(hashes[row] ^ (value.isNaN ? 1 : (value + 0).bitPattern))
        }
      case .category(let categories):
        let levels = categories.levels.map(\.utf8.fnv1a)
        for (row, code) in categories.codes.enumerated() {
          hashes[row] = mixed(hashes[row] ^ (code < 0 ? 1 : levels[Int(code)]))
        }
      case .text(let texts):
        for row in 0..<rowCount { hashes[row] = mixed(hashes[row] ^ (texts[row]?.utf8.fnv1a ?? 1)) }
      }
    }
    return hashes.map { Double(mixed($0) >> 11) * 0x1p-53 }
  }

  /// The finaliser of SplitMix64.
  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
