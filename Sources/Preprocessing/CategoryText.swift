// Strings compared scalar by scalar, as Python compares them: Swift's own `==` takes "é" and
// "e" + U+0301 for equal, which would merge categories that other systems keep apart.

/// A string whose identity is its Unicode scalars.
struct CategoryText: Hashable, Comparable {
  let string: String

  static func == (left: CategoryText, right: CategoryText) -> Bool {
    left.string.utf8.elementsEqual(right.string.utf8)
  }

  /// The order of UTF-8 bytes is the order of scalars.
  static func < (left: CategoryText, right: CategoryText) -> Bool {
    left.string.utf8.lexicographicallyPrecedes(right.string.utf8)
  }

  func hash(into hasher: inout Hasher) {
    var copy = string
    copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

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

extension [String] {
  /// Whether no string occurs twice.
  var areDifferent: Bool { Set(map(CategoryText.init)).count == count }
}
