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

  /// The answer: `error`, and `found` and `expected` where they are known.
  var response: Response {
    var members = ["error": JSONText.literal(facts)]
    members["found"] = found.map(JSONText.literal)
    members["expected"] = expected.map(JSONText.literal)
    return Response(json: JSONText.object(members), status: status, headers: headers)
  }
}
