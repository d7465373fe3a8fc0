import Foundation
import TestSupport
import Testing
import Texts

@Suite(.onOwnThread) struct ByteTextTests {
  private let composed = "caf\u{E9}"
  private let decomposed = "cafe\u{301}"

  @Test func `Texts are equal when their bytes are`() {
    #expect(composed == decomposed)
    #expect(ByteText(composed) != ByteText(decomposed))
    #expect(Set(texts: [composed, decomposed, composed]).count == 2)
    #expect(![composed].contains(bytesOf: decomposed))
    #expect([composed, decomposed].firstIndex(bytesOf: decomposed) == 1)
  }

  @Test func `The order is that of the bytes`() {
    let texts = ["\u{E9}", "e\u{301}", "f", "e", "\u{10000}", "\u{FFFD}", "", "\0", "a\0", "a"]
    let naive = texts.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    #expect(texts.sortedByBytes().map { Array($0.utf8) } == naive.map { Array($0.utf8) })
    #expect(
      texts.map { ByteText($0) }.sorted().map { Array($0.string.utf8) }
        == naive.map { Array($0.utf8) })
  }

  @Test func `A quote is escaped before a combining mark too`() {
    let text = "a\"\u{301}\\b"
    #expect(Array(text.escaping("\"", with: "\"").utf8) == Array("a\"\"\u{301}\\b".utf8))
    #expect(Array(text.escaping("\\", "\"", with: "\\").utf8) == Array("a\\\"\u{301}\\\\b".utf8))
  }

  @Test func `Texts that look the same are found, and others are not`() throws {
    #expect(AlikeTexts.pair(among: ["a", "b", composed, "\u{E8}"]) == nil)
    #expect(AlikeTexts.pair(among: [decomposed, "\u{439}", decomposed]) == nil)
    let pair = try #require(AlikeTexts.pair(among: ["x", composed, "y", decomposed]))
    #expect(AlikeTexts.note(pair).contains("(65 CC 81 and C3 A9)"))
    #expect(AlikeTexts.pair(among: ["\u{212B}", "\u{C5}"]) != nil)
  }

  @Test func `Names that look the same stay apart in a file`() throws {
    let plain: NamedValues<Int> = ["b": 2, "a": 1]
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(try String(decoding: encoder.encode(plain), as: UTF8.self) == #"{"a":1,"b":2}"#)
    let alike = NamedValues([ByteText(composed): 1, ByteText(decomposed): 2])
    #expect(alike.values.count == 2)
    for values in [plain, alike, [:]] {
      let bytes = try encoder.encode(values)
      #expect(try JSONDecoder().decode(NamedValues<Int>.self, from: bytes) == values)
    }
    for text in [#"[{"name":"a","value":1},{"name":"a","value":2}]"#, #"{"a":"x"}"#, "7"] {
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(NamedValues<Int>.self, from: Data(text.utf8))
      }
    }
  }
}
