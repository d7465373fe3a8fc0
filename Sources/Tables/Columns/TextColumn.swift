// Strings that are carried along and never modelled.
// What was read stays in Arrow's memory; a Swift string is made when a row is asked for.

internal import Texts

/// A column of strings, such as customer identifiers; an empty string is a missing one.
public struct TextColumn: Sendable {
  private enum Storage: Sendable {
    case strings([String?])
    case chunks(ChunkedRows)
  }

  private let storage: Storage

  /// Creates a column that owns its strings; nil is missing.
  public init(_ strings: [String?]) { storage = .strings(strings) }

  /// Creates a column over text chunks, without a copy.
  init(_ chunks: ChunkedRows) { storage = .chunks(chunks) }

  /// The number of rows.
  public var count: Int {
    switch storage {
    case .strings(let strings): strings.count
    case .chunks(let chunks): chunks.count
    }
  }

  /// The string of a row, or nil where it is missing.
  public subscript(row: Int) -> String? {
    switch storage {
    case .strings(let strings): return strings[row].flatMap { $0.isEmpty ? nil : $0 }
    case .chunks(let chunks):
      precondition(row >= 0 && row < chunks.count, "row \(row) of \(chunks.count)")
      let index = chunks.chunkIndex(ofRow: row)
      let place = row - chunks.starts[index]
      let chunk = chunks.chunks[index]
      if let validity = chunk.validity, !validity[place] { return nil }
      let bytes = chunk.strings[place]
      return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
  }

  /// Calls `body` for each of some rows with the bytes of its string, nil where it is missing.
  func forEachBytes(
    of rows: Range<Int>, _ body: (_ row: Int, _ bytes: UnsafeBufferPointer<UInt8>?) -> Void
  ) {
    switch storage {
    case .strings(let strings):
      for row in rows {
        guard var text = strings[row], !text.isEmpty else {
          body(row, nil)
          continue
        }
        text.withUTF8 { body(row, $0) }
      }
    case .chunks(let chunks):
      chunks.forEachPiece(of: rows) { chunk, piece, offset in
        let (validity, strings) = (chunk.validity, chunk.strings)
        for (index, place) in piece.enumerated() {
          let isThere = validity.map { $0[place] } ?? true
          let bytes: UnsafeBufferPointer<UInt8>? = isThere ? strings[place] : nil
          body(rows.lowerBound + offset + index, bytes.flatMap { $0.isEmpty ? nil : $0 })
        }
      }
    }
  }

  /// Two strings that differ in the composition of their characters only.
  var alikeTexts: (String, String)? {
    guard case .chunks(let chunks) = storage else { return nil }
    guard chunks.chunks.contains(where: { AlikeTexts.mayBeComposed($0.strings.allBytes) }) else {
      return nil
    }
    var search = AlikeTexts()
    for chunk in chunks.chunks {
      let (strings, validity) = (chunk.strings, chunk.validity)
      for row in 0..<chunk.count where !search.isDone && validity?[row] != false {
        let bytes = strings[row]
        if bytes.contains(where: { $0 >= 0x80 }) {
          search.add(String(decoding: bytes, as: UTF8.self))
        }
      }
    }
    return search.pair
  }

  /// The string of a row as it was given, empty ones too where the column owns its strings; nil
  /// where it is missing.
  func stored(_ row: Int) -> String? {
    if case .strings(let strings) = storage { strings[row] } else { self[row] }
  }
}
