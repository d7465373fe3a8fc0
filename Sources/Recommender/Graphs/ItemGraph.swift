// What items say for other items, as weighted arcs: the form that all sparse item-item models share.
// A user's score for an item is the sum of the arcs that lead to it from the user's items, so that
// new users need no training.

public import NumericCore

/// Weighted arcs from items to other items.
public struct ItemGraph: Sendable, Equatable {
  /// Row `i` holds the items that item `i` says something for, with weights.
  public let arcs: SparseRows

  /// The histories that one thread scores at a time.
  private static let queryBlock = 64

  /// The weights beside the columns of `arcs`.
  private var weights: [Float] { arcs.values ?? [] }

  /// The number of items.
  public var items: Int { arcs.rows }

  /// Creates a graph.
  ///
  /// - Precondition: the arcs have values, and their columns are below the number of rows.
  public init(arcs: SparseRows) {
    precondition(arcs.values != nil, "arcs without weights")
    precondition(arcs.indices.allSatisfy { $0 >= 0 && $0 < arcs.rows }, "an arc leads nowhere")
    self.arcs = arcs
  }

  /// Returns the `k` items with the heaviest arcs from an item, heaviest first; without itself.
  ///
  /// - Throws: `RecommenderError.parameterOutOfRange`.
  public func similar(to item: Int, k: Int) throws -> RankedItems {
    let single = SparseRows([[Int32(item)]])
    return try recommend(single, k: k, excluding: single, pool: WorkerPool(threads: 1))
  }

  /// Returns the score of every item for a user's items; 0 for an item that no arc leads to.
  public func scores(_ history: [Int32]) -> [Float] {
    var scores = [Float](repeating: 0, count: items)
    for item in history {
      for place in arcs.offsets[Int(item)]..<arcs.offsets[Int(item) + 1] {
        scores[Int(arcs.indices[place])] += weights[place]
      }
    }
    return scores
  }

  /// Returns the score of one item, as `scores` has it.
  ///
  /// - Parameter history: the items that a user took.
  public func score(of item: Int32, for history: ArraySlice<Int32>) -> Float {
    history.reduce(0) { sum, taken in
      arcs.place(row: Int(taken), column: item).map { sum + weights[$0] } ?? sum
    }
  }

  /// Returns the largest weight of an item's arcs; 0 if it has none.
  public func heaviestArc(from item: Int32) -> Float {
    weights[arcs.offsets[Int(item)]..<arcs.offsets[Int(item) + 1]].max() ?? 0
  }

  /// Returns the `k` items of highest score for each history, without those in `excluding`.
  ///
  /// Of equal scores the lower item comes first. Lists hold scores above 0 only, so that they may be
  /// short. The result does not depend on the pool.
  ///
  /// - Parameters:
  ///   - histories: the items that each user took; in most cases the same as `excluding`.
  ///   - isAllowed: for each item whether lists may hold it; nil for all.
  /// - Throws: `RecommenderError.parameterOutOfRange`.
  public func recommend(
    _ histories: SparseRows, k: Int, excluding: SparseRows?, among isAllowed: [Bool]? = nil,
    pool: WorkerPool
  ) throws -> RankedItems {
    guard k >= 1 else {
      throw RecommenderError.parameterOutOfRange(name: "k", found: "\(k)", expected: "1 or more")
    }
    precondition(excluding == nil || excluding?.rows == histories.rows, "one row for each history")
    precondition(isAllowed == nil || isAllowed?.count == items, "one flag for each item")
    let k = min(k, max(1, items))
    let found = AlignedBuffer<Int32>(count: histories.rows * k)
    let scores = AlignedBuffer<Float>(count: histories.rows * k)
    found.elements.update(repeating: -1)
    scores.elements.update(repeating: -.infinity)
    let scratch = (0..<pool.threadCount).map { _ in SparseAccumulator(columns: items) }
    pool.forEachRange(count: histories.rows, grain: Self.queryBlock) { queries, worker in
      let sums = scratch[worker]
      var strongest = StrongestItems(limit: k)
      for query in queries {
        add(histories[query], to: sums)
        for item in sums.columns where sums[item] > 0 {
          guard strongest.wouldKeep(item, strength: sums[item]) else { continue }
          if let isAllowed, !isAllowed[Int(item)] { continue }
          if let excluding, excluding.contains(row: query, column: item) { continue }
          strongest.offer(item, strength: sums[item])
        }
        for (place, item) in strongest.drain().enumerated() {
          found.base[query * k + place] = item
          scores.base[query * k + place] = sums[item]
        }
      }
    }
    return RankedItems(k: k, items: Array(found.elements), scores: Array(scores.elements))
  }

  /// Sums the arcs of a history.
  private func add(_ history: ArraySlice<Int32>, to sums: SparseAccumulator) {
    sums.clear()
    arcs.indices.withUnsafeBufferPointer { columns in
      weights.withUnsafeBufferPointer { weights in
        for item in history {
          let places = arcs.offsets[Int(item)]..<arcs.offsets[Int(item) + 1]
          sums.add(
            UnsafeBufferPointer(rebasing: weights[places]),
            to: UnsafeBufferPointer(rebasing: columns[places]))
        }
      }
    }
  }
}
