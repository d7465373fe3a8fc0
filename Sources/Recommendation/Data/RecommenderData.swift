// Reads interactions, and the features of users and items, from their tables.
import LearningTasks
import NumericCore
import Recommender
import Storage
import Tables
import Texts

/// Interactions and features, users and items in a fixed order.
struct RecommenderData: Sendable {
  let columns: RecommenderColumns
  let users: EntityIndex
  let items: EntityIndex
  /// The user, item and rating of each row.
  let pairs: RatedPairs
  /// What is known of the users and of the items.
  let userFeatures: EntityColumns
  let itemFeatures: EntityColumns
  /// All that the tables say of the items: the columns of their own table, or the features.
  let itemTable: ItemTable
  /// The tables for the manifest.
  let inputs: [Manifest.Input]

  /// Reads the tables that a model is trained on.
  ///
  /// - Throws: `TableError`, `TaskError`.
  static func reading(
    _ whole: RecommenderConfiguration, context: RunContext
  ) throws -> RecommenderData {
    let configuration = whole.data
    let reader = RecommenderReader(configuration, context: context)
    var columns = try reader.columns(looksForRatings: whole.looksForRatings)
    var interactions = try reader.interactions(configuration.path, columns: columns)
    if whole.mayDropRatings, let rating = columns.rating, interactions.hasEqualRatings {
      context.warn([
        "\(interactions.shown): the column '\(rating)' holds the same number in all rows and is not "
          + "taken for ratings: set data.rating, data.lowest_rating and data.highest_rating if it is one"
      ])
      (columns.rating, interactions.ratings) = (nil, nil)
    }
    let userTable = try reader.entities(
      configuration.users, id: columns.userID, key: "data.user_id", features: columns.userFeatures)
    let itemTable = try reader.entities(
      configuration.items, id: columns.itemID, key: "data.item_id", features: columns.itemFeatures)
    // A table of its own says which users or items there are.
    let users = EntityIndex(in: [userTable?.ids ?? interactions.users])
    let items = EntityIndex(in: [itemTable?.ids ?? interactions.items])
    let pairs = try RatedPairs(
      interactions, users: users, items: items, scale: configuration.scale, context: context)
    func features(
      _ names: [String], _ ids: EntityIndex, _ own: RecommenderReader.Entities?,
      _ rows: [Int32], side: String
    ) -> EntityColumns {
      EntityColumns(
        names: names, places: own.map { ids.places(in: $0.ids) } ?? rows, count: ids.count,
        table: own?.table ?? interactions.table, side: side, context: context)
    }
    let itemFeatures = features(
      columns.itemFeatures, items, itemTable, items.places(in: interactions.items), side: "item")
    return RecommenderData(
      columns: columns, users: users, items: items, pairs: pairs,
      userFeatures: features(
        columns.userFeatures, users, userTable, users.places(in: interactions.users),
        side: "user"),
      itemFeatures: itemFeatures,
      itemTable: itemTable.map { ItemTable($0, of: items) } ?? ItemTable(itemFeatures),
      inputs: [interactions.input] + [userTable?.input, itemTable?.input].compactMap(\.self))
  }
}

extension RecommenderConfiguration {
  /// Whether nothing was said that a column of ratings would be needed for.
  fileprivate var mayDropRatings: Bool {
    data.rating == nil && data.lowestRating == nil && data.highestRating == nil
      && model.preset == nil && model.loss == nil
  }
}

extension RecommenderConfiguration.Data {
  /// The scale of ratings as far as it was given.
  var scale: (lowest: Double?, highest: Double?) { (lowestRating, highestRating) }

  /// The delimiter as a byte; nil finds it out.
  var delimiterByte: UInt8? { source(at: path).delimiterByte }

  /// A table that is read as these settings say.
  func source(at location: String) -> TableSource {
    TableSource(location: location, delimiter: delimiter, header: header)
  }
}

