// What is answered where.
import NIOHTTP1
import Texts

/// A method and a path, and what answers them.
struct Route: Sendable {
  let method: HTTPMethod
  /// The path, such as `/v2/models/{name}`; a part in braces stands for anything.
  let pattern: String
  /// What it is for, in one sentence.
  let summary: String
  /// Whether it is answered without a token: whoever looks after the process has none.
  var isOpen = false
  /// The bodies that a model reads, by media type, as OpenAPI describes them; nil for no body.
  var body: (@Sendable (ServedModel) -> JSONNode)?
  /// The parameters of the query; a route with some refuses others.
  var query: [Parameter] = []
  /// Whether an answer takes microseconds, so that an event loop may give it.
  var isQuick: @Sendable (Request, ModelSnapshot) -> Bool = { _, _ in true }
  /// The answer by media type, as OpenAPI describes it.
  let result: JSONNode
  /// Answers, with the values of the parts in braces.
  ///
  /// - Throws: `RequestFailure`, and the errors of the model.
  var answer: @Sendable (Request, [String], ModelSnapshot) throws -> Response

  /// A parameter of a query.
  struct Parameter: Sendable {
    let name: String
    var isRequired = false
    /// Its JSON schema.
    let schema: JSONNode

    /// A text that must be there.
    static func text(_ name: String) -> Parameter {
      Parameter(name: name, isRequired: true, schema: ["type": "string"])
    }

    /// The length of a list.
    static func length(_ name: String, most: Int) -> Parameter {
      Parameter(
        name: name, schema: ["type": "integer", "minimum": 1, "maximum": .integer(Int64(most))])
    }
  }

  /// Checks the names of the parameters of a request.
  ///
  /// - Throws: `RequestFailure` for one that the route does not have, or that is there twice.
  func check(_ found: [(name: String, value: String)]) throws(RequestFailure) {
    guard !query.isEmpty else { return }
    var names: Set<ByteText> = []
    for parameter in found {
      guard query.contains(where: { $0.name.hasSameBytes(as: parameter.name) }) else {
        throw RequestFailure(
          .badRequest, "the query", found: "'\(parameter.name)'",
          expected: query.map(\.name).oneOf)
      }
      guard names.insert(ByteText(parameter.name)).inserted else {
        throw RequestFailure(
          .badRequest, "the query", found: "'\(parameter.name)' a second time",
          expected: "each parameter once")
      }
    }
  }

  /// The parts of the pattern.
  var parts: [Substring] { pattern.split(separator: "/") }
}

/// All routes.
struct RouteTable: Sendable {
  /// A route with its pattern taken apart.
  private struct Entry: Sendable {
    let route: Route
    /// The parts of the path; nil stands for anything.
    let parts: [String?]

    /// The values of the parts in braces; nil if a path is another one.
    func match(_ path: [String]) -> [String]? {
      guard parts.count == path.count else { return nil }
      var values: [String] = []
      for (part, found) in zip(parts, path) {
        guard let part else {
          values.append(found)
          continue
        }
        guard part.hasSameBytes(as: found) else { return nil }
      }
      return values
    }
  }

  private let entries: [Entry]

  init(routes: [Route]) {
    entries = routes.map { route in
      Entry(route: route, parts: route.parts.map { $0.first == "{" ? nil : String($0) })
    }
  }

  /// The label of requests that no route answers.
  static let noRoute = "none"

  /// The route of a request, and the values of the parts in braces.
  ///
  /// - Throws: `RequestFailure` with status 404 or 405.
  func route(_ request: Request) throws(RequestFailure) -> (route: Route, values: [String]) {
    let method = request.method == .HEAD ? .GET : request.method
    var allowed: [HTTPMethod] = []
    for entry in entries {
      guard let values = entry.match(request.path) else { continue }
      let route = entry.route
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
