// The number of users of each two items both, of those pairs that have any.

internal import Glibc
internal import NumericCore
internal import Synchronization

/// Counts of pairs of items.
struct SparseGramian {
  /// Row `i` holds the items that share users with item `i`, and how many.
  ///
  /// Where memory does not suffice, it holds the nearest ones by cosine only.
  private let pairs: ItemGraph
  /// The number of users of each item.
  private let degrees: [Float]
  /// The sum of the counts that a row leaves out.
  private let leftOut: [Float]
  private let mostBytes: Int

  /// Counts pairs in no more than `mostBytes` of memory.
  ///
  /// - Throws: `RecommenderError.tooLarge`.
  init(_ interactions: Interactions, mostBytes: Int, pool: WorkerPool) throws {
    let items = interactions.items
    let most = try ItemGraph.arcsPerItem(
      items, items: items, mostBytes: mostBytes, what: "EASE on neighbours of \(items) items")
    let counts = CoOccurrences(interactions, userExponent: 0)
    let degrees = (0..<items).map { Float(interactions.byItem[$0].count) }
    let leftOut = AlignedBuffer<Float>(count: items)
    let scratch = (0..<pool.threadCount).map { _ in SparseAccumulator(columns: items) }
    pairs = ItemGraph.build(items: items, pool: pool) { item, worker, rows in
      let sums = scratch[worker]
      counts.add(item, to: sums)
      let all = sums.columns.reduce(Float(0)) { $0 + sums[$1] } - degrees[item]
      let kept = sums.strongest(most, but: Int32(item)) { sums[$0] / degrees[Int($0)].squareRoot() }
      rows.columns += kept
      rows.weights += kept.map { sums[$0] }
      leftOut.base[item] = all - kept.reduce(0) { $0 + sums[$1] }
    }
    self.degrees = degrees
    self.leftOut = Array(leftOut.elements)
    self.mostBytes = mostBytes
  }

  /// The weights that best rebuild each item from its neighbours.
  ///
  /// - Throws: `RecommenderError.notPositiveDefinite`.
  func graph(lambda: Double, neighbours: Int, pool: WorkerPool) throws -> ItemGraph {
    let items = degrees.count
    // Once by target and once by source.
    let most = try ItemGraph.arcsPerItem(
      neighbours, items: items, mostBytes: mostBytes / 2,
      what: "EASE on neighbours of \(items) items")
    let failures = Atomic<Int>(0)
    let scratch = (0..<pool.threadCount).map { _ in
      NeighbourSystem(items: items, most: min(most, items))
    }
    let byTarget = ItemGraph.build(items: items, pool: pool) { item, worker, rows in
      let system = scratch[worker]
      let chosen = nearest(most, to: item)
      fill(system, chosen.columns, lambda: Float(lambda))
      guard let weights = system.solved(chosen.counts) else {
        failures.wrappingAdd(1, ordering: .relaxed)
        return
      }
      rows.columns += chosen.columns
      rows.weights += weights
    }
    guard failures.load(ordering: .relaxed) == 0 else {
      throw RecommenderError.notPositiveDefinite(what: "EASE on neighbours")
    }
    return ItemGraph(arcs: byTarget.arcs.transposed(columns: items))
  }

  /// The nearest items of an item by cosine, ascending, and the users that each shares with it.
  private func nearest(_ most: Int, to item: Int) -> (columns: [Int32], counts: [Float]) {
    let arcs = pairs.arcs
    let places = arcs.offsets[item]..<arcs.offsets[item + 1]
    let counts = arcs.values ?? []
    guard places.count > most else { return (Array(arcs.indices[places]), Array(counts[places])) }
    var strongest = StrongestItems(limit: most)
    for place in places {
      let other = arcs.indices[place]
      // Places stand for items: both ascend.
      strongest.offer(
        Int32(place - places.lowerBound),
        strength: counts[place] / degrees[Int(other)].squareRoot())
    }
    let kept = strongest.drain().sorted().map { places.lowerBound + Int($0) }
    return (kept.map { arcs.indices[$0] }, kept.map { counts[$0] })
  }

  /// Sets the matrix of a system.
  ///
  /// A count that both rows leave out counts as 0. What they leave out goes to the diagonal, which
  /// keeps the matrix positive definite.
  private func fill(_ system: NeighbourSystem, _ chosen: [Int32], lambda: Float) {
    system.begin(chosen)
    let arcs = pairs.arcs
    arcs.indices.withUnsafeBufferPointer { columns in
      (arcs.values ?? []).withUnsafeBufferPointer { counts in
        for (row, item) in chosen.enumerated() {
          let item = Int(item)
          let places = arcs.offsets[item]..<arcs.offsets[item + 1]
          system.set(
            row, columns: UnsafeBufferPointer(rebasing: columns[places]),
            counts: UnsafeBufferPointer(rebasing: counts[places]),
            diagonal: degrees[item] + leftOut[item] + lambda)
        }
      }
    }
    system.end(chosen)
  }
}

/// The equations of one item, in memory of one thread.
private final class NeighbourSystem {
  /// The row of an item, plus one; 0 for none.
  private let rowOf: AlignedBuffer<Int32>
  private let elements: AlignedBuffer<Float>
  private let solution: AlignedBuffer<Float>
  private var order = 0

  init(items: Int, most: Int) {
    rowOf = AlignedBuffer(count: items)
    elements = AlignedBuffer(count: most * most)
    solution = AlignedBuffer(count: most)
  }

  func begin(_ items: [Int32]) {
    order = items.count
    elements.base.update(repeating: 0, count: order * order)
    for (row, item) in items.enumerated() { rowOf.base[Int(item)] = Int32(row + 1) }
  }

  func end(_ items: [Int32]) {
    for item in items { rowOf.base[Int(item)] = 0 }
  }

  /// Writes what is known of a row to it and to the column of the same number.
  func set(
    _ row: Int, columns: UnsafeBufferPointer<Int32>, counts: UnsafeBufferPointer<Float>,
    diagonal: Float
  ) {
    for place in columns.indices {
      let column = Int(rowOf.base[Int(columns[place])]) - 1
      guard column >= 0 else { continue }
      elements.base[row * order + column] = counts[place]
      elements.base[column * order + row] = counts[place]
    }
    elements.base[row * (order + 1)] = diagonal
  }

  /// The solution for a right-hand side; nil if the matrix is not positive definite.
  func solved(_ rightSide: [Float]) -> [Float]? {
    _ = solution.elements.update(from: rightSide)
    let matrix = MatrixBlock(elements.base, rows: order, columns: order)
    do { try matrix.factorUpper() } catch { return nil }
    matrix.solveUpperFactor(solution.base)
    return Array(solution.elements[..<order])
  }
}
