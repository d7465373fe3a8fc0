// The words of libraries in the sentences of messages.

extension String {
  /// The words of a library as a part of a sentence: in one line, without control characters and
  /// without a stop at the end.
  public var foreignWords: String {
    let words = split { character in
      character.isWhitespace
        || character.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
    let text = words.joined(separator: " ")
    return text.hasSuffix(".") && !text.hasSuffix("..") ? String(text.dropLast()) : text
  }
}
