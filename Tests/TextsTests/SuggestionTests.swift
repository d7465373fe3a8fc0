// The nearest known word to one that is not known.
import TestSupport
import Testing

@testable import Texts

@Suite(.onOwnThread) struct SuggestionTests {
  static let names = [
    "boosting.num_trees", "boosting.num_leaves", "data.target", "Churn", "tenure",
  ]

  @Test(arguments: [
    ("boosting.num_treees", "boosting.num_trees"), ("num_leafs", "boosting.num_leaves"),
    ("chrun", "Churn"), ("CHURN", "Churn"), ("Tenure", "tenure"), ("target", "data.target"),
  ])
  func `a slip of the finger finds the word`(word: String, meant: String) {
    #expect(Suggestion.nearest(to: word, in: Self.names) == meant)
  }

  @Test func `a word like no other has no suggestion`() {
    #expect(Suggestion.nearest(to: "zebra", in: Self.names) == nil)
    #expect(Suggestion.nearest(to: "", in: Self.names) == nil)
    #expect(Suggestion.nearest(to: "a", in: []) == nil)
    #expect(Suggestion.nearest(to: "X", in: ["a", "n"]) == nil)
    #expect(Suggestion.nearest(to: "X", in: ["a", "x"]) == "x")
  }

  @Test(arguments: [
    ("loss", "test", false), ("folds", "force", false), ("num-leafs", "num-leaves", true),
    ("SEED", "sed", true), ("validation-fraction", "validation-metrics", false), ("k", "a", true),
  ])
  func `two changes of three letters each are near, more are not`(
    word: String, other: String, isNear: Bool
  ) {
    #expect(Suggestion.isNear(word, other) == isNear)
    #expect(Suggestion.isNear(other, word) == isNear)
  }

  @Test(arguments: [("", "", 0), ("a", "", 1), ("ab", "ba", 1), ("kitten", "sitting", 3)])
  func `edit distance counts changes and swaps`(first: String, second: String, distance: Int) {
    #expect(Suggestion.editDistance(Array(first), Array(second)) == distance)
    #expect(Suggestion.editDistance(Array(second), Array(first)) == distance)
  }
}
