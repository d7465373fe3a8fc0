// The area under the ROC curve of the same rows again and again, as their scores change: after
// every tree of a training. Nothing is allocated after the first time.

/// Measures the AUC of fixed labels under changing scores.
public struct RepeatedAUC: Sendable {
  private let labels: [Bool]
  private let positives: Int
  private let negatives: Int
  /// The scores as integers in their order, with the label below.
  private var keys: [UInt64]
  private var other: [UInt64]
  /// How many keys there are of each bucket or digit, and then where the next one goes.
  private var places: [Int32]
  private var buckets: [Int32]

  private static let digitBits = 11
  private static let digits = 3
  /// The most keys of a bucket that are worth ordering one by one.
  private static let fullBucket: Int32 = 64

  /// Prepares to measure rows with these labels.
  ///
  /// - Throws: `EvaluationError.oneClass` if a class has no row.
  public init(labels: [Bool]) throws {
    self.labels = labels
    positives = labels.count { $0 }
    negatives = labels.count - positives
    guard positives > 0 && negatives > 0 else {
      throw EvaluationError.oneClass(label: positives > 0, rows: labels.count)
    }
    keys = [UInt64](repeating: 0, count: labels.count)
    other = keys
    places = [Int32](repeating: 0, count: Self.digits << Self.digitBits)
    buckets = [Int32](repeating: 0, count: labels.count)
  }

  /// The AUC of finite scores in the order of the labels; ties count one half.
  public mutating func callAsFunction(_ scores: UnsafeBufferPointer<Float>) -> Double {
    precondition(scores.count == labels.count, "\(scores.count) scores of \(labels.count) rows")
    for row in keys.indices {
      // Adding zero turns -0 into 0.
      let bits = (scores[row] + 0).bitPattern
      let ordered = bits ^ (bits >> 31 == 1 ? .max : 1 << 31)
      keys[row] = UInt64(ordered) << 1 | (labels[row] ? 1 : 0)
    }
    if !sortByBuckets(scores) { sortByDigits() }
    return area() / (2 * Double(positives) * Double(negatives))
  }

  /// Orders the keys by dividing the range of scores evenly, and what falls together one by one.
  ///
  /// - Returns: false, with the keys as they were, if too many fall together.
  private mutating func sortByBuckets(_ scores: UnsafeBufferPointer<Float>) -> Bool {
    let count = min(2 * keys.count, places.count)
    let lowest = scores.reduce(.infinity) { min($0, $1) }
    let highest = scores.reduce(-.infinity) { max($0, $1) }
    let scale = Float(count - 1) / (highest - lowest)
    guard scale.isFinite, scale > 0 else { return false }
    for place in 0..<count { places[place] = 0 }
    for row in keys.indices {
      // Rounding keeps the order: a higher score is never in a lower bucket.
      let bucket = min(Int((scores[row] - lowest) * scale), count - 1)
      buckets[row] = Int32(truncatingIfNeeded: bucket)
      places[bucket] += 1
    }
    var next: Int32 = 0
    for place in 0..<count {
      let own = places[place]
      if own > Self.fullBucket { return false }
      places[place] = next
      next += own
    }
    for row in keys.indices {
      let bucket = Int(buckets[row])
      other[Int(places[bucket])] = keys[row]
      places[bucket] += 1
    }
    swap(&keys, &other)
    keys.withUnsafeMutableBufferPointer { keys in
      for index in 1..<keys.count {
        let key = keys[index]
        var place = index
        while place > 0, keys[place - 1] > key {
          keys[place] = keys[place - 1]
          place -= 1
        }
        keys[place] = key
      }
    }
    return true
  }

  /// Orders the keys by a radix sort, whatever they are.
  private mutating func sortByDigits() {
    for digit in 0..<Self.digits {
      for place in 0..<1 << Self.digitBits { places[place] = 0 }
      for key in keys { places[Self.place(of: key, digit)] += 1 }
      var next: Int32 = 0
      for place in 0..<1 << Self.digitBits {
        (places[place], next) = (next, next + places[place])
      }
      for key in keys {
        let place = Self.place(of: key, digit)
        other[Int(places[place])] = key
        places[place] += 1
      }
      swap(&keys, &other)
    }
  }

  private static func place(of key: UInt64, _ digit: Int) -> Int {
    Int(key >> UInt64(1 + digit * digitBits)) & (1 << digitBits - 1)
  }

  /// Twice the number of pairs in the right order, of equal scores half.
  private func area() -> Double {
    var (below, area) = (0, 0)
    var index = 0
    while index < keys.count {
      var group = (negative: 0, positive: 0)
      let score = keys[index] >> 1
      while index < keys.count, keys[index] >> 1 == score {
        if keys[index] & 1 == 1 { group.positive += 1 } else { group.negative += 1 }
        index += 1
      }
      area += group.positive * (2 * below + group.negative)
      below += group.negative
    }
    return Double(area)
  }
}
