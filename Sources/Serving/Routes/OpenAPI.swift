// The description of all routes as OpenAPI 3.1 has it, made of the table of routes.
import LearningTasks
import NIOHTTP1
import Texts

/// The document of GET /openapi.json.
enum OpenAPI {
  /// The route that tells all routes, itself included.
  static func route(_ routes: [Route], name: String) -> Route {
    var own = Route(
      method: .GET, pattern: "/openapi.json", summary: "Describe all routes.",
      result: json(["type": "object"])
    ) { _, _, _ in Response(json: "{}") }
    let described = routes + [own]
    own.answer = { _, _, snapshot in
      Response(json: document(described, name: name, snapshot).text)
    }
    return own
  }

  private static func document(
    _ routes: [Route], name: String, _ snapshot: ModelSnapshot
  ) -> JSONNode {
    let patterns = routes.reduce(into: [String]()) { patterns, route in
      if patterns.last != route.pattern { patterns.append(route.pattern) }
    }
    let paths = patterns.map { pattern in
      JSONNode.Member(
        name: pattern,
        value: .object(
          routes.filter { $0.pattern == pattern }.map { route in
            JSONNode.Member(
              name: route.method.rawValue.lowercased(), value: operation(route, name, snapshot))
          }))
    }
    return [
      "openapi": "3.1.0",
      "info": [
        "title": .text("mlcore: \(name)"), "version": .text(ProgramVersion.current),
      ],
      "paths": .object(paths),
      "components": [
        "schemas": [
          "Failure": [
            "type": "object", "required": ["error"],
            "properties": [
              "error": ["type": "string"], "found": ["type": "string"],
              "expected": ["type": "string"],
            ],
          ],
          "Row": row(snapshot.champion),
        ]
      ],
    ]
  }

  private static func operation(
    _ route: Route, _ name: String, _ snapshot: ModelSnapshot
  ) -> JSONNode {
    let places = route.parts.filter { $0.first == "{" }
      .map { part -> JSONNode in
        let part = String(part.dropFirst().dropLast())
        let known = part == "name" ? [name] : snapshot.versions
        return [
          "name": .text(part), "in": "path", "required": true,
          "schema": ["type": "string", "enum": .list(known.map { .text($0) })],
        ]
      }
    let parameters = route.query.map { parameter -> JSONNode in
      [
        "name": .text(parameter.name), "in": "query", "required": .flag(parameter.isRequired),
        "schema": parameter.schema,
      ]
    }
    var members: [JSONNode.Member] = [
      JSONNode.Member(name: "summary", value: .text(route.summary)),
      JSONNode.Member(name: "parameters", value: .list(places + parameters)),
    ]
    if let body = route.body {
      members.append(
        JSONNode.Member(
          name: "requestBody", value: ["required": true, "content": body(snapshot.champion)]))
    }
    let failure: JSONNode = [
      "description": "What was found and expected.",
      "content": json(["$ref": "#/components/schemas/Failure"]),
    ]
    members.append(
      JSONNode.Member(
        name: "responses",
        value: [
          "200": ["description": "The answer.", "content": route.result], "default": failure,
        ]))
    return .object(members)
  }
}
