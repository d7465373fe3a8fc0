// Numbers with a currency or a unit, against their form alone, matched without a look at the bytes.

import NumericCore
import TestSupport
import Testing

@testable import Tables

@Suite(.onOwnThread) struct MarkedNumberTests {
  /// The slow twin: the mark by regular expressions only.
  private func mark(_ text: String) -> String? {
    let form = /[+-]?(\p{Sc}|[A-Z]{3} )? ?[+-]?([0-9][0-9.,' ]*?)( ?%| ?\p{Sc}| \p{L}{1,12})?/
    let thousands = /[0-9]{1,3}(?:(?:,[0-9]{3})+(?:\.[0-9]+)?|(?:[.' ][0-9]{3})+(?:,[0-9]+)?)/
    guard text.utf8.count <= 40, let found = text.wholeMatch(of: form) else { return nil }
    let mark = "\(found.1 ?? "")\(found.3 ?? "")"
    let isPlain = found.2.wholeMatch(of: /[0-9]+(?:[.,][0-9]+)?/) != nil
    return found.2.wholeMatch(of: thousands) != nil || (!mark.isEmpty && isPlain) ? mark : nil
  }

  @Test func `random texts are taken apart as by the form alone`() {
    let pieces = [
      "", " ", "+", "-", "$", "€", "£", "USD ", "EUR ", "usd ", "US", "É", "A\u{301}", "\u{212A}",
      "1", "12", "٣", "1,234", "1.234,5", "1'234", "62.40", "%", " %", " years", " Jahre", " é",
      "x", "12 345", "\n",
    ]
    var random = SeededGenerator(seed: 5)
    var matches = 0
    for _ in 0..<3_000 {
      let count = Int(random.next() % 5)
      let text = (0..<count).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }.joined()
      let expected = mark(text)
      matches += expected == nil ? 0 : 1
      #expect(MarkedNumber(text)?.mark == expected, "\(text.debugDescription)")
    }
    #expect(matches > 50)
  }
}
