// Dealing groups of rows to parts, so that every part has its share of the rows of each class.

extension RowGroups {
  /// Deals whole groups to parts.
  ///
  /// The largest groups come first; each goes where it disturbs the shares of both classes least.
  /// Single rows then fill the parts up. Groups of one size come in a random order.
  ///
  /// - Parameters:
  ///   - labels: the class of each row.
  ///   - shares: the share of the rows that each part is to have, above 0; their sum is 1.
  /// - Returns: the part of each row. Where groups are large a part may lack a class, or all rows.
  public func dealt(labels: [Bool], shares: [Double], random: CounterRandom) -> [Int32] {
    precondition(labels.count == leaders.count, "labels of other rows")
    let sizes = sizes
    var positives = [Int32](repeating: 0, count: leaders.count)
    for (row, leader) in leaders.enumerated() where labels[row] { positives[Int(leader)] += 1 }
    var order = leaders.indices.filter { sizes[$0] > 0 }.map { Int32($0) }
    var generator = SeededGenerator(random)
    order.shuffle(using: &generator)
    let large = order.enumerated().filter { sizes[Int($0.element)] > 1 }.sorted {
      (sizes[Int($1.element)], $0.offset) < (sizes[Int($0.element)], $1.offset)
    }.map(\.element)
    var dealing = Dealing(shares: shares, labels: labels)
    var parts = [Int32](repeating: 0, count: leaders.count)
    for group in large + order.filter({ sizes[Int($0)] == 1 }) {
      let place = Int(group)
      let positive = Double(positives[place])
      parts[place] = Int32(
        dealing.take(SIMD2(Double(sizes[place]) - positive, positive)))
    }
    return leaders.map { parts[Int($0)] }
  }

  /// What each part has so far.
  private struct Dealing {
    private let scales: [Double]
    private let perClass: SIMD2<Double>
    private var counts: [SIMD2<Double>]

    init(shares: [Double], labels: [Bool]) {
      let positives = Double(labels.count { $0 })
      let negatives = Double(labels.count) - positives
      // Both classes count alike, however rare one is.
      perClass = SIMD2(1 / max(1, negatives * negatives), 1 / max(1, positives * positives))
      scales = shares.map { 1 / $0 }
      counts = [SIMD2<Double>](repeating: .zero, count: shares.count)
    }

    /// Gives a group to the part in which the sum of `count² / share` grows least, which is least of
    /// all where counts are in proportion to the shares.
    mutating func take(_ group: SIMD2<Double>) -> Int {
      var best = 0
      var least = Double.infinity
      for part in counts.indices {
        let growth = (group * (2 * counts[part] + group) * perClass).sum() * scales[part]
        if growth < least { (best, least) = (part, growth) }
      }
      counts[best] += group
      return best
    }
  }
}
