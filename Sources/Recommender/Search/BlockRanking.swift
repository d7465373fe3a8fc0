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

  /// The items that one thread goes through for a block of queries if there is only one such block:
  /// a whole number of tiles.
  static let itemSegment = 2 * itemTile

  /// The number of queries.
  let queries: Int
  /// The number of items.
  let items: Int
  /// The length of the lists.
  let k: Int

  /// The parts of the items that different threads may go through; they depend on the shape only.
  private var segments: [Range<Int>] {
    guard queries <= Self.queryBlock, items > Self.itemSegment else { return [0..<items] }
    return stride(from: 0, to: items, by: Self.itemSegment).map {
      $0..<min(items, $0 + Self.itemSegment)
    }
  }

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
    let segments = segments
    let tile = min(Self.itemTile, max(1, items))
    let block = min(Self.queryBlock, max(1, queries))
    let blocks = (queries + block - 1) / block
    let scratch = (0..<pool.threadCount).map { _ in AlignedBuffer<Float>(count: block * tile) }
    let heaps = Heaps(
      count: queries * segments.count, k: min(k, segments.map(\.count).max() ?? 0))
    pool.forEach(count: blocks * segments.count) { task, worker in
      let start = task / segments.count * block
      let range = start..<min(queries, start + block)
      let segment = segments[task % segments.count]
      let firstHeap = task % segments.count * queries
      for first in stride(from: segment.lowerBound, to: segment.upperBound, by: tile) {
        let part = first..<min(segment.upperBound, first + tile)
        let scores = MatrixBlock(
          scratch[worker].base, rows: range.count, columns: part.count, stride: tile)
        fill(range, part, scores)
        for query in range {
          let row = scores.base + (query - start) * tile
          if let excluded { Self.exclude(excluded[query], items: part, row) }
          heaps.add(row, items: part, to: firstHeap + query)
        }
      }
    }
    return heaps.lists(queries: queries, k: k)
  }

  /// Makes the scores of a tile's excluded items -infinity.
  private static func exclude(
    _ seen: ArraySlice<Int32>, items: Range<Int>, _ row: UnsafeMutablePointer<Float>
  ) {
    // The first one in the tile, by bisection.
    var (place, end) = (seen.startIndex, seen.endIndex)
    while place < end {
      let middle = (place + end) / 2
      if seen[middle] < items.lowerBound { place = middle + 1 } else { end = middle }
    }
    while place < seen.endIndex, seen[place] < items.upperBound {
      row[Int(seen[place]) - items.lowerBound] = -.infinity
      place += 1
    }
  }
}

/// The best items so far of each query in each segment.
private struct Heaps {
  /// The most items of a heap: no more than there are in a segment.
  private let k: Int
  private let scored: AlignedBuffer<mlk_scored>
  private let sizes: AlignedBuffer<Int>

  init(count: Int, k: Int) {
    self.k = k
    scored = AlignedBuffer(count: count * k)
    sizes = AlignedBuffer(count: count)
  }

  func add(_ scores: UnsafePointer<Float>, items: Range<Int>, to heap: Int) {
    sizes.base[heap] = mlk_top_k_add(
      scores, items.count, Int32(items.lowerBound), scored.base + heap * k, sizes.base[heap], k)
  }

  /// The first `k` items of all queries: heap `s * queries + q` is that of segment `s` and query `q`.
  func lists(queries: Int, k: Int) -> RankedItems {
    var items = [Int32](repeating: -1, count: queries * k)
    var scores = [Float](repeating: -.infinity, count: queries * k)
    for query in 0..<queries {
      var found: [mlk_scored] = []
      for heap in stride(from: query, to: sizes.count, by: queries) {
        found += UnsafeBufferPointer(start: scored.base + heap * self.k, count: sizes.base[heap])
      }
      found.sort { ($0.score, $1.item) > ($1.score, $0.item) }
      for (place, entry) in found.prefix(k).enumerated() {
        items[query * k + place] = entry.item
        scores[query * k + place] = entry.score
      }
    }
    return RankedItems(k: k, items: items, scores: scores)
  }
}
