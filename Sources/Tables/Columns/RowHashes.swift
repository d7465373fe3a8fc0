// One number for the cells of each row, by which equal rows are found. Columns are read one after
// the other, rows side by side, and no row costs an allocation.

public import NumericCore
internal import Texts

/// Hashes of rows over some columns.
///
/// Equal cells have equal hashes, also in different tables whose columns are of the same kinds:
/// texts by their bytes, numbers by their values. Two different rows have the same hash with a
/// chance of 2⁻⁶⁴.
public enum RowHashes {
  private static let seed: UInt64 = 0x9e37_79b9_7f4a_7c15
  private static let missingCell: UInt64 = 1
  private static let blockRows = 8_192

  /// The hash of a row whose cells are all missing.
  public static func ofMissingCells(columns: Int) -> UInt64 {
    (0..<columns).reduce(seed) { hash, _ in mixed(hash ^ missingCell) }
  }

  /// The hash of each row.
  ///
  /// - Precondition: the columns have `rowCount` rows.
  public static func of(_ columns: [Column], rowCount: Int, pool: WorkerPool) -> [UInt64] {
    var hashes = [UInt64](repeating: seed, count: rowCount)
    hashes.withUnsafeMutableBufferPointer { buffer in
      // Each block of rows is written by the one call that has it.
      nonisolated(unsafe) let hashes = buffer
      for column in columns { add(column, to: hashes, pool: pool) }
    }
    return hashes
  }

  private static func add(
    _ column: Column, to hashes: UnsafeMutableBufferPointer<UInt64>, pool: WorkerPool
  ) {
    nonisolated(unsafe) let hashes = hashes
    switch column.values {
    case .number(let numbers), .timestamp(let numbers):
      pool.forEachRange(count: hashes.count, grain: blockRows) { rows, _ in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: rows.count) { values in
          numbers.read(rows, into: values)
          for (value, row) in zip(values, rows) {
            // Zero has two signs.
            let bits = value.isNaN ? missingCell : (value + 0).bitPattern
            hashes[row] = mixed(hashes[row] ^ bits)
          }
        }
      }
    case .category(let categories):
      let levels = categories.levels.map(\.utf8.fnv1a)
      pool.forEachRange(count: hashes.count, grain: blockRows) { rows, _ in
        for row in rows {
          let code = Int(categories.codes[row])
          hashes[row] = mixed(hashes[row] ^ (code < 0 ? missingCell : levels[code]))
        }
      }
    case .text(let texts):
      pool.forEachRange(count: hashes.count, grain: blockRows) { rows, _ in
        texts.forEachBytes(of: rows) { row, bytes in
          hashes[row] = mixed(hashes[row] ^ (bytes?.fnv1a ?? missingCell))
        }
      }
    }
  }

  /// The finaliser of SplitMix64.
  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ seed
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
