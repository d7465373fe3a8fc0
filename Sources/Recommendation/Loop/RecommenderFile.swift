// What a dropped table is, by its columns: interactions, features of users or of items, or a list of
// users who want recommendations.
import LoopContract
import Tables

/// A table of a recommender's loop.
enum RecommenderFile: Equatable {
  /// Who took or rated what.
  case interactions(columns: RecommenderColumns)
  /// What is known of users, or of items.
  case features(RecommenderSide, id: String, features: [String])
  /// Users who want recommendations.
  case list(id: String)
}

/// Users or items.
enum RecommenderSide: String, CaseIterable {
  case user, item
}

extension RecommenderLoop {
  /// The settings of data with the columns that are known by now.
  func data(as known: RecommenderColumns?) -> RecommenderConfiguration.Data {
    var data = data
    data.path = "a table"
    data.users = nil
    data.items = nil
    guard let known else { return data }
    data.userID = known.userID
    data.itemID = known.itemID
    return data
  }

  /// Finds out what a table is.
  ///
  /// - Parameters:
  ///   - known: the columns of earlier tables.
  ///   - shown: the name of the table in messages.
  /// - Throws: `RecommendationError.noColumn`, `ConfigurationError`.
  func kind(
    ofTable names: [String], known: RecommenderColumns?, shown: String
  ) throws -> RecommenderFile {
    var data = data(as: known)
    data.path = shown
    let user = RecommenderColumns.user(in: names, named: data.userID)
    let item = RecommenderColumns.item(in: names, named: data.itemID)
    switch (user, item) {
    case (_?, _?), (nil, nil):
      // Features may come in tables of their own: what is not here is no mistake.
      data.userFeatures = data.userFeatures.map {
        RecommenderColumns.features($0, side: .user, presentIn: names)
      }
      data.itemFeatures = data.itemFeatures.map {
        RecommenderColumns.features($0, side: .item, presentIn: names)
      }
      return .interactions(
        columns: try RecommenderColumns(
          data, looksForRatings: configuration.recommender.looksForRatings, interactions: names,
          users: names, items: names))
    case (let user?, nil):
      let features = RecommenderColumns.features(
        data.userFeatures, side: .user, presentIn: names)
      return features.isEmpty
        ? .list(id: user) : .features(.user, id: user, features: features)
    case (nil, let item?):
      let features = RecommenderColumns.features(
        data.itemFeatures, side: .item, presentIn: names)
      if !features.isEmpty { return .features(.item, id: item, features: features) }
      throw RecommendationError.noColumn(
        role: "users", name: data.userID, key: "data.user_id", data: shown, known: names)
    }
  }

  /// The columns of a stored file.
  func names(of file: StepFile) throws -> [String] {
    try Table.columnNames(
      of: file.path,
      options: ReadOptions(delimiter: data.delimiterByte, hasHeader: data.header))
  }
}

extension RecommenderColumns {
  /// The columns of interactions that are read.
  var used: [String] {
    [userID, itemID] + [rating, timestamp].compactMap(\.self) + userFeatures + itemFeatures
  }
}
