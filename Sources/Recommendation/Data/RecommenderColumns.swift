// Which columns of the tables are users, items, ratings and features.
import Configuration
import Tables
import Texts

/// The columns of a recommender's tables by their roles.
struct RecommenderColumns: Codable, Sendable, Equatable {
  var userID: String
  var itemID: String
  var rating: String?
  var timestamp: String?
  var userFeatures: [String]
  var itemFeatures: [String]

  /// What columns are called where nobody says, in small letters without separators.
  private static let userNames = ["userid", "user", "customernumber", "customerid", "customer"]
  private static let itemNames = [
    "itemid", "item", "productcode", "productid", "product", "movieid", "movie",
  ]
  private static let ratingNames = ["rating", "productrating", "score", "stars"]
  /// The features of the lab's tables, which a model learns from if nobody says otherwise.
  private static let userFeatureNames = ["city", "country", "creditlimit"]
  private static let itemFeatureNames = [
    "productline", "productscale", "quantityinstock", "buyprice", "msrp",
  ]

  /// Finds the columns.
  ///
  /// - Parameters:
  ///   - looksForRatings: whether a column of ratings is found by its name.
  ///   - interactions, users, items: the names of the tables' columns; a table of its own that was
  ///     not given has those of the interactions.
  /// - Throws: `RecommendationError.noColumn`.
  init(
    _ data: RecommenderConfiguration.Data, looksForRatings: Bool, interactions: [String],
    users: [String], items: [String]
  ) throws {
    let shown = LocationText.shown(data.path)
    func find(_ given: String?, among names: [String], role: String, key: String?) throws -> String
    {
      if let given {
        return try Self.named(given, in: interactions, role: role, key: key, data: shown)
      }
      if let found = Self.first(of: names, in: interactions) { return found }
      throw RecommendationError.noColumn(
        role: role, name: nil, key: key, data: shown, known: interactions)
    }
    userID = try find(data.userID, among: Self.userNames, role: "users", key: "data.user_id")
    itemID = try find(data.itemID, among: Self.itemNames, role: "items", key: "data.item_id")
    let isRating = looksForRatings ? Self.first(of: Self.ratingNames, in: interactions) : nil
    let taken = [userID, itemID, data.timestamp]
    rating =
      try data.rating.map {
        try Self.named($0, in: interactions, role: "ratings", key: "data.rating", data: shown)
      } ?? isRating.flatMap { taken.compactMap(\.self).contains(bytesOf: $0) ? nil : $0 }
    timestamp = try data.timestamp.map {
      try Self.named($0, in: interactions, role: "times", key: "data.timestamp", data: shown)
    }
    let (userTable, itemTable) = (
      data.users.map(LocationText.shown) ?? shown, data.items.map(LocationText.shown) ?? shown
    )
    let lab = (
      Self.userFeatureNames.compactMap { Self.first(of: [$0], in: users) },
      Self.itemFeatureNames.compactMap { Self.first(of: [$0], in: items) }
    )
    userFeatures =
      try data.userFeatures?.flatMap {
        try Self.features($0, in: users, key: "data.user_features", data: userTable)
      } ?? lab.0
    itemFeatures =
      try data.itemFeatures?.flatMap {
        try Self.features($0, in: items, key: "data.item_features", data: itemTable)
      } ?? lab.1
    try checkRoles(data)
  }

  /// Checks that no column of a table has two roles, which would let a model see what it is to tell.
  ///
  /// - Throws: `ConfigurationError.twoRoles`.
  private func checkRoles(_ data: RecommenderConfiguration.Data) throws {
    let interactions: [(key: String, column: String)] =
      [("data.user_id", userID), ("data.item_id", itemID)]
      + [rating].compactMap(\.self).map { ("data.rating", $0) }
      + [timestamp].compactMap(\.self).map { ("data.timestamp", $0) }
    // Tables of users and items have columns of their own.
    for columns in [
      interactions,
      (data.users == nil ? interactions : [interactions[0]])
        + userFeatures.map { ("data.user_features", $0) },
      (data.items == nil ? interactions : [interactions[1]])
        + itemFeatures.map { ("data.item_features", $0) },
    ] {
      var keys: [ByteText: String] = [:]
      for (key, column) in columns {
        if let other = keys[ByteText(column)] {
          throw ConfigurationError.twoRoles(
            column: column, RecommenderConfiguration.named(other),
            RecommenderConfiguration.named(key))
        }
        keys[ByteText(column)] = key
      }
    }
  }

  /// The column of a table with a given name, capitals and separators aside where that is clear.
  ///
  /// - Parameter key: the setting that names the column; nil where none does.
  static func named(
    _ name: String, in columns: [String], role: String, key: String?, data: String
  ) throws -> String {
    if columns.contains(bytesOf: name) { return name }
    let alike = columns.filter { plain($0) == plain(name) }
    if alike.count == 1 { return alike[0] }
    throw RecommendationError.noColumn(
      role: role, name: name, key: key, data: data, known: columns)
  }

  /// A name of a feature, or several with commas between them.
  private static func features(
    _ item: String, in columns: [String], key: String?, data: String
  ) throws -> [String] {
    let names = columns.contains(bytesOf: item) ? [item] : item.commaParts
    return try names.map { try named($0, in: columns, role: "features", key: key, data: data) }
  }

  /// The column of users: that of a name, or of a usual one; nil if there is none.
  static func user(in columns: [String], named name: String?) -> String? {
    column(name, among: userNames, in: columns)
  }

  /// The column of items: that of a name, or of a usual one; nil if there is none.
  static func item(in columns: [String], named name: String?) -> String? {
    column(name, among: itemNames, in: columns)
  }

  private static func column(
    _ name: String?, among names: [String], in columns: [String]
  ) -> String? {
    guard let name else { return first(of: names, in: columns) }
    return try? named(name, in: columns, role: "", key: nil, data: "")
  }

  /// The feature columns of a side that a table has: of those that are wanted, or of the lab's.
  static func features(
    _ wanted: [String]?, side: RecommenderSide, presentIn columns: [String]
  ) -> [String] {
    guard let wanted else {
      let names = side == .user ? userFeatureNames : itemFeatureNames
      return names.compactMap { first(of: [$0], in: columns) }
    }
    return wanted.flatMap { columns.contains(bytesOf: $0) ? [$0] : $0.commaParts }.compactMap {
      try? named($0, in: columns, role: "", key: nil, data: "")
    }
  }

  private static func first(of names: [String], in columns: [String]) -> String? {
    for name in names {
      if let column = columns.first(where: { plain($0) == name }) { return column }
    }
    return nil
  }

  /// A name without what people write in different ways.
  static func plain(_ name: String) -> String {
    name.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
  }
}

extension String {
  /// Names with commas between them.
  var commaParts: [String] { split(separator: ",").map(String.init) }
}
