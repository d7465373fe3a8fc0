// Finds texts that are different and look the same: those whose characters are composed in another
// way, such as "é" (C3 A9) and "e" + U+0301 (65 CC 81).

/// Searches for two texts that differ in the composition of their characters only.
public struct AlikeTexts {
  /// Texts beyond which the search stops: it is for a note, and must not cost time.
  private static let mostTexts = 100_000

  /// The first two texts that were found, in the order of their bytes; nil if none were.
  public private(set) var pair: (String, String)?
  // Strings as keys on purpose: they are equal where the characters are.
  private var known: [String: String] = [:]
  private var looked = 0

  /// Starts a search.
  public init() {}

  /// Whether the search has ended.
  public var isDone: Bool { pair != nil || looked >= Self.mostTexts }

  /// Whether bytes hold a scalar from U+0300 on.
  ///
  /// Texts without one are alike only if they are equal.
  public static func mayBeComposed(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    // No byte of UTF-8 is higher in scalars below; the maximum is a loop that vectorises.
    bytes.reduce(0, Swift.max) >= 0xCC
  }

  /// Looks at a text.
  public mutating func add(_ text: String) {
    guard !isDone, text.utf8.contains(where: { $0 >= 0x80 }) else { return }
    looked += 1
    if let other = known[text] {
      if !other.hasSameBytes(as: text) {
        pair = other.precedesInBytes(text) ? (other, text) : (text, other)
      }
    } else {
      known[text] = text
    }
  }

  /// Two of some texts that are alike; nil if there are none.
  public static func pair(among texts: [String]) -> (String, String)? {
    var isPossible = false
    for var text in texts where !isPossible { isPossible = text.withUTF8(mayBeComposed) }
    guard isPossible else { return nil }
    var search = AlikeTexts()
    for text in texts where !search.isDone { search.add(text) }
    return search.pair
  }

  /// The words for two texts that are alike, with their bytes from the first difference on.
  public static func note(_ pair: (String, String)) -> String {
    let same = zip(pair.0.utf8, pair.1.utf8).prefix { $0 == $1 }.count
    let bytes = [pair.0, pair.1].map { hexadecimal($0.utf8.dropFirst(same).prefix(6)) }
    return
      "'\(pair.0.prefix(40))' and '\(pair.1.prefix(40))' look the same and differ in their bytes "
      + "(\(bytes[0]) and \(bytes[1])): they count as two values; write both in one Unicode form, "
      + "such as NFC, if they mean the same"
  }

  private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }
      .joined(separator: " ")
  }
}
