// The users on whom models are compared: those of whom each model has learnt something, with the
// items that each model knows. What one of them has learnt from is no test of it, and is left out.
import Evaluation
import NumericCore
import Recommender
import Tables

/// Interactions to judge some models on, in the users and items that all of them know.
struct JudgedUsers {
  private let models: [RecommenderModel]
  /// For each model the places of the users, and of the items, in it.
  private let users: [[Int]]
  private let items: [[Int]]
  /// The items that each user took, by their place among the common ones.
  let relevant: SparseRows
  /// The items that no list of a user may hold.
  private let seen: SparseRows
  /// The ratings beside `relevant`; nil without.
  private let ratings: [Double]?

  /// The number of users.
  var count: Int { relevant.rows }
  /// The number of interactions.
  var interactions: Int { relevant.indices.count }
  /// The number of items.
  var itemCount: Int { items[0].count }

  /// Finds what can be judged.
  ///
  /// - Parameters:
  ///   - table: columns `user`, `item`, and `rating` where there are ratings; a pair occurs once.
  ///   - models: at least one.
  init(_ table: Table, models: [RecommenderModel]) {
    guard case .category(let userColumn)? = table["user"]?.values,
      case .category(let itemColumn)? = table["item"]?.values
    else { preconditionFailure("a table of judged interactions without users or items") }
    let ratingColumn: [Double]? =
      if case .number(let numbers)? = table["rating"]?.values { numbers.doubles() } else { nil }
    self.models = models
    // An item without a vector is never recommended.
    let names = models[0].items.names.indices.filter { place in
      models.allSatisfy { model in
        model.items.place(of: models[0].items.names[place]).map { !model.isBlank(item: $0) }
          ?? false
      }
    }.map { models[0].items.names[$0] }
    let index = EntityIndex(names)
    let itemPlaces = models.map { model in
      index.names.map { name in
        guard let place = model.items.place(of: name) else {
          preconditionFailure("an item that is common and unknown")
        }
        return place
      }
    }
    items = itemPlaces
    let itemOf = index.places(in: itemColumn)
    let userOf = models.map { $0.users.places(in: userColumn) }
    let itemIn = models.map { $0.items.places(in: itemColumn) }
    var rowsOf: [Int32: [Int]] = [:]
    for row in itemOf.indices where itemOf[row] >= 0 {
      let isUsable = models.indices.allSatisfy { model in
        let user = userOf[model][row]
        return user >= 0 && !models[model].seen[Int(user)].isEmpty
          && !models[model].isBlank(user: Int(user))
          && !models[model].seen.contains(row: Int(user), column: itemIn[model][row])
      }
      if isUsable { rowsOf[userOf[0][row], default: []].append(row) }
    }
    let judged = rowsOf.sorted { $0.key < $1.key }.map { rows in
      rows.value.sorted { itemOf[$0] < itemOf[$1] }
    }
    users = models.indices.map { model in judged.map { Int(userOf[model][$0[0]]) } }
    var offsets = [0]
    for rows in judged { offsets.append(offsets[offsets.count - 1] + rows.count) }
    relevant = SparseRows(offsets: offsets, indices: judged.joined().map { itemOf[$0] })
    ratings = ratingColumn.map { all in judged.joined().map { all[$0] } }
    // What any of them has learnt from, none may list.
    let places = models.indices.map { model -> [Int32: Int32] in
      var places: [Int32: Int32] = [:]
      for (common, place) in itemPlaces[model].enumerated() { places[Int32(place)] = Int32(common) }
      return places
    }
    let own = users
    seen = SparseRows(
      judged.indices.map { user in
        models.indices.flatMap { model in
          models[model].seen[own[model][user]].compactMap { places[model][$0] }
        }
      })
  }

  // MARK: - Lists

  /// What a list of recommendations is worth to each user, and in the mean.
  func lists(
    of model: Int, k: Int, pool: WorkerPool
  ) throws -> (gains: [Double], metrics: RankingMetrics) {
    let own = items[model].map(Int32.init)
    var common = [Int32](repeating: -1, count: models[model].items.count)
    for (place, item) in own.enumerated() { common[Int(item)] = Int32(place) }
    let found = try models[model].scorer.limited(to: own.sorted()).ranked(
      users[model].map(ItemQuery.user), k: k,
      excluding: SparseRows((0..<count).map { seen[$0].map { own[Int($0)] } }), pool: pool)
    return judged(found.renamed(common))
  }

  /// The same for the items that most users took, as the first model knows them.
  func popularLists(k: Int, pool: WorkerPool) throws -> (gains: [Double], metrics: RankingMetrics) {
    let counts = models[0].itemCounts
    let common = items[0].map { Float(counts[$0]) }
    // Every user asks for the same: the one vector of the counts.
    let found = try ExactIndex(Matrix(rows: common.count, columns: 1, elements: common)).search(
      Matrix(rows: count, columns: 1, repeating: 1), k: k, excluding: seen, pool: pool)
    return judged(found)
  }

  private func judged(_ found: RankedItems) -> (gains: [Double], metrics: RankingMetrics) {
    (
      RankingMetrics.userGains(
        lists: found.items, k: found.k, offsets: relevant.offsets, relevant: relevant.indices),
      found.metrics(relevant: relevant, items: itemCount)
    )
  }

  // MARK: - Ratings

  /// The number of ratings of each user, as the weight of errors.
  var weights: [Double] {
    (0..<count).map { Double(relevant.offsets[$0 + 1] - relevant.offsets[$0]) }
  }

  /// The sum of the squared errors of a model for each user; nil without ratings.
  func squaredErrors(of model: Int) -> [Double]? {
    let layout = models[model].layout
    guard let lowest = layout.lowestRating, let highest = layout.highestRating else { return nil }
    return errors { user, item in
      let vectors = (
        models[model].userVectors.row(users[model][user]),
        models[model].itemVectors.row(items[model][item])
      )
      let product = zip(vectors.0, vectors.1).reduce(Float(0)) { $0 + $1.0 * $1.1 }
      return lowest + (highest - lowest) * (Double(min(max(product, -1), 1)) + 1) / 2
    }
  }

  /// The same for a rating that is the same for all.
  func squaredErrors(ofMean mean: Double) -> [Double]? { errors { _, _ in mean } }

  private func errors(_ predict: (_ user: Int, _ item: Int) -> Double) -> [Double]? {
    guard let ratings else { return nil }
    return (0..<count).map { user in
      (relevant.offsets[user]..<relevant.offsets[user + 1]).reduce(0.0) { sum, place in
        let error = predict(user, Int(relevant.indices[place])) - ratings[place]
        return sum + error * error
      }
    }
  }
}

extension Matrix<Float> {
  /// Some rows as a matrix of their own.
  func selecting(_ rows: [Int]) -> Matrix<Float> {
    var elements: [Float] = []
    elements.reserveCapacity(rows.count * columns)
    for row in rows { elements += self.row(row) }
    return Matrix(rows: rows.count, columns: columns, elements: elements)
  }
}
