// From the scores of all rows to the packed entries of the next tree: block by block, derivatives
// are computed, quantised and packed while the block is in the nearest cache.
//
// Quantisation needs bounds of the derivatives. Where the objective has none, or rows have weights,
// a few rows may be so far from the others that the others would be lost in rounding: derivatives
// are then clipped for choosing splits, and the values of leaves are computed from unclipped,
// unquantised ones.

internal import CKernels
internal import NumericCore

/// The state of the training rows between trees.
struct GradientPass<Loss: Objective> {
  let objective: Loss
  let pool: WorkerPool
  /// The rows, those left out included.
  let count: Int
  /// The rows to learn from, in blocks.
  private let blocks: [Range<Int>]
  /// How many rows there are to learn from.
  private let learntCount: Int
  /// The labels and, if not all 1, the weights of the training rows.
  let labels: AlignedBuffer<Float>
  let weights: AlignedBuffer<Float>?
  /// The raw scores.
  let scores: AlignedBuffer<Float>
  /// The leaf of the last tree that each row ended in.
  let leafOf: AlignedBuffer<UInt16>
  /// Whether each row is in the last sample: 1 or 0.
  let marks: AlignedBuffer<UInt8>
  /// Whether derivatives may be clipped, and leaves need `leafSums`.
  let isClipped: Bool

  private static var blockRows: Int { 2_048 }

  /// Prepares rows that have these raw scores before the first tree.
  ///
  /// - Parameter leftOut: rows that are scored along, but not learnt from.
  init(
    objective: Loss, labels: [Float], weights: [Float]?, scores: AlignedBuffer<Float>,
    leavingOut leftOut: Range<Int>? = nil, pool: WorkerPool
  ) {
    self.objective = objective
    self.pool = pool
    count = labels.count
    let leftOut = leftOut ?? count..<count
    blocks =
      Self.blocks(of: 0..<leftOut.lowerBound) + Self.blocks(of: leftOut.upperBound..<count)
    learntCount = count - leftOut.count
    self.labels = AlignedBuffer(count: count)
    _ = self.labels.elements.update(fromContentsOf: labels)
    self.weights = weights.map { weights in
      let buffer = AlignedBuffer<Float>(count: weights.count)
      _ = buffer.elements.update(fromContentsOf: weights)
      return buffer
    }
    isClipped = weights != nil || objective.derivativeBounds == nil
    self.scores = scores
    leafOf = AlignedBuffer(count: count)
    marks = AlignedBuffer(count: count)
  }

  /// Packs the entries of the next tree.
  ///
  /// - Parameters:
  ///   - bag: which rows the next tree is grown on; nil for all.
  ///   - key: what the draws of rounding depend on, beside the row.
  /// - Returns: how many entries there are, their sums, and what their units are worth.
  func fill(
    _ entries: UnsafeMutablePointer<UInt64>, bag: RowSample?, key: UInt32
  ) -> (count: Int, sums: PackedSums, scale: GradientScale) {
    let bounds = derivativeBounds()
    let scale = GradientScale(
      rows: learntCount, gradientBound: bounds.gradient, hessianBound: bounds.hessian)
    let starts = blockStarts(bag: bag)
    let sums = Slots<Int64>(count: blocks.count, repeating: 0)
    pool.forEach(count: blocks.count) { block, _ in
      let rows = blocks[block]
      withDerivatives(of: rows) { gradients, hessians in
        if isClipped { Self.clip(gradients, hessians, to: bounds) }
        let kept = starts[block + 1] - starts[block]
        let target = entries + starts[block]
        if bag != nil {
          RowSample.compact(
            rows: rows, marks: marks.base, gradients: gradients, hessians: hessians
          ) { rowIndices in
            mlk_quantise(
              gradients.baseAddress, hessians.baseAddress, kept, rowIndices, 0, key,
              Float(1 / scale.gradient), Float(1 / scale.hessian), target)
          }
        } else {
          mlk_quantise(
            gradients.baseAddress, hessians.baseAddress, kept, nil, UInt32(rows.lowerBound), key,
            Float(1 / scale.gradient), Float(1 / scale.hessian), target)
        }
        var sum: Int64 = 0
        for index in 0..<kept {
          let word = target[index]
          let gradient = Int64(Int16(truncatingIfNeeded: word >> 16))
          sum &+= gradient << 32 &+ Int64(word & 0xFFFF)
        }
        sums[block] = sum
      }
    }
    return (
      starts[blocks.count], PackedSums(bits: sums.values.reduce(0, &+)), scale
    )
  }

  /// Writes the leaf of every row that is learnt from.
  func findLeaves(_ walk: TreeWalk, matrix: BinnedMatrix) {
    let leafOf = leafOf.base
    pool.forEach(count: blocks.count) { block, _ in
      walk.findLeaves(rows: blocks[block], of: matrix, into: leafOf + blocks[block].lowerBound)
    }
  }

  /// Writes the leaf of the rows that are not in the last sample.
  func findLeavesOfOthers(_ walk: TreeWalk, matrix: BinnedMatrix) {
    let (marks, leafOf) = (marks.base, leafOf.base)
    pool.forEach(count: blocks.count) { block, _ in
      RowSample.withUnmarked(blocks[block], marks: marks) { rows in
        walk.findLeaves(at: rows, of: matrix, into: leafOf)
      }
    }
  }

  private static func blocks(of rows: Range<Int>) -> [Range<Int>] {
    stride(from: rows.lowerBound, to: rows.upperBound, by: blockRows).map {
      $0..<min(rows.upperBound, $0 + blockRows)
    }
  }

