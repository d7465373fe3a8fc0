// The slow and obvious twin of tree growing: strict best-first, one leaf at a time, sums recomputed
// from the rows of each leaf for every candidate split, no histograms, no threads.

@testable import GradientBoosting

/// Grows a leaf-wise tree from packed entries without any of the library's kernels.
struct NaiveGrower {
  let bins: [[UInt8]]  // bins[feature][row]
  let shapes: [BinnedFeatureShape]
  let parameters: GrowingParameters
  let scale: GradientScale

  struct Leaf {
    var rows: [Int]
    var depth: Int
    /// The values that monotone constraints allow.
    var values: ClosedRange<Double>
    var split: Candidate?
  }

  struct Candidate: Equatable {
    var feature: Int
    var goesLeft: Set<Int>
    var gain: Double
    /// Halfway between the children's values.
    var middle: Double
  }

  /// The rows of every leaf, each sorted, in order of their first row.
  func leaves(gradients: [Int], hessians: [Int]) -> [[Int]] {
    var leaves = [
      open(
        Array(gradients.indices), depth: 0, values: -.infinity ... .infinity, gradients, hessians)
    ]
    while leaves.count < parameters.numLeaves {
      guard let (index, candidate) = best(leaves) else { break }
      let leaf = leaves.remove(at: index)
      let column = bins[candidate.feature]
      let left = leaf.rows.filter { candidate.goesLeft.contains(Int(column[$0])) }
      let right = leaf.rows.filter { !candidate.goesLeft.contains(Int(column[$0])) }
      let (leftValues, rightValues) = halves(leaf.values, candidate)
      leaves.insert(
        open(right, depth: leaf.depth + 1, values: rightValues, gradients, hessians), at: index)
      leaves.insert(
        open(left, depth: leaf.depth + 1, values: leftValues, gradients, hessians), at: index)
    }
    return leaves.map { $0.rows.sorted() }.sorted { $0[0] < $1[0] }
  }

  private func halves(
    _ values: ClosedRange<Double>, _ candidate: Candidate
  ) -> (left: ClosedRange<Double>, right: ClosedRange<Double>) {
    let below = values.lowerBound...candidate.middle
    let above = candidate.middle...values.upperBound
    return switch shapes[candidate.feature].direction {
    case 1: (below, above)
    case -1: (above, below)
    default: (values, values)
    }
  }

  private func best(_ leaves: [Leaf]) -> (Int, Candidate)? {
    var best: (Int, Candidate)?
    for (index, leaf) in leaves.enumerated() {
      guard let candidate = leaf.split else { continue }
      if best.map({ candidate.gain > $0.1.gain }) ?? true { best = (index, candidate) }
    }
    return best
  }

  private func open(
    _ rows: [Int], depth: Int, values: ClosedRange<Double>, _ g: [Int], _ h: [Int]
  ) -> Leaf {
    Leaf(
      rows: rows, depth: depth, values: values,
      split: bestSplit(rows, depth: depth, values: values, g, h))
  }

  /// The value of a leaf and twice the loss that it takes away.
  private func worth(
    _ g: Int, _ h: Int, in values: ClosedRange<Double>
  ) -> (value: Double, score: Double) {
    let gradient = Double(g) * scale.gradient
    let curvature = Double(h) * scale.hessian + parameters.lambdaL2
    let size = max(0, abs(gradient) - parameters.lambdaL1)
    let free = (gradient > 0 ? -size : size) / curvature
    let value = min(max(free, values.lowerBound), values.upperBound)
    let loss = gradient * value + curvature * value * value / 2 + parameters.lambdaL1 * abs(value)
    return (value, values.contains(free) ? size * size / curvature : -2 * loss)
  }

  private func bestSplit(
    _ rows: [Int], depth: Int, values: ClosedRange<Double>, _ g: [Int], _ h: [Int]
  ) -> Candidate? {
    let totalG = rows.reduce(0) { $0 + g[$1] }
    let totalH = rows.reduce(0) { $0 + h[$1] }
    let perRow = Double(totalH) / Double(rows.count)
    let least = max(
      1, Double(parameters.minDataInLeaf) * perRow,
      (parameters.minSumHessian / scale.hessian).rounded(.up))
    guard depth < parameters.maxDepth, rows.count >= 2 * parameters.minDataInLeaf,
      Double(totalH) >= 2 * least
    else { return nil }
    var best: Candidate?
    for feature in shapes.indices {
      for goesLeft in candidates(feature, rows) {
        let left = rows.filter { goesLeft.contains(Int(bins[feature][$0])) }
        let leftG = left.reduce(0) { $0 + g[$1] }
        let leftH = left.reduce(0) { $0 + h[$1] }
        guard Double(leftH) >= least, Double(totalH - leftH) >= least else { continue }
        let (lower, upper) = (
          worth(leftG, leftH, in: values), worth(totalG - leftG, totalH - leftH, in: values)
        )
        guard lower.value != upper.value,
          Double(shapes[feature].direction) * (upper.value - lower.value) >= 0
        else { continue }
        let gain = lower.score + upper.score - worth(totalG, totalH, in: values).score
        if gain > parameters.minGain, best.map({ gain > $0.gain }) ?? true {
          best = Candidate(
            feature: feature, goesLeft: goesLeft, gain: gain,
            middle: (lower.value + upper.value) / 2)
        }
      }
    }
    return best
  }

  /// All groups of bins that may go left: ranges from bin 1, each with and without bin 0, or
  /// single bins of categories (the fixtures have few).
  private func candidates(_ feature: Int, _ rows: [Int]) -> [Set<Int>] {
    let count = shapes[feature].binCount
    if shapes[feature].isCategorical { return (0..<count).map { [$0] } }
    let right = (1..<count).map { Set(1...$0) }
    let hasMissing = rows.contains { bins[feature][$0] == 0 }
    return right + (hasMissing ? right.map { $0.union([0]) } : [])
  }
}
