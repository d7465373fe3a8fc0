// The rows of a small CSV as RFC 4180 has them, byte for byte: the reader of tables trims strings and
// knows spellings of missing values, which no identifier survives.
internal import Artifacts

/// Walks over the rows of CSV.
struct CSVFieldScanner {
  private let bytes: [UInt8]
  private let file: String
  private var position = 0
  /// The line on which the next row starts, and the one on which the last row started; from 1.
  private var nextLine = 1
  private var line = 1

  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")

  /// Starts at the first row of a file.
  init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  /// The error that something was found in the last row.
  func corrupt(_ found: String, expected: String) -> ArtifactError {
    .corrupt(file: file, item: "in line \(line)", found: found, expected: expected)
  }

  /// The fields of the next row, without quotes; nil at the end.
  ///
  /// - Throws: `ArtifactError.corrupt`.
  mutating func row() throws -> [[UInt8]]? {
    line = nextLine
    guard position < bytes.count else { return nil }
    var fields: [[UInt8]] = []
    repeat {
      if !fields.isEmpty { position += 1 }
      fields.append(try field())
    } while position < bytes.count && bytes[position] == UInt8(ascii: ",")
    guard position < bytes.count else { return fields }
    if bytes[position] == UInt8(ascii: "\r") { position += 1 }
    guard position < bytes.count, bytes[position] == Self.lineFeed else {
      throw corrupt("text behind a closing quote", expected: "a comma or a line end")
    }
    position += 1
    nextLine += 1
    return fields
  }

  /// The field at the position, which goes behind it.
  private mutating func field() throws -> [UInt8] {
    guard position < bytes.count, bytes[position] == Self.quote else { return plainField() }
    var field: [UInt8] = []
    position += 1
    while let end = bytes[position...].firstIndex(of: Self.quote) {
      field += bytes[position..<end]
      nextLine += bytes[position..<end].count { $0 == Self.lineFeed }
      position = end + 1
      guard position < bytes.count, bytes[position] == Self.quote else { return field }
      field.append(Self.quote)
      position += 1
    }
    throw corrupt("a quote that is never closed", expected: "a second one")
  }

  private mutating func plainField() -> [UInt8] {
    let rest = bytes[position...]
    let end = rest.firstIndex { [UInt8(ascii: ","), Self.lineFeed].contains($0) } ?? bytes.count
    position = end
    // The carriage return of a line end is no part of the field.
    guard end < bytes.count, bytes[end] == Self.lineFeed, end > rest.startIndex,
      bytes[end - 1] == UInt8(ascii: "\r")
    else { return Array(bytes[rest.startIndex..<end]) }
    position = end - 1
    return Array(bytes[rest.startIndex..<end - 1])
  }
}
