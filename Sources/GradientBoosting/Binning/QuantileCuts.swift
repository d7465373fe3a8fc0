// Where the bins of a number end: between all distinct values while there are few, else so that
// the bins hold about the same number of rows, with frequent values in bins of their own.

/// Cuts between bins, from a sample of values.
enum QuantileCuts {
  /// Returns ascending cuts that divide a sample into at most `maximumBins` bins.
  ///
  /// - Parameter sample: any order, without NaN; it is sorted in place.
  /// - Complexity: O(`sample.count`).
  static func cuts(sample: inout [Double], maximumBins: Int) -> [Double] {
    RadixSort.sort(&sample)
    var values: [Double] = []
    var counts: [Int] = []
    for value in sample {
      // -0 and 0 are one value.
      if let last = values.last, last == value {
        counts[counts.count - 1] += 1
      } else {
        values.append(value)
        counts.append(1)
      }
    }
    guard values.count > 1 else { return [] }
    if values.count <= maximumBins {
      return (1..<values.count).map { cut(between: values[$0 - 1], and: values[$0]) }
    }
    return equalCountCuts(values: values, counts: counts, maximumBins: maximumBins)
  }

  private static func equalCountCuts(
    values: [Double], counts: [Int], maximumBins: Int
  ) -> [Double] {
    let total = counts.reduce(0, +)
    let fairShare = Double(total) / Double(maximumBins)
    // Values frequent enough for a bin of their own leave the others to share what remains.
    let isFrequent = counts.map { Double($0) >= fairShare }
    var restRows = total
    var restBins = maximumBins
    for (index, count) in counts.enumerated() where isFrequent[index] {
      restRows -= count
      restBins -= 1
    }
    var cuts: [Double] = []
    var inBin = 0
    for index in 0..<(values.count - 1) where cuts.count < maximumBins - 1 {
      inBin += counts[index]
      if !isFrequent[index] { restRows -= counts[index] }
      let share = restBins > 0 ? Double(restRows + inBin) / Double(restBins) : .infinity
      let nextIsFrequent = isFrequent[index + 1] && Double(inBin) >= max(1, share / 2)
      if isFrequent[index] || Double(inBin) >= share || nextIsFrequent {
        cuts.append(cut(between: values[index], and: values[index + 1]))
        if !isFrequent[index] { restBins -= 1 }
        inBin = 0
      }
    }
    return cuts
  }

  /// A number that is at least `lower` and below `upper`.
  private static func cut(between lower: Double, and upper: Double) -> Double {
    let middle = lower / 2 + upper / 2
    return middle >= lower && middle < upper ? middle : lower
  }
}
