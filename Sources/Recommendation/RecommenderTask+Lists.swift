// Files of lists: recommendations for all users of a table, and the neighbours of all items.
package import LearningTasks
import NumericCore
import Recommender
import Tables

/// Lists of recommendations that were written.
package struct WrittenRecommendations: Encodable, Sendable {
  /// The users of the table.
  package var users: Int
  /// The users that popularity answered, because the model knows nothing of them.
  package var fallbacks: Int
  /// The rows that were written.
  package var rows: Int
  package var modelVersion: String
  package var out: String

  enum CodingKeys: String, CodingKey {
    case users, fallbacks, rows, out
    case modelVersion = "model_version"
  }
}

/// Lists of similar items that were written.
package struct WrittenNeighbours: Encodable, Sendable {
  /// The items that have a list.
  package var items: Int
  /// The rows that were written.
  package var rows: Int
  package var modelVersion: String
  package var out: String

  enum CodingKeys: String, CodingKey {
    case items, rows, out
    case modelVersion = "model_version"
  }
}

extension RecommenderTask {
  /// Recommends items to all users of a table and writes the lists.
  ///
  /// The rows of a user follow one another, best first: the columns of users and of items by their
  /// names in training, `rank` from 1, `score`, `fallback`, which is "popularity" where the model
  /// knows nothing of the user and missing elsewhere, and `model_version`.
  ///
  /// - Parameters:
  ///   - users: a table with the column of users.
  ///   - excluded: a table with the column of items, none of which is recommended; nil for none.
  ///   - output: a name that ends in .csv, .parquet or .jsonl, or `-` for CSV on standard output.
  /// - Throws: `StorageError`, `TableError`, `TaskError`, `RecommendationError`, `RecommenderError`.
  package static func recommend(
    model folder: String, users: TableSource, excluding excluded: TableSource?, k: Int,
    includesSeen: Bool, rules: ListRules, output: String, replaces: Bool, context: RunContext
  ) throws -> WrittenRecommendations {
    try Table.requireWritable(output)
    try OutputPlace.check(
      files: [output], inputs: [users.location] + (excluded.map { [$0.location] } ?? []),
      model: folder, replaces: replaces)
    let predictor = try RecommenderPredictor(folder: folder, pool: context.pool)
    var rules = rules
    if let excluded { rules.excluded += try predictor.items(excluded, context: context) }
    let search = try predictor.search(rules)
    context.warn(of: search.choice.unknownValues)
    let table = try predictor.read(users, context: context)
    try context.begin("recommending")
    let names = try predictor.users(of: table, named: users.shown)
    let rows = try predictor.lists(
      of: names, k: k, includesSeen: includesSeen, among: search, context: context)
    let fallback = Column(
      name: "fallback",
      values: .category(
        CategoryColumn(
          codes: rows.isFallback.map { $0 ? 0 : -1 }, levels: [RecommenderPredictor.popularity])))
    let answers = try predictor.answers(
      of: rows, users: names, named: users.shown, more: [fallback])
    try context.begin("writing \(LocationText.shown(output))")
    try answers.write(to: output)
    return WrittenRecommendations(
      users: names.count, fallbacks: names.count { predictor.isUnknown($0) },
      rows: answers.rowCount, modelVersion: predictor.modelVersion,
      out: LocationText.shown(output))
  }

  /// Writes the items nearest to each item of which something is known.
  ///
  /// The rows of an item follow one another, nearest first: the column of items by its name in
  /// training, `rank` from 1, `similar_item`, `distance`, 0 to 2, and `model_version`.
  ///
  /// - Parameter output: as that of `recommend`.
  /// - Throws: `StorageError`, `TableError`, `TaskError`, `RecommenderError`.
  package static func similarItems(
    model folder: String, k: Int, output: String, replaces: Bool, context: RunContext
  ) throws -> WrittenNeighbours {
    try Table.requireWritable(output)
    try OutputPlace.check(files: [output], model: folder, replaces: replaces)
    let predictor = try RecommenderPredictor(folder: folder, pool: context.pool)
    try context.begin("searching")
    let (answers, count) = try predictor.neighbours(k: k, context: context)
    try context.begin("writing \(LocationText.shown(output))")
    try answers.write(to: output)
    return WrittenNeighbours(
      items: count, rows: answers.rowCount, modelVersion: predictor.modelVersion,
      out: LocationText.shown(output))
  }
}

extension RecommenderPredictor {
  /// Items of a table whose neighbours are searched at once.
  private static let itemBlock = 4_096

  /// Whether the model knows nothing of a user.
  func isUnknown(_ user: String) -> Bool {
    guard let place = model.users.place(of: user) else { return true }
    return model.isBlank(user: place)
  }

  /// Reads the items of a list, each once; their column may be spelt with other capitals and
  /// separators than in training.
  package func items(_ source: TableSource, context: RunContext) throws -> [String] {
    var data = RecommenderConfiguration.Data()
    data.delimiter = source.delimiter
    data.header = source.header ?? true
    let reader = RecommenderReader(data, context: context)
    return try reader.entities(
      in: source.location,
      id: RecommenderColumns.named(
        model.layout.columns.itemID, in: try reader.names(of: source.location), role: "items",
        key: nil, data: source.shown))
  }

  /// The neighbours of all items of which something is known, and the number of these items.
  ///
  /// - Throws: `RecommenderError`; `TaskError.cancelled`, `.nameTaken`.
  func neighbours(k: Int, context: RunContext) throws -> (table: Table, items: Int) {
    let search = try search(ListRules())
    let known = search.choice.allowed ?? Array(0..<Int32(model.items.count))
    var rows = ListRows()
    for start in stride(from: 0, to: known.count, by: Self.itemBlock) {
      try context.checkCancelled()
      let block = Array(known[start..<min(start + Self.itemBlock, known.count)])
      let lists = try search.nearest(toEach: block, k: k, pool: context.pool)
      for (item, list) in zip(block, lists) {
        rows.append(
          list.map { ($0.item, Float($0.distance).shortest) }, of: Int(item), isFallback: false)
      }
    }
    let (names, count) = (model.items.names, rows.ranks.count)
    let columns = [
      Column(
        name: model.layout.columns.itemID,
        values: .category(CategoryColumn(codes: rows.users, levels: names))),
      Column(name: "rank", values: .number(NumberColumn(integers: rows.ranks, bits: 32))),
      Column(
        name: "similar_item", values: .category(CategoryColumn(codes: rows.items, levels: names))),
      Column(name: "distance", values: .number(NumberColumn(rows.scores))),
      .modelVersion(modelVersion, rowCount: count),
    ]
    return (try columns.answers(rowCount: count, data: "the neighbours of items"), known.count)
  }
}

extension RunContext {
  /// Tells of values of a filter that no item has.
  func warn(of unknown: [ItemFilter.UnknownValue]) { warn(unknown.map(\.warning)) }
}

extension ItemFilter.UnknownValue {
  /// The fact, in one line.
  var warning: String {
    "no item has the value '\(value)' in the column '\(column)'"
      + (suggestion.map { "; the nearest one is '\($0)'" } ?? "")
  }
}
