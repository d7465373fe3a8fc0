// What is answered where.
import NIOHTTP1

/// A method and a path, and what answers them.
struct Route: Sendable {
  let method: HTTPMethod
  /// The path, such as `/v2/models/{name}`; a part in braces stands for anything.
  let pattern: String
  /// What it is for, in one sentence.
  let summary: String
  /// Whether it is answered without a token: whoever looks after the process has none.
  var isOpen = false
  /// Whether the body holds something to answer.
  var hasBody = false
  /// The names and meanings of parameters of the query.
  var query: [(name: String, isRequired: Bool)] = []
  /// Whether an answer takes microseconds, so that an event loop may give it.
  var isQuick: @Sendable (Request, ModelSnapshot) -> Bool = { _, _ in true }
  /// Answers, with the values of the parts in braces.
  ///
  /// - Throws: `RequestFailure`, and the errors of the model.
  let answer: @Sendable (Request, [String], ModelSnapshot) throws -> Response

  /// The values of the parts in braces; nil if a path is another one.
  func match(_ path: [String]) -> [String]? {
    let parts = pattern.split(separator: "/")
    guard parts.count == path.count else { return nil }
    var values: [String] = []
    for (part, found) in zip(parts, path) {
      if part.first == "{" {
        values.append(found)
      } else if part != found[...] {
        return nil
      }
    }
    return values
  }
}

/// All routes.
struct RouteTable: Sendable {
  let routes: [Route]

  /// The label of requests that no route answers.
  static let noRoute = "none"

  /// The route of a request, and the values of the parts in braces.
  ///
  /// - Throws: `RequestFailure` with status 404 or 405.
  func route(_ request: Request) throws(RequestFailure) -> (route: Route, values: [String]) {
    let method = request.method == .HEAD ? .GET : request.method
    var allowed: [HTTPMethod] = []
    for route in routes {
      guard let values = route.match(request.path) else { continue }
      if route.method == method { return (route, values) }
      allowed.append(route.method)
      if route.method == .GET { allowed.append(.HEAD) }
    }
    guard !allowed.isEmpty else {
      throw RequestFailure(.notFound, "there is no such route; GET /openapi.json lists all")
    }
    let methods = allowed.map(\.rawValue).joined(separator: ", ")
    var failure = RequestFailure(
      .methodNotAllowed, "the method", found: request.method.rawValue, expected: methods)
    failure.headers = [("allow", methods)]
    throw failure
  }
}
