// Why a request is not answered: a status, and a document that says what was found and expected.
import NIOHTTP1
import Texts

/// A request that is refused.
struct RequestFailure: Error {
  let status: HTTPResponseStatus
  /// The facts, in one sentence.
  let facts: String
  var found: String?
  var expected: String?
  /// Headers that the status asks for.
  var headers: [(String, String)] = []

  /// A request that cannot be answered.
  init(_ status: HTTPResponseStatus, _ facts: String) {
    self.status = status
    self.facts = facts
  }

  /// A part of a request that is not what it must be.
  init(_ status: HTTPResponseStatus, _ part: String, found: String, expected: String) {
    self.status = status
    facts = "\(part): found \(found), expected \(expected)"
    self.found = found
    self.expected = expected
  }

  /// What is told of a request is cut, or an answer would be as long as the request.
  private static let (longestSentence, longestPart) = (1_000, 200)

  /// The answer: `error`, and `found` and `expected` where they are known.
  var response: Response {
    var members = ["error": JSONText.literal(facts.cut(to: Self.longestSentence))]
    members["found"] = found.map { JSONText.literal($0.cut(to: Self.longestPart)) }
    members["expected"] = expected.map(JSONText.literal)
    return Response(json: JSONText.object(members), status: status, headers: headers)
  }
}

extension String {
  /// The first code points, with dots where some are left out.
  fileprivate func cut(to count: Int) -> String {
    guard
      let end = unicodeScalars.index(
        unicodeScalars.startIndex, offsetBy: count, limitedBy: unicodeScalars.endIndex),
      end != unicodeScalars.endIndex
    else { return self }
    return String(unicodeScalars[..<end]) + "..."
  }
}

extension Int {
  /// So many of something, in words.
  func counted(_ noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }
}
