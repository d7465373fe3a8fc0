// An answer before it is written to a connection.
import NIOHTTP1
import Texts

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

extension Response {
  /// The JSON of the body without the columns of some names.
  func text(hiding names: Set<ByteText>) -> String {
    let document = try? body.withUnsafeBufferPointer { try JSONReader.value($0) }
    return document.map { $0.hiding(names).text } ?? "\(status.code)"
  }
}

extension JSONNode {
  /// The value without members of some names, and without tensors of these names.
  fileprivate func hiding(_ names: Set<ByteText>) -> JSONNode {
    switch self {
    case .object(let members):
      .object(
        members.filter { !names.contains(ByteText($0.name)) }.map {
          Member(name: $0.name, value: $0.value.hiding(names))
        })
    case .list(let values):
      .list(
        values.filter { value in
          guard case .text(let name)? = value["name"] else { return true }
          return !names.contains(ByteText(name))
        }.map { $0.hiding(names) })
    case .null, .flag, .integer, .number, .text: self
    }
  }
}
