// Embeddings as CSV: the header `id,embedding`, then lines such as `S10_1678,"[0.1,-2.5]"`. The
// vector is the text of PostgreSQL's type `vector`; the quotes keep its commas together.
internal import NumericCore
internal import Synchronization
internal import Tables

/// Embeddings as CSV.
enum EmbeddingsCSV {
  private static let header = "id,embedding"
  /// Numbers that are turned into text as one piece of work.
  private static let blockSize = 1 << 14

  /// Calls `append` with the bytes of the file, part by part.
  static func write(
    _ embeddings: Embeddings, pool: WorkerPool, to append: ([UInt8]) throws -> Void
  ) throws {
    try append(Array("\(header)\n".utf8))
    let grain = max(1, blockSize / embeddings.dimension)
    // So many blocks that all threads have work, and so few that they fit into memory.
    let window = grain * 8 * pool.threadCount
    for start in stride(from: 0, to: embeddings.vectors.rows, by: window) {
      let count = min(window, embeddings.vectors.rows - start)
      let blocks = Mutex([Int: [UInt8]]())
      pool.forEachRange(count: count, grain: grain) { range, _ in
        let bytes = lines(of: embeddings, rows: start + range.lowerBound..<start + range.upperBound)
        blocks.withLock { $0[range.lowerBound] = bytes }
      }
      let done = blocks.withLock { $0 }
      for (_, bytes) in done.sorted(by: { $0.key < $1.key }) { try append(bytes) }
    }
  }

  private static func lines(of embeddings: Embeddings, rows: Range<Int>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(rows.count * (embeddings.dimension * 13 + 24))
    for row in rows {
      append(embeddings.identifiers[row], to: &bytes)
      bytes += ",\"[".utf8
      for (index, number) in embeddings.vectors.row(row).enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        // The shortest text that reads back exactly.
        bytes += number.description.utf8
      }
      bytes += "]\"\n".utf8
    }
    return bytes
  }

  /// A field with quotes where it needs them; PostgreSQL takes an empty one without them for NULL.
  private static func append(_ field: String, to bytes: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    let special = [quote, UInt8(ascii: ","), UInt8(ascii: "\n"), UInt8(ascii: "\r")]
    guard field.isEmpty || field.utf8.contains(where: special.contains) else {
      bytes += field.utf8
      return
    }
    bytes.append(quote)
    for byte in field.utf8 {
      if byte == quote { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(quote)
  }
}
