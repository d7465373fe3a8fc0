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

extension ChunkedRows {
  /// The most rows that are read in one piece to pick some of them.
  private static let mostRead = 4_096
  /// The most rows that are read for one that is picked.
  private static let mostReadForOne = 16

  /// The values of some rows of number or instant chunks as doubles, missing ones as NaN.
  ///
  /// Rows that ascend in small steps, as those of a sample do, are picked from pieces.
  /// - Precondition: every row is there.
  func doubles(rows: [Int32]) -> [Double] {
    [Double](unsafeUninitializedCapacity: rows.count) { target, initialized in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: Self.mostRead) { values in
        guard let base = values.baseAddress else { return }
        var start = 0
        while start < rows.count {
          let stretch = start..<Self.endOfStretch(rows, from: start)
          let (first, last) = (Int(rows[start]), Int(rows[stretch.upperBound - 1]))
          precondition(first >= 0 && last < count, "rows \(first)...\(last) of \(count)")
          forEachPiece(of: first..<last + 1) { chunk, piece, offset in
            chunk.copyDoubles(piece, to: base + offset)
          }
          for index in stretch { target[index] = base[Int(rows[index]) - first] }
          start = stretch.upperBound
        }
      }
      initialized = rows.count
    }
  }

  private static func endOfStretch(_ rows: [Int32], from start: Int) -> Int {
    var end = start + 1
    while end < rows.count, rows[end] >= rows[end - 1], rows[end] - rows[start] < mostRead,
      rows[end] - rows[end - 1] <= mostReadForOne
    {
      end += 1
    }
    return end
  }
}
