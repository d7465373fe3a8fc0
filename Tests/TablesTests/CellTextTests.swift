// Numbers and instants as text, there and back.

import NumericCore
import TestSupport
import Testing

@testable import Tables

@Suite(.onOwnThread) struct CellTextTests {
  private func parsed(_ text: String, _ parse: (UnsafeBufferPointer<UInt8>) -> Double?) -> Double? {
    Array(text.utf8).withUnsafeBufferPointer(parse)
  }

  private func number(_ text: String) -> Double? {
    parsed(text) { CellParser.number($0, decimal: CellForm.point) }
  }

  @Test func `numbers read back to the bit`() {
    var random = SeededGenerator(seed: 1)
    let special: [Double] = [
      0, -0.0, 1, -1, 0x1p53, 0x1p63, .infinity, -.infinity, .leastNonzeroMagnitude, 1e22, 0.1,
    ]
    for value in special + (0..<2_000).map({ _ in Double(bitPattern: random.next()) }) {
      guard let text = CellText.number(value) else {
        #expect(value.isNaN)
        continue
      }
      #expect(number(text)?.bitPattern == value.bitPattern, "\(text)")
    }
    #expect(CellText.number(3) == "3")
    #expect(CellText.number(.nan) == nil)
  }

  @Test func `what is no number is none`() {
    for text in ["", "x", "1x", "0x10", "1,5", "--1", "+-1", "1e", " "] {
      #expect(number(text) == nil, "\(text)")
    }
    #expect(number("+1.5") == 1.5)
  }

  @Test func `instants read back to the microsecond`() {
    var random = SeededGenerator(seed: 2)
    for _ in 0..<2_000 {
      let microseconds = Int64(random.uniform() * 3e17) - 62_135_596_800_000_000
      let seconds = Double(microseconds) / 1e6
      guard seconds < 253_402_300_799, let text = CellText.instant(seconds) else { continue }
      guard let back = parsed(text, CellParser.instant) else {
        Issue.record("\(text) was not read")
        continue
      }
      // Beyond 2^53 microseconds, after the year 2255, a double does not hold each of them.
      #expect(abs(back - seconds) <= (abs(seconds) < 9e9 ? 0 : 2e-5), "\(text)")
    }
    #expect(CellText.instant(-1) == "1969-12-31T23:59:59Z")
    #expect(CellText.instant(951_782_400.25) == "2000-02-29T00:00:00.250000Z")
    #expect(CellText.instant(.infinity) == nil)
    #expect(CellText.instant(.nan) == nil)
  }
}
