// The rows in the order of their probability, sorted once for all metrics that look at the order.

internal import NumericCore

/// Rows in ascending order of probability; equal probabilities form a group.
struct Ranking: Sendable {
  /// The weight of each row as (negative, positive): one of the two is zero.
  ///
  /// Rows of no weight and in no group pad the count to a multiple of 4.
  let weights: [SIMD2<Double>]
  /// Whether the row is the last one with its probability.
  let endsGroup: [Bool]
  /// The probability of each row, padding left out.
  let probabilities: [Double]
  /// For each row the row whose draw it shares, padding left out; nil if each has its own.
  let leaders: [Int32]?
  /// The summed weights of each group, in ascending order.
  let groups: [SIMD2<Double>]
  /// The summed weights of all rows.
  let total: SIMD2<Double>

  /// Sorts the rows.
  ///
  /// - Throws: `EvaluationError.oneClass` if a class has no row of nonzero weight.
  init(_ rows: ScoredRows) throws {
    let order = Self.ascendingOrder(rows.probabilities)
    let count = order.count
    let probabilities = order.map { rows.probabilities[Int($0)] }
    var weights = [SIMD2<Double>](repeating: .zero, count: (count + 3) / 4 * 4)
    var endsGroup = [Bool](repeating: false, count: weights.count)
    var groups: [SIMD2<Double>] = []
    var group = SIMD2<Double>.zero
    for (position, row) in order.enumerated() {
      let weight = rows.weights?[Int(row)] ?? 1
      weights[position] = rows.labels[Int(row)] ? SIMD2(0, weight) : SIMD2(weight, 0)
      group += weights[position]
      if position + 1 == count || probabilities[position] != probabilities[position + 1] {
        endsGroup[position] = true
        groups.append(group)
        group = .zero
      }
    }
    let total = groups.reduce(.zero, +)
    guard total.x > 0 && total.y > 0 else {
      throw EvaluationError.oneClass(label: total.y > 0, rows: rows.count)
    }
    self.weights = weights
    self.endsGroup = endsGroup
    self.probabilities = probabilities
    leaders = rows.groups.map { groups in order.map { groups.leaders[Int($0)] } }
    self.groups = groups
    self.total = total
  }

  /// The area under the ROC curve: the chance that a positive row ranks above a negative one, where
  /// a tie counts one half.
  var auc: Double {
    var below = 0.0
    var area = 0.0
    for group in groups {
      area += group.y * (2 * below + group.x)
      below += group.x
    }
    return area / (2 * total.x * total.y)
  }

  /// Precision averaged over the steps of recall, from the highest probability down: scikit-learn's
  /// `average_precision_score`, without interpolation.
  var averagePrecision: Double {
    var found = SIMD2<Double>.zero
    var area = 0.0
    for group in groups.reversed() where group.x + group.y > 0 {
      found += group
      area += group.y * found.y / (found.x + found.y)
    }
    return area / total.y
  }

  /// The rate of positives among the share of rows with the highest probabilities, relative to
  /// the rate among all.
  ///
  /// The group at the cut counts in part, at its own rate: that is the expectation when ties are
  /// broken at random, and makes the result independent of the order of the rows.
  func lift(share: Double) -> Double {
    let wanted = share * (total.x + total.y)
    var taken = 0.0
    var positives = 0.0
    for group in groups.reversed() {
      let weight = group.x + group.y
      guard taken + weight < wanted else {
        positives += group.y * (weight > 0 ? (wanted - taken) / weight : 0)
        break
      }
      taken += weight
      positives += group.y
    }
    return positives / wanted / (total.y / (total.x + total.y))
  }

  /// The row indices in ascending order of probability, equal ones in the order of the rows.
  ///
  /// A radix sort: the bits of non-negative doubles order as integers do. Six digits of 11 bits
  /// cover them all, and a digit that is the same everywhere costs no pass.
  static func ascendingOrder(_ probabilities: [Double]) -> [UInt32] {
    typealias Element = (key: UInt64, row: UInt32)
    let count = probabilities.count
    let digits = 6
    let buckets = 1 << 11
    return withUnsafeTemporaryAllocation(of: Element.self, capacity: 2 * count) { scratch in
      var from = UnsafeMutableBufferPointer(rebasing: scratch[..<count])
      var to = UnsafeMutableBufferPointer(rebasing: scratch[count...])
      var counts = [Int](repeating: 0, count: digits * buckets)
      for row in 0..<count {
        // Adding zero turns -0 into 0.
        let key = (probabilities[row] + 0).bitPattern
        from[row] = (key, UInt32(row))
        for digit in 0..<digits { counts[digit * buckets + Int((key >> (11 * digit)) & 2047)] += 1 }
      }
      for digit in 0..<digits {
        var positions = Array(counts[digit * buckets..<(digit + 1) * buckets])
        if positions.contains(count) { continue }
        var start = 0
        for bucket in 0..<buckets {
          (positions[bucket], start) = (start, start + positions[bucket])
        }
        for element in from {
          let bucket = Int((element.key >> (11 * digit)) & 2047)
          to[positions[bucket]] = element
          positions[bucket] += 1
        }
        swap(&from, &to)
      }
      return from.map(\.row)
    }
  }
}
