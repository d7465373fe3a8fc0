// Contributions of single rows with low latency: everything that a table's contributions prepare for
// each call is prepared once.

public import NumericCore

/// A model prepared to explain one row at a time.
///
/// It holds 200 to 600 bytes for each node of the trees.
public struct RowExplainer: Sendable {
  private let scorer: RowScorer
  private let trees: [ShapleyRowTree]
  private let scratchCount: Int

  /// Prepares a model.
  public init(_ model: BoostedTrees, pool: WorkerPool) {
    scorer = RowScorer(model)
    trees = ShapleyTree.all(of: model, trees: model.trees.indices, pool: pool)
      .compactMap(ShapleyRowTree.init)
    scratchCount = trees.reduce(0) { max($0, $1.scratchCount) }
  }

  /// The columns whose cells a row consists of, in their order.
  public var inputs: [BoostedTrees.Input] { scorer.inputs }

  /// Computes the exact path-dependent Shapley values of a row, the same to the bit as
  /// `BoostedTrees.contributions` does.
  ///
  /// - Parameter cells: one for each of `inputs`; a cell of another kind counts as missing.
  /// - Returns: the value of each input, in raw scores.
  /// - Precondition: there are as many cells as inputs.
  public func values(_ cells: [RowScorer.Cell]) -> [Double] {
    var values = [Double](repeating: 0, count: inputs.count)
    scorer.withBins(of: cells) { bins in
      values.withUnsafeMutableBufferPointer { values in
        guard let contributions = values.baseAddress else { return }
        let bytes = scratchCount * MemoryLayout<Double>.stride
        withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 64) { memory in
          let doubles = memory.bindMemory(to: Double.self)
          guard let scratch = doubles.baseAddress else { return }
          for tree in trees {
            tree.add(bins: bins, scratch: scratch, contributions: contributions)
          }
        }
      }
    }
    return values
  }
}
