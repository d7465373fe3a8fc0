// Comparisons of strings by their bytes, where no key is needed.
internal import Glibc

extension String {
  /// Whether two strings have the same UTF-8 bytes.
  public func hasSameBytes(as other: String) -> Bool {
    guard utf8.count == other.utf8.count else { return false }
    var (left, right) = (self, other)
    // One comparison of memory, where `elementsEqual` compares byte after byte.
    return left.withUTF8 { left in
      right.withUTF8 { right in
        guard let first = left.baseAddress, let second = right.baseAddress else { return true }
        return memcmp(first, second, left.count) == 0
      }
    }
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