/// Reads the tables of a recommender.
struct RecommenderReader {
  private let configuration: RecommenderConfiguration.Data
  private let name: String?
  private let context: RunContext

  /// - Parameter name: what messages call the tables; nil goes by their locations.
  init(
    _ configuration: RecommenderConfiguration.Data, name: String? = nil, context: RunContext
  ) {
    self.configuration = configuration
    self.name = name
    self.context = context
  }

  private func shown(_ location: String) -> String { name ?? LocationText.shown(location) }

  /// A table of interactions.
  struct Interactions {
    let table: Table
    let users: CategoryColumn
    let items: CategoryColumn
    var ratings: [Double]?
    let times: [Double]?
    let shown: String
    let input: Manifest.Input

    /// Whether there are ratings, all of them the same number.
    var hasEqualRatings: Bool {
      guard let ratings, let first = ratings.first else { return false }
      return ratings.allSatisfy { $0 == first }
    }
  }

  /// A table of users or items.
  struct Entities {
    let table: Table
    let ids: CategoryColumn
    /// The column of identifiers.
    let name: String
    let input: Manifest.Input
  }

  /// Finds the columns of all tables.
  func columns(looksForRatings: Bool) throws -> RecommenderColumns {
    let own = try names(of: configuration.path)
    return try RecommenderColumns(
      configuration, looksForRatings: looksForRatings, interactions: own,
      users: try configuration.users.map(names) ?? own,
      items: try configuration.items.map(names) ?? own)
  }

  /// The columns of a table to judge on: times decide which of several rows of a pair counts, and
  /// may be left out there.
  ///
  /// - Parameter needsRatings: whether ratings may not be left out.
  func columns(
    of location: String, as trained: RecommenderColumns, needsRatings: Bool
  ) throws -> RecommenderColumns {
    let names = try names(of: location)
    var columns = trained
    if let time = columns.timestamp, !names.contains(bytesOf: time) { columns.timestamp = nil }
    if let rating = columns.rating, !needsRatings, !names.contains(bytesOf: rating) {
      columns.rating = nil
    }
    return columns
  }

  /// The columns of a table.
  func names(of location: String) throws -> [String] {
    try Table.columnNames(of: location, options: configuration.source(at: location).format)
  }

  /// Reads the users or items of a list, each once, in the order of their first rows.
  ///
  /// - Parameter id: the column that names them.
  /// - Throws: `TableError`, `RecommendationError.missingIdentifier`.
  func entities(in location: String, id: String) throws -> [String] {
    var options = configuration.source(at: location).format
    options.kinds = [ByteText(id): .category]
    options.excluding = Set(texts: try names(of: location)).subtracting([ByteText(id)])
    options.verbatim = [ByteText(id)]
    options.threads = context.pool.threadCount
    // Levels are in the order of their first rows.
    return try ids(id, of: Table.read(from: location, options: options).table, at: location).levels
  }

