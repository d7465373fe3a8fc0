// The JSON of POST /recommendations: a user, the features of one, or a basket, and the rules of the list.
import LearningTasks
import NIOHTTP1
import Recommendation
import Texts

extension RecommendationQuery {
  /// The most items of a list, reasons of an item and items of a category.
  static let longestList = 1_000

  /// The question that a document asks.
  ///
  /// - Throws: `RequestFailure` that names the member that is wrong.
  init(_ document: JSONNode) throws(RequestFailure) {
    guard case .object = document else {
      throw InferRequest.refusal("the request", document, "an object")
    }
    let members = try JSONMembers(document, path: "")
    try members.check(known: Self.keys)
    let lengths = 1...Self.longestList
    self.init(
      try Self.user(members), k: try members.whole("k", lengths) ?? 10,
      includesSeen: try members.flag("include_seen") ?? false, rules: try Self.rules(members))
    reasons = try members.whole("because", lengths)
    fallsBack = try members.flag("fallback") ?? false
  }

  private static func user(_ members: JSONMembers) throws(RequestFailure) -> User {
    let given = userKeys.filter { members[$0] != nil }
    guard given.count == 1 else {
      throw RequestFailure(
        .badRequest, "the request",
        found: given.isEmpty ? "none of them" : given.map { "'\($0)'" }.joined(separator: " and "),
        expected: "exactly \(userKeys.oneOf)")
    }
    if let user = try members.text("user") { return .user(user) }
    if let items = try members.texts("items") {
      guard !items.isEmpty else {
        throw RequestFailure(
          .badRequest, "items", found: "an empty list", expected: "at least one item")
      }
      return .items(items)
    }
    return .features(try features(members["user_features"] ?? .null, "user_features"))
  }

  /// The features of a user; members that hold nothing are left out.
  ///
  /// - Throws: `RequestFailure`.
  static func features(
    _ user: JSONNode, _ path: String
  ) throws(RequestFailure) -> [String: FeatureValue] {
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

  private static func rules(_ members: JSONMembers) throws(RequestFailure) -> ListRules {
    var rules = ListRules()
    rules.filter = try members.text("filter")
    rules.excluded = try members.texts("exclude") ?? []
    rules.perCategory = try members.whole("per_category", 1...longestList)
    rules.category = try members.text("category")
    rules.diversity = try members.number("diversity", 0...1) ?? 0
    guard rules.category == nil || rules.perCategory != nil else {
      throw RequestFailure(
        .badRequest, "the request", found: "category without per_category",
        expected: "both, or neither")
    }
    return rules
  }
}
