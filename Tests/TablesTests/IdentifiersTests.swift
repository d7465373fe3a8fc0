// When strings are integers.

import Tables
import TestSupport
import Testing

@Suite(.onOwnThread) struct IdentifiersTests {
  @Test func `strings are integers when none of them would change`() {
    #expect(Identifiers(["0", "-5", "103"]) == .integers([0, -5, 103]))
    #expect(Identifiers(["9223372036854775807"]) == .integers([.max]))
    for text in ["007", "+1", "-0", "", " 1", "1.0", "9223372036854775808", "1e3", "٣"] {
      #expect(Identifiers(["1", text]) == .text(["1", text]), "\(text)")
    }
  }

  @Test func `an integer reads as its text`() {
    #expect(Identifiers.integers([-5, 7])[0] == "-5")
    #expect(Identifiers.integers([-5, 7]).count == 2)
    #expect(Identifiers.text(["a"])[0] == "a")
  }
}
