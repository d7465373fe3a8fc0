// Words that a value may be, as they follow "expected".

extension Collection<String> {
  /// What a value may be: "one of a, b"; of a single word the word.
  ///
  /// Words of punctuation only stand in quotes, so that they are not taken for that of the sentence.
  public var oneOf: String { chosen("one of") }

  /// What a list may hold: "some of a, b"; of a single word the word.
  public var someOf: String { chosen("some of") }

  private func chosen(_ start: String) -> String {
    let words = map { word in
      word.contains { $0.isLetter || $0.isNumber } ? word : "'\(word)'"
    }
    return words.count == 1 ? words[0] : "\(start) " + words.joined(separator: ", ")
  }
}
