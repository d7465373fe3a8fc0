// Where the bins of a number end: between all distinct values while there are few, else so that
// the bins hold about the same number of rows, with frequent values in bins of their own.

/// Cuts between bins, from a sample of values.
enum QuantileCuts {
  /// Returns ascending cuts that divide a sample into at most `maximumBins` bins.
  ///
  /// - Parameter sample: any order; it loses its missing values (NaN) and is sorted in place.
  /// - Complexity: O(`sample.count`).
  static func cuts(sample: inout [Double], maximumBins: Int) -> [Double] {
    // A NaN is not equal to itself, so that no run would hold it.
    sample.removeAll(where: \.isNaN)
    RadixSort.sort(&sample)
    return sample.withUnsafeBufferPointer { cuts(SortedSample(values: $0), maximumBins) }
  }

  private static func cuts(_ sample: SortedSample, _ maximumBins: Int) -> [Double] {
    let total = sample.values.count
    let fairShare = Double(total) / Double(maximumBins)
    var distinct = 0
    // Values frequent enough for a bin of their own leave the others to share what remains.
    var restRows = total
    var restBins = maximumBins
    var run = sample.run(from: 0)
    while !run.isEmpty {
      distinct += 1
      if Double(run.count) >= fairShare {
        restRows -= run.count
        restBins -= 1
      }
      run = sample.run(from: run.upperBound)
    }
    let isDivided = distinct > maximumBins
    var cuts: [Double] = []
    var inBin = 0
    run = sample.run(from: 0)
    while run.upperBound < total, cuts.count < maximumBins - 1 {
      let next = sample.run(from: run.upperBound)
      let isFrequent = Double(run.count) >= fairShare
      inBin += run.count
      if !isFrequent { restRows -= run.count }
      let share = restBins > 0 ? Double(restRows + inBin) / Double(restBins) : .infinity
      let nextIsFrequent =
        Double(next.count) >= fairShare && Double(inBin) >= max(1, share / 2)
      if !isDivided || isFrequent || Double(inBin) >= share || nextIsFrequent {
        cuts.append(
          cut(between: sample.values[run.lowerBound], and: sample.values[next.lowerBound]))
        if !isFrequent { restBins -= 1 }
        inBin = 0
      }
      run = next
    }
    return cuts
  }

  /// A number that is at least `lower` and below `upper`.
  private static func cut(between lower: Double, and upper: Double) -> Double {
    let middle = lower / 2 + upper / 2
    return middle >= lower && middle < upper ? middle : lower
  }
}

/// Ascending numbers as runs of equal ones.
private struct SortedSample {
  let values: UnsafeBufferPointer<Double>

  /// The positions of the values equal to that at `start`, where -0 and 0 are; empty at the end.
  func run(from start: Int) -> Range<Int> {
    var end = start
    while end < values.count, values[end] == values[start] { end += 1 }
    return start..<end
  }
}
