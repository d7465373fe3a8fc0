// A request that arrived whole.
import NIOCore
import NIOHTTP1
import Tables

/// A request with its target taken apart.
struct Request: Sendable {
  let method: HTTPMethod
  /// The parts of the path, percent-decoded.
  let path: [String]
  /// The parameters after the question mark, percent-decoded, in their order.
  let query: [(name: String, value: String)]
  var headers: HTTPHeaders
  var body = ByteBuffer()

  /// Takes the target of a request apart.
  ///
  /// - Throws: `RequestFailure` for an escape that stands for no UTF-8.
  init(_ head: HTTPRequestHead) throws(RequestFailure) {
    method = head.method
    headers = head.headers
    let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var path: [String] = []
    for part in Self.path(of: parts[0]) { path.append(try Self.decoded(part)) }
    self.path = path
    var query: [(name: String, value: String)] = []
    if parts.count == 2 {
      for pair in parts[1].split(separator: "&") {
        let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        query.append(
          (
            try Self.decodedField(sides[0]),
            sides.count == 2 ? try Self.decodedField(sides[1]) : ""
          ))
      }
    }
    self.query = query
  }

  /// The parts of the path of a target, which may be a whole address (RFC 9112, 3.2.2).
  ///
  /// A slash at the
  /// end has no meaning; other empty parts are parts.
  private static func path(of target: Substring) -> [Substring] {
    var target = target
    for scheme in ["http://", "https://"] where target.lowercased().hasPrefix(scheme) {
      let authority = target.dropFirst(scheme.count)
      target = authority.firstIndex(of: "/").map { authority[$0...] } ?? "/"
    }
    if target.first == "/" { target = target.dropFirst() }
    if target.last == "/" { target = target.dropLast() }
    return target.isEmpty ? [] : target.split(separator: "/", omittingEmptySubsequences: false)
  }

  /// The media type of the body, in small letters and without parameters; empty if it is not told.
  var mediaType: String {
    let type = headers.first(name: "content-type")?.split(separator: ";").first ?? ""
    return String(type).trimmedAsCell.lowercased()
  }

  /// A name or a value of a query, in which forms write a space as a plus sign.
  private static func decodedField(_ text: Substring) throws(RequestFailure) -> String {
    try decoded(text.replacing("+", with: " "))
  }

  private static func decoded(_ text: Substring) throws(RequestFailure) -> String {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(Self.digit),
        let low = rest.popFirst().flatMap(Self.digit)
      else { throw RequestFailure.badTarget }
      bytes.append(high << 4 | low)
    }
    guard let decoded = String(validating: bytes, as: UTF8.self) else {
      throw RequestFailure.badTarget
    }
    return decoded
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    Character(UnicodeScalar(byte)).hexDigitValue.map { UInt8($0) }
  }
}

extension RequestFailure {
  fileprivate static let badTarget = RequestFailure(
    .badRequest, "the target of the request", found: "an escape that is no UTF-8",
    expected: "two hexadecimal digits after each '%'")
}
