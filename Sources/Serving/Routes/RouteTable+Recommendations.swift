// The routes of recommenders: what `mlcore recommend` and `mlcore similar` answer.
import LearningTasks
import NIOCore
import NIOHTTP1
import Recommendation
import Storage
import Texts

extension RouteTable {
  private static let longestList = RecommendationQuery.longestList

  /// The routes that a model has besides those of all; none unless it is a recommender.
  static func recommendations(for predictor: any Predictor) -> [Route] {
    guard predictor is RecommenderPredictor else { return [] }
    return [
      Route(
        method: .POST, pattern: "/recommendations", summary: "Recommend items.",
        body: { _ in OpenAPI.recommendationBody }, isQuick: { _, _ in false },
        result: OpenAPI.recommendedItems
      ) { request, _, snapshot in
        try lists(of: snapshot.recommender(), request)
      },
      Route(
        method: .GET, pattern: "/similar", summary: "Tell the items most like an item.",
        query: [.text("item"), .length("k", most: longestList)], isQuick: { _, _ in false },
        result: OpenAPI.similarItems
      ) { request, _, snapshot in
        try similar(in: snapshot.recommender(), request, item: "item", length: "k")
      },
      Route(
        method: .POST, pattern: "/user_embeddings",
        summary: "Tell the vectors of users of whom features are known.",
        body: { _ in OpenAPI.usersBody }, isQuick: { _, _ in false }, result: OpenAPI.vectors
      ) { request, _, snapshot in
        try embeddings(by: snapshot.recommender(), request)
      },
      Route(
        method: .POST, pattern: "/items_from_user",
        summary: "Recommend items to a user of whom the vector is known.",
        body: { _ in OpenAPI.vectorBody }, query: [.length("limit", most: longestList)],
        isQuick: { _, _ in false }, result: OpenAPI.recommendedItems
      ) { request, _, snapshot in
        try items(by: snapshot.recommender(), request)
      },
      Route(
        method: .GET, pattern: "/items_from_item", summary: "Tell the items most like an item.",
        query: [.text("item_id"), .length("limit", most: longestList)],
        isQuick: { _, _ in false }, result: OpenAPI.similarItems
      ) { request, _, snapshot in
        try similar(in: snapshot.recommender(), request, item: "item_id", length: "limit")
      },
    ]
  }

  private static func lists(of model: RecommenderPredictor, _ request: Request) throws -> Response {
    try answer(try model.predict(RecommendationQuery(request.document())))
  }

  private static func similar(
    in model: RecommenderPredictor, _ request: Request, item: String, length: String
  ) throws -> Response {
    guard let id = request.query.first(where: { $0.name == item })?.value else {
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
    let document = try request.document()
    guard case .list(let users) = document, users.count <= longestList else {
      throw InferRequest.refusal(
        "the request", document, "a list of at most \(longestList) objects of features")
    }
    var output = JSONOutput()
    output.add("[")
    let answers = try users.enumerated().map { index, user in
      let vector = try model.embedding(ofFeatures: RecommendationQuery.features(user, "[\(index)]"))
      let text = "[\(vector.map(\.description).joined(separator: ","))]"
      return JSONText.object(["embedding": JSONText.literal(text)])
    }
    output.add(each: answers) { $0.add($1) }
    output.add("]")
    var response = Response(output.bytes, contentType: "application/json")
    response.rows = users.count
    return response
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
  private static func limit(
    of request: Request, _ name: String, usually: Int
  ) throws(RequestFailure) -> Int {
    guard let text = request.query.first(where: { $0.name == name })?.value else { return usually }
    guard let count = Int(text), (1...longestList).contains(count) else {
      throw RequestFailure(
        .badRequest, "the parameter \(name)", found: "'\(text)'",
        expected: "a whole number from 1 to \(longestList)")
    }
    return count
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
    case .noSuchItem?, .noSuchUser?, .noKnownItem?: true
    default: false
    }
  }
}
