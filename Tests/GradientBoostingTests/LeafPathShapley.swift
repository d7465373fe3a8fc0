// Shapley values another way, as the twin of ShapleyTree: leaf by leaf, with the coefficients of a
// polynomial instead of its integral (Yu et al., "Linear TreeSHAP", 2022, arXiv:2209.08192).

import CKernels

@testable import GradientBoosting

/// One leaf and the conditions on the way to it, one for each feature that is asked about.
struct LeafPath: Sendable {
  /// What a path asks of one feature.
  struct Condition: Sendable {
    let feature: Int
    /// The bins with which a row follows the path at every node that asks about the feature.
    var bins: BinSet
    /// The share of training rows that take the path's side, multiplied over these nodes.
    var share: Double
  }

  /// The leaf's value.
  let value: Double
  /// The conditions, one for each different feature.
  let conditions: [Condition]
}

extension Tree {
  /// The paths to all leaves.
  func leafPaths() -> [LeafPath] {
    var paths: [LeafPath] = []
    // A stack of its own: a tree may be as deep as it has leaves.
    var open: [(node: Int, conditions: [LeafPath.Condition])] = [(0, [])]
    while let (index, conditions) = open.popLast() {
      guard !isLeaf(index) else {
        paths.append(LeafPath(value: values[index], conditions: conditions))
        continue
      }
      let node = nodes[index]
      let left = Int(node.left)
      let goesLeft = leftBins(of: node)
      for (child, bins) in [(left + 1, goesLeft.complement), (left, goesLeft)] {
        var conditions = conditions
        let share = share(child, of: index)
        if let known = conditions.firstIndex(where: { $0.feature == Int(node.feature) }) {
          conditions[known].bins = conditions[known].bins.intersection(bins)
          conditions[known].share *= share
        } else {
          conditions.append(
            LeafPath.Condition(feature: Int(node.feature), bins: bins, share: share))
        }
        open.append((child, conditions))
      }
    }
    return paths
  }

  /// The bins that a node sends left.
  private func leftBins(of node: mlk_node) -> BinSet {
    if node.set > 0 { return sets[Int(node.set) - 1] }
    var bins = BinSet()
    for bin in Int(node.low)...min(255, Int(node.low) + Int(node.width)) { bins.insert(bin) }
    return bins
  }
}

extension BinSet {
  /// The bins that are not in the set.
  var complement: BinSet { BinSet(words: (~words.0, ~words.1, ~words.2, ~words.3)) }

  /// The bins that are in both sets.
  func intersection(_ other: BinSet) -> BinSet {
    BinSet(
      words: (
        words.0 & other.words.0, words.1 & other.words.1, words.2 & other.words.2,
        words.3 & other.words.3
      ))
  }
}

/// Computes the Shapley values of rows for one tree.
///
/// Over subsets S of known features, the sum over |S| = k of a path's weight is the coefficient k of
/// P(y) = product of (z + o y), and a feature's value is leaf * (o - z) * sum over k of
/// q_k k! (m - 1 - k)! / m!, where the q_k are the coefficients of P without the feature's factor.
struct LeafPathShapley {
  private let paths: [LeafPath]
  /// `weights[m][k] = k! (m - 1 - k)! / m!`.
  private let weights: [[Double]]

  init(_ tree: Tree) {
    paths = tree.leafPaths()
    let longest = paths.map(\.conditions.count).max() ?? 0
    weights = (0...longest).map { m in
      guard m > 0 else { return [] }
      var row = [1 / Double(m)]
      for k in 1..<max(1, m) { row.append(row[k - 1] * Double(k) / Double(m - k)) }
      return row
    }
  }

  /// The Shapley values of a row's features.
  ///
  /// - Parameter bins: the row's bins, one for each feature.
  func values(bins: [UInt8]) -> [Double] {
    var contributions = [Double](repeating: 0, count: bins.count)
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
        guard condition.bins.contains(Int(bins[condition.feature])) else {
          contributions[condition.feature] += unmet
          continue
        }
        divide(polynomial, by: condition.share, into: &quotient)
        let sum = zip(quotient, weights[m]).reduce(0) { $0 + $1.0 * $1.1 }
        contributions[condition.feature] += (1 - condition.share) * sum
      }
    }
    return contributions
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
