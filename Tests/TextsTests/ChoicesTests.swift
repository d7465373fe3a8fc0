// Words of choices, and those of libraries, in sentences.
import TestSupport
import Testing
import Texts

@Suite(.onOwnThread) struct ChoicesTests {
  @Test func `a choice of one word is that word, and punctuation stands in quotes`() {
    #expect(["churn"].oneOf == "churn" && ["country"].someOf == "country")
    #expect(["a", "b"].oneOf == "one of a, b" && ["a", "b"].someOf == "some of a, b")
    #expect([".", ",", "tab"].oneOf == "one of '.', ',', tab")
  }

  @Test func `the words of a library are one line without control characters`() {
    #expect("failed:\n\tIs it\u{7} on?\n".foreignWords == "failed: Is it on?")
    #expect("No more data. ".foreignWords == "No more data")
    #expect("and so on...".foreignWords == "and so on...")
    #expect("".foreignWords.isEmpty)
  }
}
