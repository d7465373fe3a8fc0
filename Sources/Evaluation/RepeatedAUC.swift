// The area under the ROC curve of the same rows again and again, as their scores change: after
// every tree of a training. Nothing is allocated after the first time.

/// Measures the AUC of fixed labels under changing scores.
public struct RepeatedAUC: Sendable {
  private let labels: [Bool]
  private let positives: Int
  private let negatives: Int
  private var keys: [UInt64]
  private var other: [UInt64]
  private var places: [Int32]

  private static let digitBits = 11
  private static let digits = 3

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
  }

  /// The AUC of finite scores in the order of the labels; ties count one half.
  public mutating func callAsFunction(_ scores: UnsafeBufferPointer<Float>) -> Double {
    precondition(scores.count == labels.count, "\(scores.count) scores of \(labels.count) rows")
    // Integers in the order of the scores, with the label below: a radix sort orders both.
    for place in places.indices { places[place] = 0 }
    for row in keys.indices {
      // Adding zero turns -0 into 0.
      let bits = (scores[row] + 0).bitPattern
      let ordered = bits ^ (bits >> 31 == 1 ? .max : 1 << 31)
      keys[row] = UInt64(ordered) << 1 | (labels[row] ? 1 : 0)
      for digit in 0..<Self.digits { places[Self.place(of: ordered, digit)] += 1 }
    }
    for digit in 0..<Self.digits { sort(by: digit) }
    return area() / (2 * Double(positives) * Double(negatives))
  }

  private mutating func sort(by digit: Int) {
    var next: Int32 = 0
    for place in digit << Self.digitBits..<(digit + 1) << Self.digitBits {
      (places[place], next) = (next, next + places[place])
    }
    for key in keys {
      let place = Self.place(of: UInt32(truncatingIfNeeded: key >> 1), digit)
      other[Int(places[place])] = key
      places[place] += 1
    }
    swap(&keys, &other)
  }

  private static func place(of key: UInt32, _ digit: Int) -> Int {
    digit << digitBits | Int(key >> UInt32(digit * digitBits)) & (1 << digitBits - 1)
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
