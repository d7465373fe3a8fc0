// Lists for many users at once.
package import LearningTasks
import NumericCore
import Recommender
package import Tables

extension RecommenderPredictor {
  /// Users whose lists are searched at once.
  private static let blockSize = 4_096

  /// The rows of the lists of many users.
  struct ListRows {
    /// The user of each row, by the place among those asked about.
    var users: [Int32] = []
    /// The place in the list, from 1.
    var ranks: [Int64] = []
    /// The item, by its place in the model.
    var items: [Int32] = []
    /// The score as `recommend` prints it.
    var scores: [Double] = []
    /// Whether popularity answered in place of the model.
    var isFallback: [Bool] = []

    mutating func append(
      _ list: [(item: Int32, score: Double)], of user: Int, isFallback: Bool
    ) {
      for (rank, entry) in list.enumerated() {
        users.append(Int32(user))
        ranks.append(Int64(rank + 1))
        items.append(entry.item)
        scores.append(entry.score)
        self.isFallback.append(isFallback)
      }
    }
  }

  package func predict(_ table: Table, named name: String, context: RunContext) throws -> Table {
    let users = try users(of: table, named: name)
    var rows = try lists(
      of: users, k: listLength, includesSeen: false, among: search(ListRules()), context: context)
    for row in rows.scores.indices where rows.isFallback[row] { rows.scores[row] = .nan }
    return try answers(of: rows, users: users, named: name, more: [])
  }

  /// The users of a table, each once, in the order of their first rows.
  ///
  /// - Throws: `RecommendationError.noColumn`.
  func users(of table: Table, named name: String) throws -> [String] {
    guard case .category(let ids)? = table[model.layout.columns.userID]?.values else {
      throw RecommendationError.noColumn(
        role: "users", name: model.layout.columns.userID, key: nil, data: name,
        known: table.columns.map(\.name))
    }
    return Self.distinct(ids)
  }

  /// The names of a column, each once, in the order of their first rows; missing cells are left out.
  private static func distinct(_ ids: CategoryColumn) -> [String] {
    var isKnown = [Bool](repeating: false, count: ids.levels.count)
    var names: [String] = []
    for code in ids.codes where code >= 0 && !isKnown[Int(code)] {
      isKnown[Int(code)] = true
      names.append(ids.levels[Int(code)])
    }
    return names
  }

  /// The lists of some users, one after the other; a user of whom the model knows nothing gets the
  /// items that most users took.
  ///
  /// - Throws: `RecommenderError`; `TaskError.cancelled`.
  func lists(
    of users: [String], k: Int, includesSeen: Bool, among search: ItemSearch, context: RunContext
  ) throws -> ListRows {
    let popular = model.popularItems(k, among: search.choice, pool: context.pool).map {
      (item: $0.item, score: $0.score.shortest)
    }
    let places = users.map { name in
      model.users.place(of: name).flatMap { place in
        model.isBlank(user: place) ? nil : place
      }
    }
    var rows = ListRows()
    for start in stride(from: 0, to: users.count, by: Self.blockSize) {
      try context.checkCancelled()
      let block = start..<min(start + Self.blockSize, users.count)
      let known = block.filter { places[$0] != nil }
      let lists = try lists(
        of: known.compactMap { places[$0] }, k: k, includesSeen: includesSeen, among: search,
        pool: context.pool)
      var next = 0
      for user in block {
        if places[user] == nil {
          rows.append(popular, of: user, isFallback: true)
        } else {
          rows.append(lists[next], of: user, isFallback: false)
          next += 1
        }
      }
    }
    return rows
  }

  /// The lists of some known users.
  private func lists(
    of users: [Int], k: Int, includesSeen: Bool, among search: ItemSearch, pool: WorkerPool
  ) throws -> [[(item: Int32, score: Double)]] {
    guard !users.isEmpty else { return [] }
    let found = try search.lists(
      users.map(ItemQuery.user), without: users.map { includesSeen ? [] : model.seen[$0] }, k: k,
      pool: pool)
    return pool.map(count: users.count, grain: 64) { query in
      search.scored(found[query].map(\.item), for: .user(users[query])).map {
        ($0.item, Float($0.score).shortest)
      }
    }
  }

  /// Rows of lists as a table: user, `rank`, item, `score`, more columns, `model_version`.
  ///
  /// - Throws: `TaskError.nameTaken`.
  func answers(
    of rows: ListRows, users: [String], named name: String, more: [Column]
  ) throws -> Table {
    let columns = model.layout.columns
    return
      try
      ([
        Column(
          name: columns.userID, values: .category(CategoryColumn(codes: rows.users, levels: users))),
        Column(name: "rank", values: .number(NumberColumn(integers: rows.ranks, bits: 32))),
        Column(
          name: columns.itemID,
          values: .category(CategoryColumn(codes: rows.items, levels: model.items.names))),
        Column(name: "score", values: .number(NumberColumn(rows.scores))),
      ] + more + [.modelVersion(modelVersion, rowCount: rows.users.count)])
      .answers(rowCount: rows.users.count, data: name)
  }
}
