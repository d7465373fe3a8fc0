// JSON that is read back: what it may not be, and how errors name the place.
import Storage
import TestSupport
import Testing

@Suite(.onOwnThread) struct CheckedJSONTests {
  private struct Model: Codable, Equatable {
    struct Part: Codable, Equatable { var size: Int }
    var name: String
    var parts: [Part]
  }

  private func error(_ text: String) -> String? {
    do {
      _ = try CheckedJSON.value(
        Model.self, from: text.utf8, file: "f.json", expected: "what was written")
      return nil
    } catch { return "\(error)" }
  }

  @Test func `an error names the key`() {
    #expect(error(#"{"name": "a", "parts": [{"size": 1}]}"#) == nil)
    #expect(
      error(#"{"name": "a", "parts": [{"size": 1}, {"size": "x"}]}"#)
        == "f.json: found key parts[1].size with a value of another type, expected a whole number")
    #expect(
      error(#"{"parts": []}"#) == "f.json: found key name missing, expected what was written")
    #expect(
      error(#"{"name": null, "parts": []}"#)
        == "f.json: found key name without a value, expected a text")
    #expect(error("{") == "f.json: found text that is not such JSON, expected what was written")
  }

  @Test(arguments: ["[", "{\"a\":", "[[[{\"a\":[1,"])
  func `deep nesting is refused before it is decoded`(opening: String) {
    let problem = CheckedJSON.problem(
      in: Array(String(repeating: opening, count: 100_000).utf8))
    #expect(problem == "lists and objects nested more than 64 deep")
    #expect(error(String(repeating: opening, count: 100_000)) != nil)
    #expect(CheckedJSON.problem(in: Array(repeating: UInt8(ascii: "["), count: 64)) == nil)
    let text = "\"\(String(repeating: "[", count: 100))\\\"[\""
    #expect(CheckedJSON.problem(in: Array(text.utf8)) == nil)
  }

  @Test func `control characters and what is not UTF-8 are refused`() {
    #expect(
      CheckedJSON.problem(in: Array("{\n \"é\u{0}\": 1}".utf8))
        == "the control character 0 in line 2, column 4")
    #expect(CheckedJSON.problem(in: [0x22, 0xFF, 0x22]) == "bytes that are not UTF-8")
    // JSON in UTF-16, which a decoder would guess.
    #expect(CheckedJSON.problem(in: [0x5B, 0, 0x5D, 0]) != nil)
  }
}
