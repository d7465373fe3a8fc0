// The description of all routes as OpenAPI 3.1 has it, made of the table of routes.
import LearningTasks
import NIOHTTP1
import Tables

/// The document of GET /openapi.json.
enum OpenAPI {
  /// The route that tells all routes, itself included.
  static func route(_ routes: [Route], name: String) -> Route {
    let own = Route(
      method: .GET, pattern: "/openapi.json", summary: "Describe all routes."
    ) { _, _, _ in Response(json: "{}") }
    let described = routes + [own]
    return Route(method: .GET, pattern: own.pattern, summary: own.summary) { _, _, snapshot in
      Response(json: document(described, name: name, snapshot).text)
    }
  }

  private static func document(
    _ routes: [Route], name: String, _ snapshot: ModelSnapshot
  ) -> JSONNode {
    var paths: [JSONNode.Member] = []
    for route in routes {
      paths.append(
        JSONNode.Member(
          name: route.pattern,
          value: .object([
            JSONNode.Member(
              name: route.method.rawValue.lowercased(), value: operation(route, name, snapshot))
          ])))
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
          "Row": row(snapshot),
        ]
      ],
    ]
  }

  /// A row of the model: its columns and their types.
  private static func row(_ snapshot: ModelSnapshot) -> JSONNode {
    let fields = snapshot.champion.predictor.inputSchema.fields
    return [
      "type": "object",
      "properties": .object(
        fields.map { field in
          JSONNode.Member(
            name: field.name,
            value: [
              "type": field.kind == .number
                ? ["number", "string", "null"] : ["string", "number", "boolean", "null"]
            ])
        }),
    ]
  }

  private static func operation(
    _ route: Route, _ name: String, _ snapshot: ModelSnapshot
  ) -> JSONNode {
    let parts = route.pattern.split(separator: "/").filter { $0.first == "{" }
      .map { String($0.dropFirst().dropLast()) }
    let places = parts.map { part -> JSONNode in
      [
        "name": .text(part), "in": "path", "required": true, "schema": ["type": "string"],
        "example": .text(part == "name" ? name : snapshot.champion.version),
      ]
    }
    let parameters = route.query.map { parameter -> JSONNode in
      [
        "name": .text(parameter.name), "in": "query", "required": .flag(parameter.isRequired),
        "schema": ["type": "string"],
      ]
    }
    var members: [JSONNode.Member] = [
      JSONNode.Member(name: "summary", value: .text(route.summary)),
      JSONNode.Member(name: "parameters", value: .list(places + parameters)),
    ]
    if route.hasBody {
      members.append(
        JSONNode.Member(
          name: "requestBody",
          value: ["required": true, "content": ["application/json": ["schema": [:]]]]))
    }
    let failure: JSONNode = [
      "description": "What was found and expected.",
      "content": ["application/json": ["schema": ["$ref": "#/components/schemas/Failure"]]],
    ]
    members.append(
      JSONNode.Member(
        name: "responses", value: ["200": ["description": "The answer."], "default": failure]))
    return .object(members)
  }
}