  /// Reads interactions.
  func interactions(_ location: String, columns: RecommenderColumns) throws -> Interactions {
    var kinds: [ByteText: ColumnKind] = [
      ByteText(columns.userID): .category, ByteText(columns.itemID): .category,
    ]
    if let rating = columns.rating { kinds[ByteText(rating)] = .number }
    let identifiers = Set(texts: [columns.userID, columns.itemID])
    let shown = shown(location)
    let result: ReadResult
    do {
      result = try read(
        location, kinds: kinds, identifiers: identifiers,
        features: columns.userFeatures + columns.itemFeatures)
    } catch TableError.badCell(let file, let row, let line, columns.rating, let cell, _) {
      // An empty cell, which the table's own advice allows, is no rating either.
      throw RecommendationError.wordForRating(
        file: name ?? file, place: line.map { "line \($0)" } ?? "row \(row)", found: cell)
    }
    let table = result.table
    func numbers(_ name: String?) -> [Double]? {
      switch name.flatMap({ table[$0] })?.values {
      case .number(let numbers), .timestamp(let numbers): numbers.doubles()
      default: nil
      }
    }
    if let timestamp = columns.timestamp {
      guard let times = numbers(timestamp) else {
        throw RecommendationError.noTimes(column: timestamp, data: shown)
      }
      if let row = times.firstIndex(where: { !$0.isFinite }) {
        throw RecommendationError.missingTime(column: timestamp, row: row + 1, data: shown)
      }
      if let mix = TimeUnits.mixture(of: times) {
        context.warn([
          "\(shown): the column '\(timestamp)' seems to mix units: row \(mix.first.row + 1) is in "
            + "\(mix.first.unit), row \(mix.second.row + 1) in \(mix.second.unit): the order of "
            + "interactions may be wrong"
        ])
      }
    }
    return Interactions(
      table: table, users: try ids(columns.userID, of: table, at: location),
      items: try ids(columns.itemID, of: table, at: location), ratings: numbers(columns.rating),
      times: numbers(columns.timestamp), shown: shown,
      input: try Manifest.Input(location, files: result.files))
  }

  /// Reads a table of users or items; nil where none was given.
  ///
  /// - Parameter key: the setting that names the column of identifiers.
  func entities(
    _ location: String?, id: String, key: String, features: [String]
  ) throws -> Entities? {
    guard let location else { return nil }
    let shown = shown(location)
    let id = try RecommenderColumns.named(
      id, in: try names(of: location), role: "identifiers", key: key, data: shown)
    let result = try read(
      location, kinds: [ByteText(id): .category], identifiers: [ByteText(id)], features: features)
    let ids = try ids(id, of: result.table, at: location)
    var firstRow = [Int?](repeating: nil, count: ids.levels.count)
    for (row, code) in ids.codes.enumerated() {
      if let first = firstRow[Int(code)] {
        throw RecommendationError.repeatedEntity(
          id: ids.levels[Int(code)], rows: [first + 1, row + 1], data: shown)
      }
      firstRow[Int(code)] = row
    }
    return Entities(
      table: result.table, ids: ids, name: id,
      input: try Manifest.Input(location, files: result.files))
  }

  private func read(
    _ location: String, kinds: [ByteText: ColumnKind], identifiers: Set<ByteText>,
    features: [String]
  ) throws -> ReadResult {
    try context.begin("reading \(shown(location))")
    var options = configuration.source(at: location).format
    options.kinds = kinds
    options.verbatim = identifiers
    options.threads = context.pool.threadCount
    let result = try Table.read(from: location, options: options)
    for note in result.notes { context.progress(.note(note)) }
    for finding in result.findings where features.contains(finding.name) {
      guard finding.reason.isDoubtful else { continue }
      context.progress(
        .note("the feature '\(finding.name)' is a \(finding.kind.rawValue): \(finding.reason)"))
    }
    ExtractMarker.warnIfIncomplete(location, context: context)
    return result
  }

  private func ids(
    _ name: String, of table: Table, at location: String
  ) throws -> CategoryColumn {
    guard case .category(let ids)? = table[name]?.values else {
      preconditionFailure("the column \(name) was not read as categories")
    }
    if let row = ids.codes.firstIndex(where: { $0 < 0 }) {
      throw RecommendationError.missingIdentifier(
        column: name, row: row + 1,
        cell: cell(of: name, row: row, in: location),
        data: shown(location))
    }
    return ids
  }

  /// A cell as it is written, for a message; nil if it is empty.
  private func cell(of name: String, row: Int, in location: String) -> String? {
    var options = configuration.source(at: location).format
    guard let names = try? names(of: location) else { return nil }
    options.kinds = [ByteText(name): .text]
    options.excluding = Set(texts: names).subtracting([ByteText(name)])
    return (try? Table.read(from: location, options: options))?.table[name]?.text(row: row)
  }
}
