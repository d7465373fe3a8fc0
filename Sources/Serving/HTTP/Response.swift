// An answer before it is written to a connection.
import NIOHTTP1

/// An answer.
struct Response: Sendable {
  var status: HTTPResponseStatus
  var contentType: String
  var headers: [(String, String)]
  var body: [UInt8]
  /// The rows that a model answered.
  var rows = 0

  /// An answer of any type.
  init(
    _ body: [UInt8], contentType: String, status: HTTPResponseStatus = .ok,
    headers: [(String, String)] = []
  ) {
    self.status = status
    self.contentType = contentType
    self.headers = headers
    self.body = body
  }

  /// An answer of JSON text.
  init(json: String, status: HTTPResponseStatus = .ok, headers: [(String, String)] = []) {
    self.init(Array(json.utf8), contentType: "application/json", status: status, headers: headers)
  }
}
