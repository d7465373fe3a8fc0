// Rows of a table that repeat each other. Were they dealt to both sides of a split, a model
// would be judged on rows that it has learnt from, and be praised for its memory.
import LearningTasks
import NumericCore
import Tables

/// Which rows stay together in every split.
///
/// Those are the rows that share an identifier. Rows that are equal in all columns that are learnt
/// from and in the target belong together too, unless their identifiers are shared by other rows,
/// and so say better which rows are of one customer. Where equal rows have different targets, or are
/// as many as chance alone makes of such columns, they are different customers that look alike: a
/// model may and should learn from one what it says of the other.
struct RepeatedRows: Sendable {
  /// The groups; nil if no two rows belong together.
  let groups: RowGroups?

  /// Finds the groups of a table.
  ///
  /// - Parameters:
  ///   - identifiers: the columns that together identify a row; empty where there are none.
  ///   - labels: the target of each row.
  init(identifiers: [Column], features: [Column], labels: [Double], pool: WorkerPool) {
    let shared = Self.sharedIdentifiers(identifiers, rowCount: labels.count, pool: pool)
    groups = RowGroups(
      joining: [
        shared,
        Self.equalRows(
          keys: RowHashes.of(features, rowCount: labels.count, pool: pool), labels: labels,
          features: features, known: shared, pool: pool),
      ].compactMap(\.self))
  }

  /// The counts; nil if no two rows belong together.
  var counts: RepeatCounts? {
    guard let groups else { return nil }
    let sizes = groups.sizes.filter { $0 > 1 }
    return RepeatCounts(
      groups: sizes.count, rows: Int(sizes.reduce(0, +)), largest: Int(sizes.max() ?? 0))
  }

  /// For each row the first one that has the same identifiers; nil where there are none.
  static func sharedIdentifiers(
    _ columns: [Column], rowCount: Int, pool: WorkerPool
  ) -> [Int32]? {
    guard !columns.isEmpty else { return nil }
    return RowGroups.firstRows(
      withKeys: RowHashes.ofIdentifiers(columns, rowCount: rowCount, pool: pool),
      alone: RowHashes.ofMissingCells(columns: columns.count))
  }

  /// For each row the first one that repeats it; nil where none is repeated, or chance does it.
  ///
  /// - Parameters:
  ///   - keys: the hashes of the features of each row.
  ///   - features: those of all rows or of the first ones, by which chance is judged.
  ///   - known: for each row the first one with its identifiers; rows that share some are left out.
  static func equalRows(
    keys: [UInt64], labels: [Double], features: [Column], known: [Int32]? = nil, pool: WorkerPool
  ) -> [Int32]? {
    var shares = [Bool](repeating: false, count: labels.count)
    for (row, other) in (known ?? []).enumerated() where other != Int32(row) {
      shares[row] = true
      shares[Int(other)] = true
    }
    var first = RowGroups.firstRows(
      withKeys: zip(keys, shares).map { $1 ? 0 : $0 }, alone: 0)
    var sizes = [Int32](repeating: 0, count: labels.count)
    var isMixed = [Bool](repeating: false, count: labels.count)
    for (row, other) in first.enumerated() where !shares[row] {
      sizes[Int(other)] += 1
      if labels[row] != labels[Int(other)] { isMixed[Int(other)] = true }
    }
    let rows = shares.indices.filter { !shares[$0] }.map { Int32($0) }
    let known = rows.prefix { Int($0) < features.first?.count ?? 0 }
    let pairs = sizes.reduce(0.0) { $0 + Double($1) * (Double($1) - 1) / 2 }
    let distinct = sizes.count { $0 > 0 }
    // So few different rows are those of a column of categories, and one column alone says nothing.
    guard pairs > 0, known.count > 1, features.count > 1, distinct * distinct >= rows.count else {
      return nil
    }
    let possible = Double(rows.count) * (Double(rows.count) - 1) / 2
    let chance = ChanceEquality(features, keys: keys, rows: Array(known), pool: pool)
    guard pairs > 2 * possible * chance.share else { return nil }
    for row in first.indices where isMixed[Int(first[row])] { first[row] = Int32(row) }
    return first
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
    context.warn([.largeGroup(data: data, rows: largest, of: rowCount)])
  }
}
