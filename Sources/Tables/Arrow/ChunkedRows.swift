// The chunks of a column in the order of its rows, and the way from a row to its chunk.

/// Chunks that follow each other.
struct ChunkedRows: Sendable {
  let chunks: [ArrowChunk]
  /// The first row of each chunk, and at the end the number of rows.
  let starts: [Int]

  init(_ chunks: [ArrowChunk]) {
    self.chunks = chunks
    var starts = [0]
    starts.reserveCapacity(chunks.count + 1)
    for chunk in chunks { starts.append(starts[starts.count - 1] + chunk.count) }
    self.starts = starts
  }

  var count: Int { starts[chunks.count] }

  /// The index of the chunk that holds a row, by bisection.
  func chunkIndex(ofRow row: Int) -> Int {
    var low = 0
    var high = chunks.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= row { low = middle } else { high = middle }
    }
    return low
  }

  /// Calls `body` for each piece of `rows` that lies in one chunk: the chunk, the rows in it, and
  /// how many of `rows` came before.
  func forEachPiece(of rows: Range<Int>, _ body: (ArrowChunk, Range<Int>, Int) -> Void) {
    guard !rows.isEmpty else { return }
    var index = chunkIndex(ofRow: rows.lowerBound)
    var row = rows.lowerBound
    while row < rows.upperBound {
      let end = min(rows.upperBound, starts[index + 1])
      body(chunks[index], row - starts[index]..<end - starts[index], row - rows.lowerBound)
      row = end
      index += 1
    }
  }
}