  /// Adds the values of the last tree's leaves to the scores; nil before the first tree.
  func addToScores(_ values: [Double]?) {
    guard let values else { return }
    let leafValues = values.map { Float($0) }
    let (scores, leafOf) = (scores.base, leafOf.base)
    pool.forEachRange(count: count, grain: 16_384) { rows, _ in
      leafValues.withUnsafeBufferPointer { leafValues in
        for row in rows { scores[row] += leafValues[Int(leafOf[row])] }
      }
    }
  }

  /// Calls `body` with the derivatives of a block, weights included.
  private func withDerivatives(
    of rows: Range<Int>,
    _ body: (UnsafeMutableBufferPointer<Float>, UnsafeMutableBufferPointer<Float>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * rows.count) { memory in
      let gradients = UnsafeMutableBufferPointer(rebasing: memory[..<rows.count])
      let hessians = UnsafeMutableBufferPointer(rebasing: memory[rows.count...])
      objective.derivatives(
        scores: UnsafeBufferPointer(rebasing: scores.elements[rows]),
        labels: UnsafeBufferPointer(rebasing: labels.elements[rows]),
        gradients: gradients, hessians: hessians)
      if let weights {
        let weights = weights.base + rows.lowerBound
        for index in 0..<rows.count {
          gradients[index] *= weights[index]
          hessians[index] *= weights[index]
        }
      }
      body(gradients, hessians)
    }
  }

  /// The sums of gradients (x) and hessians (y) of the rows in each leaf of the last tree, by node.
  ///
  /// - Parameter bag: the rows that count; nil for all.
  func leafSums(nodeCount: Int, bag: RowSample?) -> [SIMD2<Double>] {
    let sums = Slots<[SIMD2<Double>]>(count: blocks.count, repeating: [])
    pool.forEach(count: blocks.count) { block, _ in
      let rows = blocks[block]
      var own = [SIMD2<Double>](repeating: .zero, count: nodeCount)
      withDerivatives(of: rows) { gradients, hessians in
        for (index, row) in rows.enumerated() where bag == nil || marks.base[row] == 1 {
          own[Int(leafOf.base[row])] += SIMD2(Double(gradients[index]), Double(hessians[index]))
        }
      }
      sums[block] = own
    }
    // Block after block, whoever has computed them.
    return sums.values.reduce(into: [SIMD2<Double>](repeating: .zero, count: nodeCount)) {
      for node in 0..<nodeCount { $0[node] += $1[node] }
    }
  }

  /// The medians of what labels are above scores in each leaf of the last tree, by node.
  ///
  /// - Parameter bag: the rows that count; nil for all.
  func leafMedians(nodeCount: Int, bag: RowSample?) -> [Double] {
    var residuals = [WeightedResiduals](repeating: WeightedResiduals(), count: nodeCount)
    for row in blocks.joined() where bag == nil || marks.base[row] == 1 {
      residuals[Int(leafOf.base[row])].append(
        Double(labels.base[row]) - Double(scores.base[row]),
        weight: Double(weights?.base[row] ?? 1))
    }
    let medians = Slots<Double>(count: nodeCount, repeating: 0)
    pool.forEach(count: nodeCount) { [residuals] node, _ in medians[node] = residuals[node].median }
    return medians.values
  }

  /// What |gradients| and hessians are at most in this round, for choosing splits.
  private func derivativeBounds() -> (gradient: Float, hessian: Float) {
    if !isClipped, let bounds = objective.derivativeBounds { return bounds }
    let sizes = Slots<(largest: SIMD2<Double>, squares: SIMD2<Double>)>(
      count: blocks.count, repeating: (.zero, .zero))
    pool.forEach(count: blocks.count) { block, _ in
      withDerivatives(of: blocks[block]) { gradients, hessians in
        var size = (largest: SIMD2<Double>.zero, squares: SIMD2<Double>.zero)
        for (gradient, hessian) in zip(gradients, hessians) {
          let both = SIMD2(Double(abs(gradient)), Double(hessian))
          size.largest.x = max(size.largest.x, both.x)
          size.largest.y = max(size.largest.y, both.y)
          size.squares += both * both
        }
        sizes[block] = size
      }
    }
    let total = sizes.values.reduce((largest: SIMD2<Double>.zero, squares: SIMD2<Double>.zero)) {
      (
        SIMD2(max($0.largest.x, $1.largest.x), max($0.largest.y, $1.largest.y)),
        $0.squares + $1.squares
      )
    }
    // So many root mean squares leave the usual row some levels of its own even in large tables.
    let limit = 256 * (total.squares / Double(max(1, learntCount))).squareRoot()
    return (
      Float(min(total.largest.x, limit.x)), Float(min(total.largest.y, limit.y))
    )
  }

  private static func clip(
    _ gradients: UnsafeMutableBufferPointer<Float>, _ hessians: UnsafeMutableBufferPointer<Float>,
    to bounds: (gradient: Float, hessian: Float)
  ) {
    for row in gradients.indices {
      gradients[row] = min(max(gradients[row], -bounds.gradient), bounds.gradient)
      hessians[row] = min(hessians[row], bounds.hessian)
    }
  }

  /// Where each block's entries start, and behind the last block how many there are.
  private func blockStarts(bag: RowSample?) -> [Int] {
    let counts = Slots<Int>(count: blocks.count, repeating: 0)
    if let bag {
      pool.forEach(count: blocks.count) { block, _ in
        counts[block] = bag.mark(blocks[block], in: marks.base)
      }
    } else {
      for (block, rows) in blocks.enumerated() { counts[block] = rows.count }
    }
    return counts.values.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
  }
}
