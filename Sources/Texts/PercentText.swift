// Percent-encoded text, as the names of partitions and the parts of URIs are.

/// Undoes percent-encoding.
public enum PercentText {
  /// Undoes percent-encoding; what is no text in UTF-8 then stays as it is written.
  public static func decoded(_ text: Substring.UTF8View) -> String {
    String(validating: bytes(text), as: UTF8.self) ?? String(Substring(text))
  }

  /// The bytes of a text; a percent sign without two digits stands for itself.
  public static func bytes(_ text: Substring.UTF8View) -> [UInt8] {
    var result: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let value = value(of: rest.prefix(2)) {
        result.append(value)
        rest = rest.dropFirst(2)
      } else {
        result.append(byte)
      }
    }
    return result
  }

  /// The number that two hexadecimal digits write; nil for anything else.
  public static func value(of digits: some Collection<UInt8>) -> UInt8? {
    guard digits.count == 2 else { return nil }
    var value: UInt8 = 0
    for digit in digits {
      guard let number = Character(Unicode.Scalar(digit)).hexDigitValue else { return nil }
      value = value << 4 | UInt8(number)
    }
    return value
  }
}
