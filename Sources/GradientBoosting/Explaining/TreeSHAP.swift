// Exact Shapley values of the features for tree ensembles, path-dependent: a feature that is
// unknown sends a row both ways, in proportion to the training rows (Lundberg et al., "From local
// explanations to global understanding with explainable AI for trees", 2020,
// doi:10.1038/s42256-019-0138-9).
//
// For a leaf whose path asks about m features, a row either meets a feature's condition (o = 1) or
// does not (o = 0); z is the condition's share. Over subsets S of known features,
//   sum over |S| = k of the path's weight = coefficient k of  P(y) = product of (z + o y),
// and a feature's Shapley value is leaf * (o - z) * sum over k of q_k k! (m - 1 - k)! / m!, where
// the q_k are the coefficients of P without that feature's factor. Factors with o = 0 are
// constants, so the polynomial has one degree for each condition that is met, which are few.

/// Computes the Shapley values of rows.
struct TreeSHAP: Sendable {
  private let paths: [LeafPath]
  /// `weights[m][k] = k! (m - 1 - k)! / m!`.
  private let weights: [[Double]]

  init(trees: [Tree]) {
    paths = trees.flatMap { $0.leafPaths() }
    let longest = paths.map(\.conditions.count).max() ?? 0
    weights = (0...longest).map { m in
      guard m > 0 else { return [] }
      var row = [1 / Double(m)]
      for k in 1..<max(1, m) { row.append(row[k - 1] * Double(k) / Double(m - k)) }
      return row
    }
  }

  /// Adds the Shapley values of a row's features to `contributions`.
  ///
  /// - Parameters:
  ///   - bins: the row's bins, one for each feature.
  ///   - inputOf: for each feature the element of `contributions` that it counts for.
  func add(
    bins: UnsafePointer<UInt8>, inputOf: [Int],
    to contributions: UnsafeMutableBufferPointer<Double>
  ) {
    var polynomial = [Double]()
    var quotient = [Double]()
    for path in paths {
      let m = path.conditions.count
      guard m > 0 else { continue }
      polynomial.removeAll(keepingCapacity: true)
      polynomial.append(path.value)
      for condition in path.conditions {
        if condition.bins.contains(Int(bins[condition.feature])) {
          multiply(&polynomial, by: condition.share)
        } else {
          for k in polynomial.indices { polynomial[k] *= condition.share }
        }
      }
      let degree = polynomial.count - 1
      // All features that are not met have the same value: (0 - z) times the polynomial over z.
      // With every condition met there is none, and weights[m] has no element for the degree m.
      let unmet =
        degree < m ? -zip(polynomial, weights[m]).reduce(0) { $0 + $1.0 * $1.1 } : 0
      for condition in path.conditions {
        let input = inputOf[condition.feature]
        guard condition.bins.contains(Int(bins[condition.feature])) else {
          contributions[input] += unmet
          continue
        }
        divide(polynomial, by: condition.share, into: &quotient)
        let sum = zip(quotient, weights[m]).reduce(0) { $0 + $1.0 * $1.1 }
        contributions[input] += (1 - condition.share) * sum
      }
    }
  }

  /// Multiplies a polynomial by `share + y`.
  private func multiply(_ polynomial: inout [Double], by share: Double) {
    polynomial.append(0)
    for k in polynomial.indices.reversed() {
      polynomial[k] = polynomial[k] * share + (k > 0 ? polynomial[k - 1] : 0)
    }
  }

  /// Divides a polynomial by its factor `share + y`, from the highest power, which is stable as
  /// shares are at most 1.
  private func divide(_ polynomial: [Double], by share: Double, into quotient: inout [Double]) {
    quotient.removeAll(keepingCapacity: true)
    quotient.append(contentsOf: repeatElement(0, count: polynomial.count - 1))
    var carried = 0.0
    for k in quotient.indices.reversed() {
      carried = polynomial[k + 1] - share * carried
      quotient[k] = carried
    }
  }
}
