// From the scores of all rows to the packed entries of the next tree, in one pass: block by block,
// the last tree's values are added to the scores, derivatives are computed, quantised and packed
// while the block is in the nearest cache.

internal import CKernels
internal import NumericCore

/// The state of the training rows between trees.
struct GradientPass<Loss: Objective> {
  let objective: Loss
  let pool: WorkerPool
  let count: Int
  /// The labels and, if not all 1, the weights of the training rows.
  let labels: AlignedBuffer<Float>
  let weights: AlignedBuffer<Float>?
  /// The raw scores, the last tree's values not yet added.
  let scores: AlignedBuffer<Float>
  /// The leaf of the last tree that each row ended in.
  let leafOf: AlignedBuffer<UInt16>
  private let largestWeight: Float

  private static var blockRows: Int { 2_048 }

  init(
    objective: Loss, labels: [Float], weights: [Float]?, initialScore: Double, pool: WorkerPool
  ) {
    self.objective = objective
    self.pool = pool
    count = labels.count
    self.labels = AlignedBuffer(count: count)
    _ = self.labels.elements.update(fromContentsOf: labels)
    self.weights = weights.map { weights in
      let buffer = AlignedBuffer<Float>(count: weights.count)
      _ = buffer.elements.update(fromContentsOf: weights)
      return buffer
    }
    largestWeight = weights?.max() ?? 1
    scores = AlignedBuffer(count: count)
    scores.elements.update(repeating: Float(initialScore))
    leafOf = AlignedBuffer(count: count)
  }

  /// Adds the last tree's values to the scores and packs the entries of the next tree.
  ///
  /// - Parameters:
  ///   - lastTree: the values of the last tree's nodes; nil before the first tree.
  ///   - bag: which rows the next tree is grown on; nil for all.
  /// - Returns: how many entries there are, their sums, and what their units are worth.
  func fill(
    _ entries: UnsafeMutablePointer<UInt64>, lastTree: [Double]?, bag: RowSample?, key: UInt32
  ) -> (count: Int, sums: PackedSums, scale: GradientScale) {
    addToScores(lastTree)
    let bounds = derivativeBounds()
    let scale = GradientScale(
      rows: count, gradientBound: bounds.gradient, hessianBound: bounds.hessian)
    let blocks = (count + Self.blockRows - 1) / Self.blockRows
    let starts = blockStarts(blocks: blocks, bag: bag)
    let sums = Slots<Int64>(count: blocks, repeating: 0)
    pool.forEach(count: blocks) { block, _ in
      let rows = rows(ofBlock: block)
      withDerivatives(of: rows) { gradients, hessians in
        let kept = starts[block + 1] - starts[block]
        let target = entries + starts[block]
        if let bag {
          bag.compact(rows: rows, gradients: gradients, hessians: hessians) { rowIndices in
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
      starts[blocks], PackedSums(bits: sums.values.reduce(0, &+)), scale
    )
  }

  private func rows(ofBlock block: Int) -> Range<Int> {
    block * Self.blockRows..<min(count, (block + 1) * Self.blockRows)
  }

  private func addToScores(_ values: [Double]?) {
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

  /// The largest |gradient| and hessian that rows may have in this round.
  private func derivativeBounds() -> (gradient: Float, hessian: Float) {
    if let bounds = objective.derivativeBounds {
      return (bounds.gradient * largestWeight, bounds.hessian * largestWeight)
    }
    let blocks = (count + Self.blockRows - 1) / Self.blockRows
    let largest = Slots<(Float, Float)>(count: blocks, repeating: (0, 0))
    pool.forEach(count: blocks) { block, _ in
      withDerivatives(of: rows(ofBlock: block)) { gradients, hessians in
        var bounds: (Float, Float) = (0, 0)
        for gradient in gradients { bounds.0 = max(bounds.0, abs(gradient)) }
        for hessian in hessians { bounds.1 = max(bounds.1, hessian) }
        largest[block] = bounds
      }
    }
    return largest.values.reduce((0, 0)) { (max($0.0, $1.0), max($0.1, $1.1)) }
  }

  /// Where each block's entries start, and behind the last block how many there are.
  private func blockStarts(blocks: Int, bag: RowSample?) -> [Int] {
    guard let bag else { return (0...blocks).map { min(count, $0 * Self.blockRows) } }
    let counts = Slots<Int>(count: blocks, repeating: 0)
    pool.forEach(count: blocks) { block, _ in counts[block] = bag.count(rows(ofBlock: block)) }
    return counts.values.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
  }
}
