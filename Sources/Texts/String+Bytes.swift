// Comparisons of strings by their bytes, where no key is needed.

extension String {
  /// Whether two strings have the same UTF-8 bytes.
  public func hasSameBytes(as other: String) -> Bool {
    utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
  }

  /// Whether this string's UTF-8 sorts before another's, which is also the order of scalars.
  public func precedesInBytes(_ other: String) -> Bool {
    utf8.lexicographicallyPrecedes(other.utf8)
  }

  /// The string with a scalar before each of some others, as quoting needs it.
  ///
  /// By scalars: a quote before a combining mark is one character with it, but still a quote to
  /// whoever reads bytes.
  public func escaping(_ special: Unicode.Scalar..., with escape: Unicode.Scalar) -> String {
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if special.contains(scalar) { result.append(escape) }
      result.append(scalar)
    }
    return String(result)
  }
}

extension Sequence<String> {
  /// Whether a string of the same bytes is among these.
  public func contains(bytesOf text: String) -> Bool { contains { $0.hasSameBytes(as: text) } }

  /// The strings in the order of their bytes.
  public func sortedByBytes() -> [String] { sorted { $0.precedesInBytes($1) } }
}

extension Collection<String> {
  /// The place of the first string of the same bytes.
  public func firstIndex(bytesOf text: String) -> Index? {
    firstIndex { $0.hasSameBytes(as: text) }
  }
}
