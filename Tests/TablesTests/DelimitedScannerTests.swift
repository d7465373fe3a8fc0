// The scanner against rows whose fields are known, because a test put them together.

import NumericCore
import TestSupport
import Testing

@testable import Tables

@Suite(.onOwnThread) struct DelimitedScannerTests {
  @Test(arguments: 0..<50)
  func `random rows come back with their fields and lines`(_ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let values = [
      "", "a", "b c", "x,y", "q\"q", "\"", "\n", "l\nl", "\r\n", "\"\"", "é", ",", "a\"b",
    ]
    let lineEnd = ["\n", "\r\n", "\r"][seed % 3]
    var text = ""
    var line = 1
    var expected: [(line: Int, fields: [String], hasLineEnd: Bool)] = []
    for _ in 0..<Int(random.next() % 30) {
      let fields = (0..<1 + Int(random.next() % 4)).map { _ in
        values[Int(random.next() % UInt64(values.count))]
      }
      let cells = fields.map { field -> String in
        // A quote inside an unquoted value is just a character; at its start it is not.
        let needsQuotes = field.contains { ",\n\r\r\n".contains($0) } || field.hasPrefix("\"")
        if !needsQuotes && random.next() % 2 == 0 { return field }
        return "\"\(field.replacing("\"", with: "\"\""))\""
      }
      let row = cells.joined(separator: ",")
      // An empty line is not a row.
      if !row.isEmpty {
        expected.append((line, fields, fields.contains { $0.contains { $0.isNewline } }))
      }
      text += row + lineEnd
      line += 1 + row.count(where: \.isNewline)
    }
    var bytes = Array(text.utf8)
    bytes.withUnsafeMutableBufferPointer { buffer in
      var scanner = DelimitedScanner(
        UnsafeBufferPointer(buffer), delimiter: UInt8(ascii: ","), position: 0)
      for row in expected {
        guard let found = scanner.next() else {
          Issue.record("a row is missing")
          return
        }
        #expect(found.line == row.line)
        #expect(found.fieldCount == row.fields.count)
        #expect(found.hasQuotedLineEnd == row.hasLineEnd)
        #expect(
          scanner.fields(of: found).map { String(decoding: $0, as: UTF8.self) } == row.fields)
      }
      #expect(scanner.next() == nil)
    }
  }
}
