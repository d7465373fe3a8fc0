// Rows of a churn table that repeat each other. Were they dealt to both sides of a split, a model
// would be judged on rows that it has learnt from, and be praised for its memory.
import NumericCore
import Tables

/// Which rows stay together in every split.
///
/// Those are the rows that share an identifier, and those that are equal in all columns that are
/// learnt from and in the target. Where equal rows have different targets, or are as many as chance
/// alone makes of so few columns, they are different customers that look alike: a model may and
/// should learn from one what it says of the other.
struct RepeatedRows: Sendable {
  /// The groups; nil if no two rows belong together.
  let groups: RowGroups?

  /// Finds the groups of a table.
  ///
  /// - Parameters:
  ///   - identifiers: the columns that together identify a row; empty where there are none.
  ///   - labels: 1 or 0 for each row.
  init(identifiers: [Column], features: [Column], labels: [Double], pool: WorkerPool) {
    groups = RowGroups(
      joining: [
        Self.sharedIdentifiers(identifiers, rowCount: labels.count, pool: pool),
        Self.equalRows(
          keys: RowHashes.of(features, rowCount: labels.count, pool: pool), labels: labels,
          features: features, pool: pool),
      ].compactMap(\.self))
  }

  /// The counts; nil if no two rows belong together.
  var counts: RepeatCounts? {
    guard let groups else { return nil }
    let sizes = groups.sizes.filter { $0 > 1 }
    return RepeatCounts(
      groups: sizes.count, rows: Int(sizes.reduce(0, +)), largest: Int(sizes.max() ?? 0))
  }

  /// For each row the first one that has the same identifiers; nil where no two have.
  static func sharedIdentifiers(
    _ columns: [Column], rowCount: Int, pool: WorkerPool
  ) -> [Int32]? {
    guard !columns.isEmpty else { return nil }
    return RowGroups.firstRows(
      withKeys: RowHashes.of(columns, rowCount: rowCount, pool: pool),
      alone: RowHashes.ofMissingCells(columns: columns.count))
  }

  /// For each row the first one that repeats it; nil where none is repeated, or chance does it.
  ///
  /// - Parameters:
  ///   - keys: the hashes of the features of each row.
  ///   - features: those of all rows or of some, by which chance is judged.
  static func equalRows(
    keys: [UInt64], labels: [Double], features: [Column], pool: WorkerPool
  ) -> [Int32]? {
    guard let rowCount = features.first?.count, rowCount > 1 else { return nil }
    var first = RowGroups.firstRows(withKeys: keys)
    var sizes = [Int32](repeating: 0, count: labels.count)
    var isMixed = [Bool](repeating: false, count: labels.count)
    for (row, other) in first.enumerated() {
      sizes[Int(other)] += 1
      if labels[row] != labels[Int(other)] { isMixed[Int(other)] = true }
    }
    let pairs = sizes.reduce(0.0) { $0 + Double($1) * (Double($1) - 1) / 2 }
    let possible = Double(labels.count) * (Double(labels.count) - 1) / 2
    guard pairs > 0,
      pairs > 2 * possible * shareByChance(features, rowCount: rowCount, pool: pool)
    else { return nil }
    for row in first.indices where isMixed[Int(first[row])] { first[row] = Int32(row) }
    return first
  }

  /// About what share of the pairs of rows is equal if columns have nothing to do with each other,
  /// by a sample of pairs.
  private static func shareByChance(
    _ features: [Column], rowCount: Int, pool: WorkerPool
  ) -> Double {
    let count = 20_000
    let random = CounterRandom(seed: 0)
    let left = (0..<count).map { Int32(random.bits(at: UInt64($0)) % UInt64(rowCount)) }
    let right = left.enumerated().map { index, row in
      let step = 1 + random.split(1).bits(at: UInt64(index)) % UInt64(rowCount - 1)
      return Int32((UInt64(row) + step) % UInt64(rowCount))
    }
    return features.reduce(1) { share, column in
      guard share > 0 else { return 0 }
      let hashes = [left, right].map {
        RowHashes.of([column.selecting($0)], rowCount: count, pool: pool)
      }
      return share * Double(zip(hashes[0], hashes[1]).count { $0 == $1 }) / Double(count)
    }
  }
}

/// Rows that share an identifier or all cells with others.
package struct RepeatCounts: Codable, Sendable, Equatable {
  /// The groups of such rows.
  package var groups: Int
  /// The rows in them.
  package var rows: Int
  /// The rows of the largest one.
  package var largest: Int
}

extension RepeatCounts {
  /// From this share of the rows on, a group makes the parts of a split uneven.
  private static let largeShare = 0.2

  /// What people are told.
  func tell(of data: String, rowCount: Int, context: RunContext) {
    context.progress(
      .note(
        "\(data): \(rows) rows share an identifier or all cells with others, in \(groups) "
          + "group\(groups == 1 ? "" : "s"); the rows of a group stay on one side of every split"))
    guard Double(largest) > Self.largeShare * Double(rowCount) else { return }
    context.warn([
      "\(data): one group of rows that repeat each other has \(largest) of \(rowCount) rows, so that "
        + "no even split is left and the metrics are rough: remove repeated rows"
    ])
  }
}
