// Percent-encoding is undone, and what is none stays.

import TestSupport
import Testing
import Texts

@Suite(.onOwnThread) struct PercentTextTests {
  static let texts = [
    ("", ""), ("a%20b", "a b"), ("caf%C3%a9", "café"), ("100%", "100%"), ("%4", "%4"),
    ("%zz%41", "%zzA"), ("%+f", "%+f"), ("%25%34", "%4"), ("x%FF", "x%FF"), ("é%C3", "é%C3"),
  ]

  @Test(arguments: texts) func `two digits behind a percent sign are a byte`(
    text: String, expected: String
  ) {
    #expect(PercentText.decoded(Substring(text).utf8) == expected)
  }

  @Test func `bytes that are no text are handed out as they are`() {
    #expect(PercentText.bytes(Substring("x%FF").utf8) == [0x78, 0xFF])
  }
}
