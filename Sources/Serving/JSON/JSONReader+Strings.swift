// Texts in quotes: UTF-8 with the escapes of JSON.

extension JSONReader {
  /// Reads a text whose first quote is next.
  ///
  /// - Throws: `JSONProblem`.
  mutating func string() throws(JSONProblem) -> String {
    let start = position + 1
    var end = start
    var isPlain = true
    while true {
      guard end < bytes.count else {
        position = bytes.count
        throw problem(expected: "the end of a text in quotes")
      }
      let byte = bytes[end]
      if byte == UInt8(ascii: "\"") { break }
      guard byte >= 0x20 else {
        position = end
        throw problem(expected: "an escape in place of a control character")
      }
      if byte == UInt8(ascii: "\\") {
        isPlain = false
        end += 1
      }
      end += 1
    }
    position = end + 1
    let text: String?
    if isPlain {
      text = String(validating: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
    } else {
      text = String(validating: try unescaped(start..<end), as: UTF8.self)
    }
    guard let text else {
      throw JSONProblem(found: "bytes that are not UTF-8", expected: "UTF-8", offset: start)
    }
    return text
  }

  private func unescaped(_ range: Range<Int>) throws(JSONProblem) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(range.count)
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = bytes[index]
      guard byte == UInt8(ascii: "\\") else {
        result.append(byte)
        index += 1
        continue
      }
      index += 2
      switch bytes[index - 1] {
      case UInt8(ascii: "\""): result.append(UInt8(ascii: "\""))
      case UInt8(ascii: "\\"): result.append(UInt8(ascii: "\\"))
      case UInt8(ascii: "/"): result.append(UInt8(ascii: "/"))
      case UInt8(ascii: "b"): result.append(0x08)
      case UInt8(ascii: "f"): result.append(0x0C)
      case UInt8(ascii: "n"): result.append(0x0A)
      case UInt8(ascii: "r"): result.append(0x0D)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "u"): result += try scalar(at: &index, end: range.upperBound).utf8
      default:
        throw JSONProblem(
          found: "an unknown escape", expected: #"one of \" \\ \/ \b \f \n \r \t \u"#,
          offset: index - 2)
      }
    }
    return result
  }

  /// The scalar of the digits behind `\u`, with the second half of a pair.
  private func scalar(at index: inout Int, end: Int) throws(JSONProblem) -> String {
    let start = index - 2
    let half = JSONProblem(
      found: "half of a pair of surrogates", expected: "both halves", offset: start)
    let first = try codeUnit(at: &index, end: end)
    guard (0xD800..<0xE000).contains(first) else {
      return UnicodeScalar(first).map { String($0) } ?? ""
    }
    guard first < 0xDC00, index + 2 <= end, bytes[index] == UInt8(ascii: "\\"),
      bytes[index + 1] == UInt8(ascii: "u")
    else { throw half }
    index += 2
    let second = try codeUnit(at: &index, end: end)
    guard (0xDC00..<0xE000).contains(second),
      let scalar = UnicodeScalar(0x1_0000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw half }
    return String(scalar)
  }

  private func codeUnit(at index: inout Int, end: Int) throws(JSONProblem) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard index < end, let digit = Character(UnicodeScalar(bytes[index])).hexDigitValue else {
        throw JSONProblem(
          found: #"an escape \u without four hexadecimal digits"#, expected: "four of them",
          offset: index)
      }
      value = value << 4 | UInt32(digit)
      index += 1
    }
    return value
  }
}
