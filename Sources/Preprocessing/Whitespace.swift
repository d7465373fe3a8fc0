// White space as Python sees it, which the scalers of other systems are fitted with.

extension String {
  /// The string without the white space around it, as Python's `strip` sees white space.
  var strippedOfWhitespace: String {
    // Python adds the four information separators to Unicode's white space.
    func isSpace(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
    }
    let tail = unicodeScalars.drop(while: isSpace)
    guard let last = tail.lastIndex(where: { !isSpace($0) }) else { return "" }
    return String(tail[...last])
  }
}
