// Records as text: JSON objects one after the other, with line ends between them or with nothing,
// as delivery streams join them.
import LearningTasks

extension StreamRecord: Codable {
  /// Reads a record.
  package init(from decoder: any Decoder) throws {
    let fields = try decoder.singleValueContainer().decode([String: JSONValue].self)
    do {
      try self.init(fields: fields)
    } catch {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath,
          debugDescription: "found \(error.found), expected \(error.expected)"))
    }
  }

  /// Writes all fields.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(fields)
  }

  /// Returns the record as a JSON object in one line with sorted keys, and a line end.
  package func encoded() throws -> [UInt8] { try JSONDocument.line(of: fields) }

  /// Reads all records of a text: JSON objects with white space between them, or nothing.
  ///
  /// - Parameter source: the name of the text for error messages.
  /// - Throws: `RecommendationError.badStreamRecord` for the first record that is not one.
  package static func read(_ text: [UInt8], source: String) throws -> [StreamRecord] {
    var records: [StreamRecord] = []
    var objects = JSONObjects(text)
    while true {
      let number = records.count + 1
      do {
        guard let object = try objects.next() else { return records }
        guard
          let fields = try? JSONDocument.value(
            [String: JSONValue].self, from: Array(text[object]))
        else {
          throw StreamRecordProblem(found: "text that is no JSON", expected: "a JSON object")
        }
        records.append(try StreamRecord(fields: fields))
      } catch let problem as StreamRecordProblem {
        throw RecommendationError.badStreamRecord(
          source: source, record: number, found: problem.found, expected: problem.expected)
      }
    }
  }
}

/// Finds the objects of a text by their braces.
private struct JSONObjects {
  private let text: [UInt8]
  private var position = 0

  init(_ text: [UInt8]) { self.text = text }

  /// The place of the next object; nil at the end.
  mutating func next() throws(StreamRecordProblem) -> Range<Int>? {
    let space: [UInt8] = Array(" \t\r\n".utf8)
    while position < text.count, space.contains(text[position]) { position += 1 }
    guard position < text.count else { return nil }
    let start = position
    guard text[start] == UInt8(ascii: "{") else {
      throw StreamRecordProblem(
        found: "something else at byte \(start + 1)", expected: "a JSON object")
    }
    var depth = 0
    var isInString = false
    while position < text.count {
      let byte = text[position]
      position += 1
      switch byte {
      // What a backslash escapes is one byte, or an u, which is harmless.
      case UInt8(ascii: "\\") where isInString: position += 1
      case UInt8(ascii: "\""): isInString.toggle()
      case UInt8(ascii: "{") where !isInString: depth += 1
      case UInt8(ascii: "}") where !isInString:
        depth -= 1
        if depth == 0 { return start..<position }
      default: break
      }
    }
    throw StreamRecordProblem(
      found: "an object that starts at byte \(start + 1) and does not end", expected: "all of it")
  }
}
