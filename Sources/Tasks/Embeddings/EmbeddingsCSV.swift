// Embeddings as CSV: the header `id,embedding`, then lines such as `S10_1678,"[0.1,-2.5]"`. The vector
// is the text of PostgreSQL's type `vector`; the quotes keep its commas together.
internal import Artifacts
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

  /// Reads the bytes of a file.
  ///
  /// Identifiers are integers where all of them are written as such.
  /// - Throws: `ArtifactError.corrupt`, `TaskError`.
  static func decoded(_ bytes: [UInt8], file: String) throws -> Embeddings {
    var scanner = CSVFieldScanner(bytes, file: file)
    guard try scanner.row() == header.split(separator: ",").map({ Array($0.utf8) }) else {
      throw scanner.corrupt("other column names", expected: header)
    }
    var identifiers: [String] = []
    var numbers: [Float] = []
    var dimension = 0
    while let fields = try scanner.row() {
      guard fields.count == 2 else {
        throw scanner.corrupt("\(fields.count) fields", expected: "2")
      }
      let count = numbers.count
      guard let identifier = String(validating: fields[0], as: UTF8.self) else {
        throw scanner.corrupt("an identifier that is no text", expected: "UTF-8")
      }
      guard appendVector(fields[1], to: &numbers) else {
        throw scanner.corrupt("a field that is no vector", expected: "[number,number,...]")
      }
      if identifiers.isEmpty { dimension = numbers.count }
      guard numbers.count - count == dimension else {
        throw scanner.corrupt(
          "a vector of \(numbers.count - count) numbers", expected: "\(dimension)")
      }
      identifiers.append(identifier)
    }
    guard !identifiers.isEmpty else { throw scanner.corrupt("no embedding", expected: "some") }
    return try Embeddings(
      identifiers: Identifiers(identifiers),
      vectors: Matrix(rows: identifiers.count, columns: dimension, elements: numbers))
  }

  /// Reads `[number,number,...]`; PostgreSQL allows spaces.
  private static func appendVector(_ text: [UInt8], to numbers: inout [Float]) -> Bool {
    guard text.count >= 3, text.first == UInt8(ascii: "["), text.last == UInt8(ascii: "]") else {
      return false
    }
    var start = 1
    for end in 1..<text.count where text[end] == UInt8(ascii: ",") || end == text.count - 1 {
      var first = start
      var last = end
      while first < last, text[first] == UInt8(ascii: " ") { first += 1 }
      while first < last, text[last - 1] == UInt8(ascii: " ") { last -= 1 }
      // Up to 15 bytes, which most numbers are, a string needs no memory of its own.
      guard let number = Float(String(decoding: text[first..<last], as: UTF8.self)) else {
        return false
      }
      numbers.append(number)
      start = end + 1
    }
    return true
  }
}
