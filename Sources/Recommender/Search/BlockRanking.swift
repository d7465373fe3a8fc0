// Scores by the block, of which only the best survive: the loop that all searches share. A score
// matrix of queries times items never exists.

internal import CKernels
internal import NumericCore

/// Ranks items for many queries.
struct BlockRanking {
  /// The queries whose scores are computed together.
  static let queryBlock = 64
  /// The items whose scores are computed together: 64 x 2,048 floats stay in the second cache.
  static let itemTile = 2_048

  /// The number of queries.
  let queries: Int
  /// The number of items.
  let items: Int
  /// The length of the lists.
  let k: Int

  /// Ranks the items by scores that come in tiles of `queryBlock` x `itemTile` and less.
  ///
  /// The result does not depend on the pool's number of threads if the scores do not.
  ///
  /// - Parameters:
  ///   - excluded: for each query the items that it must not get.
  ///   - fill: computes the scores of some queries and items into a block of that shape.
  func rank(
    excluding excluded: SparseRows?, pool: WorkerPool,
    fill: (_ queries: Range<Int>, _ items: Range<Int>, _ scores: MatrixBlock) -> Void
  ) -> RankedItems {
    let tile = min(Self.itemTile, max(1, items))
    let block = min(Self.queryBlock, max(1, queries))
    let scratch = (0..<pool.threadCount).map { _ in AlignedBuffer<Float>(count: block * tile) }
    let heaps = AlignedBuffer<mlk_scored>(count: queries * k)
    let sizes = AlignedBuffer<Int>(count: queries)
    pool.forEachRange(count: queries, grain: block) { range, worker in
      var nextSeen = range.map { excluded?.offsets[$0] ?? 0 }
      for start in stride(from: 0, to: items, by: tile) {
        let part = start..<min(items, start + tile)
        let scores = MatrixBlock(
          scratch[worker].base, rows: range.count, columns: part.count, stride: tile)
        fill(range, part, scores)
        for query in range {
          let row = scores.base + (query - range.lowerBound) * tile
          if let excluded {
            let end = excluded.offsets[query + 1]
            nextSeen[query - range.lowerBound] = Self.exclude(
              excluded.indices, nextSeen[query - range.lowerBound]..<end, items: part, row)
          }
          sizes.base[query] = mlk_top_k_add(
            row, part.count, Int32(start), heaps.base + query * k, sizes.base[query], k)
        }
      }
      for query in range { mlk_top_k_sort(heaps.base + query * k, sizes.base[query]) }
    }
    return Self.lists(heaps, sizes: sizes, queries: queries, k: k)
  }

  /// Makes the scores of a tile's excluded items -infinity; returns where the next tile goes on.
  private static func exclude(
    _ seen: [Int32], _ places: Range<Int>, items: Range<Int>, _ row: UnsafeMutablePointer<Float>
  ) -> Int {
    var place = places.lowerBound
    while place < places.upperBound, seen[place] < items.upperBound {
      row[Int(seen[place]) - items.lowerBound] = -.infinity
      place += 1
    }
    return place
  }

  private static func lists(
    _ heaps: AlignedBuffer<mlk_scored>, sizes: AlignedBuffer<Int>, queries: Int, k: Int
  ) -> RankedItems {
    var items = [Int32](repeating: -1, count: queries * k)
    var scores = [Float](repeating: -.infinity, count: queries * k)
    for query in 0..<queries {
      for place in query * k..<query * k + sizes.base[query] {
        items[place] = heaps.base[place].item
        scores[place] = heaps.base[place].score
      }
    }
    return RankedItems(k: k, items: items, scores: scores)
  }
}
