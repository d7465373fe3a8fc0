// The JSON schemas of bodies and answers. What two members must have in common, such as the shape and
// the data of a tensor, no schema can say.
import LearningTasks
import Recommendation
import Tables

extension OpenAPI {
  /// A body or an answer of JSON.
  static func json(_ schema: JSONNode) -> JSONNode { ["application/json": ["schema": schema]] }

  /// A body or an answer of text.
  static let text: JSONNode = ["text/plain": ["schema": ["type": "string"]]]

  // MARK: - The Open Inference Protocol

  /// The tensors of a request.
  static func inferBody(_ model: ServedModel) -> JSONNode {
    let flag: JSONNode = ["type": ["boolean", "null"]]
    return json([
      "type": "object", "required": ["inputs"],
      "properties": [
        "id": ["type": ["string", "null"]],
        "parameters": [
          "type": ["object", "null"], "additionalProperties": false,
          "properties": [
            "explain": reasons, "binary_data_output": flag, "content_type": [:],
          ],
        ],
        "inputs": [
          "type": "array", "minItems": 1,
          "items": [
            "type": "object", "required": ["name", "shape", "datatype", "data"],
            "properties": [
              "name": ["enum": .list(model.predictor.inputSchema.fields.map { .text($0.name) })],
              "shape": [
                "type": "array", "minItems": 1, "maxItems": 2,
                "items": ["type": "integer", "minimum": 1, "maximum": .integer(Int64(Int32.max))],
              ],
              "datatype": ["enum": .list(TensorType.allCases.map { .text($0.rawValue) })],
              "data": ["type": "array"], "parameters": ["type": ["object", "null"]],
            ],
          ],
        ],
        "outputs": [
          "type": ["array", "null"],
          "items": [
            "type": "object", "required": ["name"],
            "properties": [
              "name": ["enum": .list(outputs(model).map { .text($0) })],
              "parameters": ["type": ["object", "null"], "properties": ["binary_data": flag]],
            ],
          ],
        ],
      ],
    ])
  }

  private static func outputs(_ model: ServedModel) -> [String] {
    model.predictor.outputSchema.fields.map(\.name).filter { $0 != ServedModel.versionColumn }
  }

  /// The tensors of an answer.
  static let inferAnswer: JSONNode = {
    var content = json([
      "type": "object", "required": ["model_name", "model_version", "outputs"],
      "properties": [
        "model_name": ["type": "string"], "model_version": ["type": "string"],
        "id": ["type": "string"],
        "outputs": [
          "type": "array",
          "items": [
            "type": "object", "required": ["name", "datatype", "shape"],
            "properties": [
              "name": ["type": "string"], "datatype": ["enum": ["FP64", "BYTES"]],
              "shape": ["type": "array", "items": ["type": "integer"]],
              "data": ["type": "array"], "parameters": ["type": "object"],
            ],
          ],
        ],
      ],
    ])
    if case .object(var members) = content {
      members.append(
        JSONNode.Member(
          name: "application/octet-stream",
          value: ["schema": ["type": "string", "format": "binary"]]))
      content = .object(members)
    }
    return content
  }()

  // MARK: - Invocations

  private static let reasons: JSONNode = ["type": ["integer", "null"], "minimum": 1]

  /// The tables of an invocation.
  static func invocationBody(_ model: ServedModel) -> JSONNode {
    let parameters: JSONNode = [
      "type": ["object", "null"], "additionalProperties": false,
      "properties": ["explain": reasons],
    ]
    func form(_ name: String, _ schema: JSONNode) -> JSONNode {
      [
        "type": "object", "required": [.text(name)], "additionalProperties": false,
        "properties": .object([
          JSONNode.Member(name: name, value: schema),
          JSONNode.Member(name: "params", value: parameters),
        ]),
      ]
    }
    let fields = modelled(model)
    let names = fields.map { JSONNode.text($0.name) }
    let record: JSONNode = ["$ref": "#/components/schemas/Row"]
    let whole: JSONNode = [
      "type": "array", "prefixItems": .list(fields.map(cell)), "items": false,
      "minItems": .integer(Int64(fields.count)), "maxItems": .integer(Int64(fields.count)),
    ]
    // A row of one column may be a value by itself.
    let list: JSONNode = fields.count == 1 ? ["anyOf": [whole, cell(fields[0])]] : whole
    func rows(_ row: JSONNode) -> JSONNode { ["type": "array", "minItems": 1, "items": row] }
    let columns: JSONNode = [
      "type": "object", "required": .list(names), "additionalProperties": false,
      "properties": .object(
        fields.map { field in
          // Columns of other lengths would be refused; one row is what a schema can tell.
          JSONNode.Member(
            name: field.name,
            value: ["type": "array", "minItems": 1, "maxItems": 1, "items": cell(field)])
        }),
    ]
    return .object([
      JSONNode.Member(
        name: "application/json",
        value: [
          "schema": [
            "oneOf": [
              form(
                "dataframe_split",
                [
                  "type": "object", "required": ["columns", "data"],
                  "properties": [
                    "columns": ["const": .list(names)], "data": rows(list), "index": [:],
                  ],
                ]),
              form("dataframe_records", rows(record)),
              form("instances", ["anyOf": [rows(record), rows(list)]]),
              form("inputs", ["anyOf": [columns, rows(record), rows(list)]]),
            ]
          ]
        ]),
      JSONNode.Member(name: "text/csv", value: ["schema": ["type": "string"]]),
      JSONNode.Member(
        name: "application/vnd.apache.parquet",
        value: ["schema": ["type": "string", "format": "binary"]]),
    ])
  }

