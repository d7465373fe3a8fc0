// Whether rows are equal because they are copies, or because few columns of few values make them so.
import NumericCore
import Tables

/// The share of the pairs of different customers whose rows are equal by chance.
///
/// Columns are put in a tree, as in Chow and Liu (1968): a column is equal in a pair with the chance
/// that it has where the column before it that says most about it is equal. A price that follows
/// from a plan therefore makes no pair rarer. The chances are counted in a sample of pairs that are
/// not equal in all columns, so that copies do not pass for chance.
struct ChanceEquality {
  private static let pairCount = 50_000
  /// Equal pairs in the sample below which a column says nothing about others.
  private static let fewestPairs = 50
  private static let mostColumns = 512
  private static let mostParents = 256

  /// What a column's equality depends on: how many pairs of the sample are equal in its parent, and
  /// in both.
  ///
  /// A column without a parent has all pairs in its place.
  private struct Link {
    var parent: Int
    var both: Int
  }
  private var links: [Link] = []
  private let pairs: Int

  /// Counts in a sample of pairs.
  ///
  /// - Parameters:
  ///   - keys: a hash for each row, over all columns.
  ///   - rows: the rows that pairs are drawn from, at least 2.
  init(_ features: [Column], keys: [UInt64], rows: [Int32], pool: WorkerPool) {
    let random = CounterRandom(seed: 0)
    var left: [Int32] = []
    var right: [Int32] = []
    let count = UInt64(rows.count)
    for index in 0..<UInt64(Self.pairCount) {
      let first = random.bits(at: index) % count
      let second = (first + 1 + random.split(1).bits(at: index) % (count - 1)) % count
      let (one, other) = (rows[Int(first)], rows[Int(second)])
      guard keys[Int(one)] != keys[Int(other)] else { continue }
      left.append(one)
      right.append(other)
    }
    pairs = left.count
    let step = max(1, (features.count + Self.mostColumns - 1) / Self.mostColumns)
    let equal = stride(from: 0, to: features.count, by: step).map { place in
      let hashes = [left, right].map {
        RowHashes.of([features[place].selecting($0)], rowCount: pairs, pool: pool)
      }
      return Self.bits(hashes[0], hashes[1])
    }.map { (bits: $0, count: Self.count($0)) }.sorted { $0.count > $1.count }
    for (place, column) in equal.enumerated() {
      var link = Link(parent: pairs, both: column.count)
      for parent in equal.prefix(min(place, Self.mostParents))
      where parent.count >= Self.fewestPairs {
        let both = zip(column.bits, parent.bits).reduce(0) { $0 + ($1.0 & $1.1).nonzeroBitCount }
        if both * link.parent > link.both * parent.count {
          link.parent = parent.count
          link.both = both
        }
      }
      links.append(link)
    }
  }

  /// The share, 0 to 1.
  ///
  /// It is the least solution of an equation: chance has a part in the pairs that were left out.
  var share: Double {
    guard pairs > 0 else { return 1 }
    var share = 0.0
    for _ in 0..<100 {
      func chance(_ count: Int) -> Double {
        Double(count) / Double(pairs) * (1 - share) + share
      }
      let next = links.reduce(1.0) { product, link in
        product * min(1, chance(link.both) / chance(link.parent))
      }
      if abs(next - share) <= 1e-9 * share { return next }
      share = next
    }
    return share
  }

  private static func bits(_ first: [UInt64], _ second: [UInt64]) -> [UInt64] {
    var bits = [UInt64](repeating: 0, count: (first.count + 63) / 64)
    for place in first.indices where first[place] == second[place] {
      bits[place / 64] |= 1 << UInt64(place % 64)
    }
    return bits
  }

  private static func count(_ bits: [UInt64]) -> Int { bits.reduce(0) { $0 + $1.nonzeroBitCount } }
}
