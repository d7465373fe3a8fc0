// What one byte of a row counts in a histogram: the bin of one feature, or the bins of several
// features with few bins as the digits of one number. Tables of customers consist mostly of such
// features, and counting them together takes a fraction of the time. What is learnt is the same.

internal import CKernels

/// The features that one byte of a row stands for.
struct HistogramColumn: Sendable {
  /// A feature and its digit.
  struct Member: Sendable {
    /// The index of the feature in the view.
    let feature: Int
    /// The values of the digit.
    let levels: Int
    /// The bin that digit 0 stands for: 1 if no row's bin is 0.
    let first: Int
    /// What the digit counts for in the byte.
    let weight: Int
  }

  /// The features; the lowest digit first.
  let members: [Member]
  /// How many values the byte has.
  let cellCount: Int

  /// Whether there are several features.
  var isBundle: Bool { members.count > 1 }

  /// Features of more levels are not worth counting together with others.
  static let mostLevels = 16
  private static let mostCells = 256

  /// Arranges features in columns: bundles of those with few levels, then the others in their order.
  ///
  /// Where bundles would save less than an eighth of the columns there are none.
  ///
  /// - Parameters:
  ///   - binCounts: of each feature.
  ///   - hasMissing: whether any row has bin 0, for each feature.
  static func arranged(binCounts: [Int], hasMissing: [Bool]) -> [HistogramColumn] {
    let levels = zip(binCounts, hasMissing).map { max(1, $1 ? $0 : $0 - 1) }
    // Ascending, so that the next feature fits as often as possible.
    let small = levels.indices.filter { levels[$0] <= mostLevels }
      .sorted { (levels[$0], $0) < (levels[$1], $1) }
    var groups: [[Int]] = []
    var cells = mostCells + 1
    for feature in small {
      if cells * levels[feature] > mostCells {
        groups.append([])
        cells = 1
      }
      groups[groups.count - 1].append(feature)
      cells *= levels[feature]
    }
    // A view with bundles is a copy of the matrix, which few bytes less of each row do not pay for.
    let bundles = groups.filter { $0.count > 1 }
    let saved = bundles.reduce(0) { $0 + $1.count - 1 }
    guard saved >= leastSaving(of: levels.count) else {
      return alone(binCounts.indices, binCounts)
    }
    let bundled = Set(bundles.joined())
    return bundles.map { features in
      var weight = 1
      let members = features.map { feature in
        defer { weight *= levels[feature] }
        return Member(
          feature: feature, levels: levels[feature], first: hasMissing[feature] ? 0 : 1,
          weight: weight)
      }
      return HistogramColumn(members: members, cellCount: weight)
    }
      + alone(binCounts.indices.filter { !bundled.contains($0) }, binCounts)
  }

  /// How many bytes of a row bundles must save to be worth it.
  private static func leastSaving(of features: Int) -> Int { max(1, features / 8) }

  /// A column for each of some features.
  private static func alone(
    _ features: some Sequence<Int>, _ binCounts: [Int]
  ) -> [HistogramColumn] {
    features.map {
      HistogramColumn(
        members: [Member(feature: $0, levels: binCounts[$0], first: 0, weight: 1)],
        cellCount: binCounts[$0])
    }
  }

  /// The values of the byte with which rows go left in a split of a member.
  func bytes(goingLeftBy split: Split, of member: Member) -> BinSet {
    var set = BinSet()
    for byte in 0..<cellCount {
      let bin = byte / member.weight % member.levels + member.first
      if split.takesLeft(bin) { set.insert(byte) }
    }
    return set
  }
}
