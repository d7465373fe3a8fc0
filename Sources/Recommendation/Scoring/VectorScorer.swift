// Scores as inner products of vectors, such as those of two towers.
import NumericCore
import Recommender

/// Vectors of users and items.
struct VectorScorer: ItemScorer {
  /// One row for each user; zeros for a user of whom nothing is known.
  private let users: Matrix<Float>
  /// One row for each item; zeros for an item of which nothing is known.
  private let items: Matrix<Float>
  /// The vectors of the items that lists may hold.
  private let index: ExactIndex
  /// The items of the index, ascending; nil for all.
  private let allowed: [Int32]?

  /// Creates a scorer.
  ///
  /// - Precondition: the vectors are of one width.
  /// - Throws: `RecommenderError.unusableVector`.
  init(users: Matrix<Float>, items: Matrix<Float>) throws {
    precondition(users.columns == items.columns, "\(users.columns) and \(items.columns) columns")
    self.init(users: users, items: items, index: try ExactIndex(items), allowed: nil)
  }

  private init(
    users: Matrix<Float>, items: Matrix<Float>, index: ExactIndex, allowed: [Int32]?
  ) {
    self.users = users
    self.items = items
    self.index = index
    self.allowed = allowed
  }

  func limited(to items: [Int32]) throws -> any ItemScorer {
    VectorScorer(
      users: users, items: self.items,
      index: try ExactIndex(self.items.selecting(items.map(Int.init))), allowed: items)
  }

  /// The vector of a query; that of items is the mean of their vectors, with a length of 1.
  func vector(of query: ItemQuery) -> [Float] {
    switch query {
    case .user(let user): return Array(users.row(user))
    case .vector(let vector): return vector
    case .items(let taken):
      var sums = [Double](repeating: 0, count: items.columns)
      for item in taken {
        for (column, value) in items.row(Int(item)).enumerated() { sums[column] += Double(value) }
      }
      let length = sums.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return sums.map { length > 0 ? Float($0 / length) : 0 }
    }
  }

  func isKnown(_ query: ItemQuery) -> Bool {
    switch query {
    case .user(let user): users.row(user).contains { $0 != 0 }
    case .items, .vector: vector(of: query).contains { $0 != 0 }
    }
  }

  /// Sums in double precision, so that a score is the same wherever an item was found.
  func score(_ item: Int32, for query: ItemQuery) -> Double {
    func product(_ vector: some Sequence<Float>) -> Double {
      zip(vector, items.row(Int(item))).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    if case .user(let user) = query { return product(users.row(user)) }
    return product(vector(of: query))
  }

  func ranked(
    _ queries: [ItemQuery], k: Int, excluding: SparseRows, pool: WorkerPool
  ) throws -> RankedItems {
    guard index.vectors.rows > 0 else { return .empty(queries: queries.count) }
    var elements: [Float] = []
    elements.reserveCapacity(queries.count * items.columns)
    for query in queries {
      if case .user(let user) = query {
        elements += users.row(user)
      } else {
        elements += vector(of: query)
      }
    }
    let vectors = Matrix(rows: queries.count, columns: items.columns, elements: elements)
    guard let allowed else {
      return try index.search(vectors, k: k, excluding: excluding, pool: pool)
    }
    var places = [Int32](repeating: -1, count: items.rows)
    for (place, item) in allowed.enumerated() { places[Int(item)] = Int32(place) }
    let own = SparseRows(
      (0..<excluding.rows).map { row in
        excluding[row].map { places[Int($0)] }.filter { $0 >= 0 }
      })
    return try index.search(vectors, k: k, excluding: own, pool: pool).renamed(allowed)
  }

  func nearest(
    to item: Int32, k: Int, excluding: [Int32], pool: WorkerPool
  ) throws -> [(item: Int32, distance: Double)] {
    let found = try ranked(
      [.vector(Array(items.row(Int(item))))], k: k, excluding: SparseRows([excluding + [item]]),
      pool: pool)
    return measured(found[0].map(\.item), from: item)
  }

  func nearest(
    toEach items: [Int32], k: Int, pool: WorkerPool
  ) throws -> [[(item: Int32, distance: Double)]] {
    let found = try ranked(
      items.map { .vector(Array(self.items.row(Int($0)))) }, k: k,
      excluding: SparseRows(items.map { [$0] }), pool: pool)
    return pool.map(count: items.count, grain: 64) {
      measured(found[$0].map(\.item), from: items[$0])
    }
  }

  func similarity(of item: Int32, to taken: Int32) -> Double {
    score(item, for: .vector(Array(items.row(Int(taken)))))
  }

  /// Items with the Euclidean distances of their vectors from that of an item, nearest first.
  func measured(_ items: [Int32], from item: Int32) -> [(item: Int32, distance: Double)] {
    let vector = self.items.row(Int(item))
    return items.map { other in
      let squares = zip(vector, self.items.row(Int(other))).reduce(0.0) { sum, pair in
        let difference = Double(pair.0) - Double(pair.1)
        return sum + difference * difference
      }
      return (other, squares.squareRoot())
    }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }
  }
}