  /// The rows of an answer.
  static let invocationAnswer: JSONNode = .object([
    JSONNode.Member(
      name: "application/json",
      value: [
        "schema": [
          "type": "object", "required": ["predictions"],
          "properties": ["predictions": ["type": "array", "items": ["type": "object"]]],
        ]
      ]),
    JSONNode.Member(name: "text/csv", value: ["schema": ["type": "string"]]),
  ])

  private static func modelled(_ model: ServedModel) -> [Schema.Field] {
    model.predictor.inputSchema.fields.filter { $0.kind != .text }
  }

  /// A row of the model: its columns and their types.
  static func row(_ model: ServedModel) -> JSONNode {
    let fields = model.predictor.inputSchema.fields
    return [
      "type": "object", "additionalProperties": false,
      "required": .list(modelled(model).map { .text($0.name) }),
      "properties": .object(fields.map { JSONNode.Member(name: $0.name, value: cell($0)) }),
    ]
  }

  /// A value of a column; texts that spell a number are read as that number too.
  private static func cell(_ field: Schema.Field) -> JSONNode {
    switch field.kind {
    case .number: ["type": ["number", "null"]]
    case .timestamp: ["type": ["string", "null"]]
    case .category, .text: ["type": ["string", "number", "boolean", "null"]]
    }
  }

  // MARK: - Recommenders

  private static let length: JSONNode = [
    "type": ["integer", "null"], "minimum": 1,
    "maximum": .integer(Int64(RecommendationQuery.longestList)),
  ]
  private static let optionalText: JSONNode = ["type": ["string", "null"]]
  private static let texts: JSONNode = ["type": ["array", "null"], "items": ["type": "string"]]

  /// The question of /recommendations.
  static let recommendationBody: JSONNode = {
    let rules: [JSONNode.Member] = [
      JSONNode.Member(name: "k", value: length), JSONNode.Member(name: "because", value: length),
      JSONNode.Member(name: "per_category", value: length),
      JSONNode.Member(name: "category", value: optionalText),
      JSONNode.Member(name: "filter", value: optionalText),
      JSONNode.Member(name: "exclude", value: texts),
      JSONNode.Member(name: "include_seen", value: ["type": ["boolean", "null"]]),
      JSONNode.Member(name: "fallback", value: ["type": ["boolean", "null"]]),
      JSONNode.Member(
        name: "diversity", value: ["type": ["number", "null"], "minimum": 0, "maximum": 1]),
    ]
    func asked(_ name: String, _ schema: JSONNode) -> JSONNode {
      [
        "type": "object", "required": [.text(name)], "additionalProperties": false,
        "properties": .object([JSONNode.Member(name: name, value: schema)] + rules),
      ]
    }
    return json([
      "oneOf": [
        asked("user", ["type": "string"]), asked("user_features", features),
        asked("items", ["type": "array", "minItems": 1, "items": ["type": "string"]]),
      ]
    ])
  }()

  private static let features: JSONNode = [
    "type": "object", "additionalProperties": ["type": ["string", "number", "null"]],
  ]

  /// The users of /user_embeddings.
  static let usersBody = json([
    "type": "array", "maxItems": .integer(Int64(RecommendationQuery.longestList)),
    "items": features,
  ])

  /// The vector of /items_from_user.
  static let vectorBody = json([
    "type": "object", "required": ["embedding"],
    "properties": [
      "embedding": ["anyOf": [["type": "array", "items": ["type": "number"]], ["type": "string"]]]
    ],
  ])

  /// A list of objects with some members.
  static func list(of members: [JSONNode.Member]) -> JSONNode {
    json([
      "type": "array",
      "items": [
        "type": "object", "required": .list(members.map { .text($0.name) }),
        "properties": .object(members),
      ],
    ])
  }

  /// The list of recommended items.
  static let recommendedItems = list(of: [
    JSONNode.Member(name: "id", value: ["type": "string"]),
    JSONNode.Member(name: "score", value: ["type": "number"]),
  ])
  /// The list of similar items.
  static let similarItems = list(of: [
    JSONNode.Member(name: "id", value: ["type": "string"]),
    JSONNode.Member(name: "distance", value: ["type": "number"]),
  ])
  /// The list of vectors.
  static let vectors = list(of: [
    JSONNode.Member(name: "embedding", value: ["type": "string"])
  ])
}
