// The routes of recommenders: what `mlcore recommend` and `mlcore similar` answer.
import LearningTasks
import NIOCore
import NIOHTTP1
import Recommendation
import Storage
import Texts

extension RouteTable {
  /// The most items of a list.
  private static let longestList = 1_000

  /// The routes that a model has besides those of all; none unless it is a recommender.
  static func recommendations(for predictor: any Predictor) -> [Route] {
    guard predictor is RecommenderPredictor else { return [] }
    return [
      Route(
        method: .POST, pattern: "/recommendations", summary: "Recommend items.", hasBody: true,
        isQuick: { _, _ in false }
      ) { request, _, snapshot in
        try lists(of: snapshot.recommender(), request)
      },
      Route(
        method: .GET, pattern: "/similar", summary: "Tell the items most like an item.",
        query: [("item", true), ("k", false)], isQuick: { _, _ in false }
      ) { request, _, snapshot in
        try similar(in: snapshot.recommender(), request, item: "item", length: "k")
      },
      Route(
        method: .POST, pattern: "/user_embeddings",
        summary: "Tell the vectors of users of whom features are known.", hasBody: true,
        isQuick: { _, _ in false }
      ) { request, _, snapshot in
        try embeddings(by: snapshot.recommender(), request)
      },
      Route(
        method: .POST, pattern: "/items_from_user",
        summary: "Recommend items to a user of whom the vector is known.", hasBody: true,
        query: [("limit", false)], isQuick: { _, _ in false }
      ) { request, _, snapshot in
        try items(by: snapshot.recommender(), request)
      },
      Route(
        method: .GET, pattern: "/items_from_item", summary: "Tell the items most like an item.",
        query: [("item_id", true), ("limit", false)], isQuick: { _, _ in false }
      ) { request, _, snapshot in
        try similar(in: snapshot.recommender(), request, item: "item_id", length: "limit")
      },
    ]
  }

  private static func lists(of model: RecommenderPredictor, _ request: Request) throws -> Response {
    let document = try request.document()
    guard case .object(let members) = document else {
      throw InferRequest.refusal("the request", document, "an object")
    }
    let known = RecommendationQuery.keys
    if let other = members.first(where: { !known.contains(bytesOf: $0.name) }) {
      throw RequestFailure(
        .badRequest, "the request", found: "'\(other.name)'", expected: known.oneOf)
    }
    let users = members.filter { RecommendationQuery.userKeys.contains(bytesOf: $0.name) }
    guard users.count == 1 else {
      throw RequestFailure(
        .badRequest, "the request", found: "\(users.count) of them",
        expected: "exactly \(RecommendationQuery.userKeys.oneOf)")
    }
    let query: RecommendationQuery
    do {
      query = try JSONDocument.value(
        RecommendationQuery.self, from: Array(request.body.readableBytesView),
        file: "the request", expected: "a query as the documentation has it")
    } catch let error as StorageError {
      throw RequestFailure(.badRequest, error.description)
    }
    try check(length: query.k)
    return try answer(try model.predict(query))
  }

  private static func similar(
    in model: RecommenderPredictor, _ request: Request, item: String, length: String
  ) throws -> Response {
    guard let id = request.query.last(where: { $0.name == item })?.value else {
      throw RequestFailure(
        .badRequest, "the parameter \(item)", found: "nothing", expected: "an item")
    }
    return try answer(try model.similar(to: id, k: try limit(of: request, length, usually: 5)))
  }

  /// `[{"embedding": "[0.1,...]"}]` for a list of objects of features: their vectors as pgvector
  /// writes them.
  private static func embeddings(
    by model: RecommenderPredictor, _ request: Request
  ) throws -> Response {
    guard case .list(let users) = try request.document(), users.count <= longestList else {
      throw RequestFailure(
        .badRequest, "the request", found: "another value or a longer list",
        expected: "a list of at most \(longestList) objects of features")
    }
    var output = JSONOutput()
    output.add("[")
    let answers = try users.enumerated().map { index, user in
      let vector = try model.embedding(ofFeatures: features(user, "[\(index)]"))
      let text = "[\(vector.map(\.description).joined(separator: ","))]"
      return JSONText.object(["embedding": JSONText.literal(text)])
    }
    output.add(each: answers) { $0.add($1) }
    output.add("]")
    var response = Response(output.bytes, contentType: "application/json")
    response.rows = users.count
    return response
  }

  /// The features of a user; members that hold nothing are left out.
  private static func features(_ user: JSONNode, _ path: String) throws -> [String: FeatureValue] {
    guard case .object(let members) = user else {
      throw InferRequest.refusal(path, user, "an object of features")
    }
    var features: [String: FeatureValue] = [:]
    for member in members {
      switch member.value {
      case .null: continue
      case .text(let text): features[member.name] = .text(text)
      case .integer(let integer): features[member.name] = .number(Double(integer))
      case .number(let number): features[member.name] = .number(number)
      case .flag, .list, .object:
        throw InferRequest.refusal("\(path).\(member.name)", member.value, "a text or a number")
      }
    }
    return features
  }

  /// The items for one object of `user_embeddings`, whose vector may be a text or a list.
  private static func items(by model: RecommenderPredictor, _ request: Request) throws -> Response {
    let document = try request.document()
    let found = document["embedding"]
    let numbers: [JSONNode]
    switch found {
    case .list(let list)?: numbers = list
    case .text(let text)?:
      guard
        case .list(let list)? = try? Array(text.utf8).withUnsafeBufferPointer({
          try JSONReader.value($0)
        })
      else { throw InferRequest.refusal("embedding", found, "a list of numbers") }
      numbers = list
    default: throw InferRequest.refusal("embedding", found, "a list of numbers")
    }
    let vector = try numbers.map { element -> Float in
      switch element {
      case .integer(let integer): Float(integer)
      case .number(let number) where Float(number).isFinite: Float(number)
      default: throw InferRequest.refusal("embedding", element, "numbers")
      }
    }
    return try answer(
      try model.recommend(toVector: vector, k: try limit(of: request, "limit", usually: 5)))
  }

  /// The length of a list that a query asks for.
  private static func limit(of request: Request, _ name: String, usually: Int) throws -> Int {
    guard let text = request.query.last(where: { $0.name == name })?.value else { return usually }
    guard let count = Int(text) else {
      throw RequestFailure(
        .badRequest, "the parameter \(name)", found: "'\(text)'", expected: "a whole number")
    }
    try check(length: count)
    return count
  }

  private static func check(length: Int) throws {
    guard (1...longestList).contains(length) else {
      throw RequestFailure(
        .badRequest, "the length of the list", found: "\(length)",
        expected: "1 to \(longestList)")
    }
  }

  private static func answer(_ list: [some Encodable]) throws -> Response {
    var response = Response(try JSONDocument.line(of: list), contentType: "application/json")
    response.rows = list.count
    return response
  }
}

extension ModelSnapshot {
  /// The recommender in service.
  ///
  /// - Throws: `RequestFailure` if a model of another task took its place.
  fileprivate func recommender() throws -> RecommenderPredictor {
    guard let model = champion.predictor as? RecommenderPredictor else {
      throw RequestFailure(.notFound, "the model in service is no recommender")
    }
    return model
  }
}

extension TaskFailure {
  /// Whether it is about a user or an item that the model does not know.
  var isOfUnknownEntity: Bool {
    switch self as? RecommendationError {
    case .noSuchItem?, .noSuchUser?: true
    default: false
    }
  }
}
