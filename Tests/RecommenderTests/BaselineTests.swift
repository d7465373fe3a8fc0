// The closed forms against their definitions in double precision, and the limits.
import NumericCore
import TestSupport
import Testing

@testable import Recommender

@Suite(.onOwnThread) struct BaselineTests {
  static let pool = WorkerPool(threads: 3)

  /// Solves a small dense system by elimination.
  static func solve(_ matrix: [[Double]], _ rightSide: [Double]) -> [Double] {
    var rows = zip(matrix, rightSide).map { $0 + [$1] }
    let order = rows.count
    for pivot in 0..<order {
      let best = (pivot..<order).max { abs(rows[$0][pivot]) < abs(rows[$1][pivot]) } ?? pivot
      rows.swapAt(pivot, best)
      for row in 0..<order where row != pivot {
        let factor = rows[row][pivot] / rows[pivot][pivot]
        for column in pivot...order { rows[row][column] -= factor * rows[pivot][column] }
      }
    }
    return (0..<order).map { rows[$0][order] / rows[$0][$0] }
  }

  @Test func `popularity gives everybody the same items but those seen`() throws {
    let data = try Interactions(
      users: [0, 1, 2, 0, 1, 0], items: [3, 3, 3, 1, 1, 0], userCount: 4, itemCount: 5)
    let lists = try Popularity(data).recommend(
      users: 4, k: 3, excluding: data.byUser, pool: Self.pool)
    #expect(lists.items == [2, 4, -1, 0, 2, 4, 1, 0, 2, 3, 1, 0])
    #expect(lists[3].map(\.score) == [3, 2, 1])
  }

  @Test(arguments: [1, 5, 20, 40], [0, 0.5])
  func `every row of alternating least squares solves its normal equations`(
    factors: Int, frequencyPower: Double
  ) throws {
    let data = try twoTastes(users: 30, items: 24, each: 6, seed: 1)
    var configuration = ImplicitALSConfiguration()
    configuration.factors = factors
    configuration.frequencyPower = frequencyPower
    configuration.regularization = 0.3
    configuration.unobservedWeight = 0.1
    configuration.iterations = 3
    let model = try ImplicitALS.fit(data, configuration: configuration, seed: 1, pool: Self.pool)
    // The items were solved last, given the users.
    for item in 0..<data.items {
      let users = data.byItem[item]
      var matrix = [[Double]](repeating: [Double](repeating: 0, count: factors), count: factors)
      var rightSide = [Double](repeating: 0, count: factors)
      for user in 0..<data.users {
        let row = model.users.row(user).map(Double.init)
        let isTaken = users.contains(Int32(user))
        for i in 0..<factors {
          for j in 0..<factors { matrix[i][j] += (isTaken ? 1.1 : 0.1) * row[i] * row[j] }
          if isTaken { rightSide[i] += row[i] }
        }
      }
      var weight = 1.0
      if frequencyPower > 0 { weight = (Double(users.count) + 0.1 * 30).squareRoot() }
      for i in 0..<factors { matrix[i][i] += 0.3 * weight }
      for (found, expected) in zip(model.items.row(item), Self.solve(matrix, rightSide)) {
        #expect(abs(Double(found) - expected) < 1e-4)
      }
    }
  }

  @Test(arguments: [(users: 30, items: 24), (users: 290, items: 280)])
  func `wide rows of alternating least squares solve their normal equations`(
    users: Int, items: Int
  ) throws {
    let drawn = try twoTastes(users: users - 1, items: items - 1, each: 6, seed: 1)
    // One more user takes all items, and nobody takes the last one.
    let rows = (0..<users - 1).map { Array(drawn.byUser[$0]) } + [Array(0..<Int32(items - 1))]
    let data = try Interactions(
      users: rows.enumerated().flatMap { row, taken in taken.map { _ in Int32(row) } },
      items: rows.flatMap { $0 }, userCount: users, itemCount: items)
    var configuration = ImplicitALSConfiguration()
    configuration.factors = 270
    configuration.regularization = 0.3
    configuration.unobservedWeight = 0.1
    configuration.iterations = 2
    let models = try [1, 3].map {
      try ImplicitALS.fit(
        data, configuration: configuration, seed: 1, pool: WorkerPool(threads: $0))
    }
    #expect(models[0] == models[1])
    let vectors = (0..<users).map { models[0].users.row($0).map(Double.init) }
    for item in 0..<items {
      let found = models[0].items.row(item).map(Double.init)
      let taken = Set(data.byItem[item])
      guard !taken.isEmpty else {
        #expect(found.allSatisfy { $0 == 0 })
        continue
      }
      let penalty = 0.3 * (Double(taken.count) + 0.1 * Double(users))
      var residual = found.map { penalty * $0 }
      for (user, vector) in vectors.enumerated() {
        let product = zip(vector, found).reduce(0) { $0 + $1.0 * $1.1 }
        let factor = taken.contains(Int32(user)) ? 1.1 * product - 1 : 0.1 * product
        for place in residual.indices { residual[place] += factor * vector[place] }
      }
      #expect(residual.allSatisfy { abs($0) < 1e-3 })
    }
  }

  @Test func `alternating least squares learns tastes and does not depend on threads`() throws {
    let data = try twoTastes(users: 60, items: 40, each: 8, seed: 2)
    var configuration = ImplicitALSConfiguration()
    configuration.factors = 4
    let models = try [1, 4].map {
      try ImplicitALS.fit(
        data, configuration: configuration, seed: 7, pool: WorkerPool(threads: $0))
    }
    #expect(models[0] == models[1])
    let lists = try models[0].recommend(k: 5, excluding: data.byUser, pool: Self.pool)
    #expect(shareOfOwnKind(lists) > 0.8)
  }

  @Test(arguments: [1, 3, 30])
  func `EASE's weights are those of the definition`(items: Int) throws {
    var generator = SeededGenerator(seed: UInt64(items))
    let pairs = (0..<items * 6).map { _ in
      (
        Int32.random(in: 0..<20, using: &generator),
        Int32.random(in: 0..<Int32(items), using: &generator)
      )
    }
    let data = try Interactions(
      users: pairs.map(\.0), items: pairs.map(\.1), userCount: 20, itemCount: items)
    var configuration = EASEConfiguration()
    configuration.lambda = 2
    let model = try EASE.fit(data, configuration: configuration, pool: Self.pool)
    var gramian = (0..<items).map { i in
      (0..<items).map { j in Double(Set(data.byItem[i]).intersection(data.byItem[j]).count) }
    }
    for item in 0..<items { gramian[item][item] += 2 }
    let inverse = (0..<items).map { column in
      Self.solve(gramian, (0..<items).map { $0 == column ? 1 : 0 })
    }
    for i in 0..<items {
      for j in 0..<items {
        let expected = i == j ? 0 : -inverse[i][j] / inverse[j][j]
        #expect(abs(Double(model.weights[i, j]) - expected) < 1e-5)
      }
    }
    let lists = try model.recommend(data.byUser, k: 2, excluding: nil, pool: Self.pool)
    for user in 0..<20 {
      let scores = (0..<items).map { item in
        data.byUser[user].reduce(0.0) { $0 + Double(model.weights[Int($1), item]) }
      }
      #expect(abs(Double(lists[user][0].score) - (scores.max() ?? 0)) < 1e-5)
    }
  }

  @Test func `EASE finds its penalty, whatever the threads`() throws {
    let data = try twoTastes(users: 150, items: 60, each: 8, seed: 6)
    let models = try [1, 4].map { try EASE.fit(data, seed: 3, pool: WorkerPool(threads: $0)) }
    #expect(models[0].weights == models[1].weights)
    var given = EASEConfiguration()
    given.lambda = try NeighbourhoodEASEConfiguration().penalty(
      for: data, seed: 3, pool: Self.pool)
    #expect(
      try EASE.fit(data, configuration: given, pool: Self.pool).weights == models[0].weights)
    let lists = try models[0].recommend(
      data.byUser, k: 5, excluding: data.byUser, pool: Self.pool)
    #expect(shareOfOwnKind(lists) > 0.8)
  }

  @Test(arguments: [1, 191, 192, 193, 500])
  func `a blocked inverse times its matrix is the identity, for any number of threads`(
    order: Int
  ) throws {
    let source = randomMatrix(rows: order, columns: 7, seed: UInt64(order))
    let system = AlignedBuffer<Float>(count: order * order)
    for i in 0..<order {
      for j in 0..<order {
        let product = zip(source.row(i), source.row(j)).reduce(0) { $0 + $1.0 * $1.1 }
        system.base[i * order + j] = product + (i == j ? 3 : 0)
      }
    }
    let original = system.elements.map(Double.init)
    let inverses = try [1, 4].map { threads in
      let copy = AlignedBuffer<Float>(count: order * order)
      _ = copy.elements.update(from: system.elements)
      try BlockedInverse.invert(
        MatrixBlock(copy.base, rows: order, columns: order), pool: WorkerPool(threads: threads))
      return Array(copy.elements)
    }
    #expect(inverses[0] == inverses[1])
    for i in stride(from: 0, to: order, by: max(1, order / 20)) {
      for j in stride(from: 0, to: order, by: max(1, order / 20)) {
        let product = (0..<order).reduce(0.0) {
          $0 + original[i * order + $1] * Double(inverses[0][$1 * order + j])
        }
        #expect(abs(product - (i == j ? 1 : 0)) < 1e-4)
      }
    }
  }

  @Test func `EASE refuses more memory than allowed, and a penalty of 0`() throws {
    let data = try twoTastes(users: 4, items: 100, each: 2, seed: 1)
    var configuration = EASEConfiguration()
    configuration.mostBytes = 100_000
    #expect(
      throws: RecommenderError.tooLarge(
        what: "EASE with 100 items", bytes: 120_000, most: 100_000)
    ) { try EASE.fit(data, configuration: configuration, pool: Self.pool) }
    configuration.lambda = 0
    #expect(throws: RecommenderError.self) {
      try EASE.fit(data, configuration: configuration, pool: Self.pool)
    }
  }

  @Test func `biases rebuild ratings that are sums of them`() throws {
    let (users, items) = (12, 9)
    let all = (0..<users * items).map { ($0 / items, $0 % items) }
    let ratings = all.map { Float(3 + Double($0.0 % 3) * 0.5 - Double($0.1 % 2)) }
    let data = try Interactions(
      users: all.map { Int32($0.0) }, items: all.map { Int32($0.1) }, ratings: ratings,
      userCount: users, itemCount: items)
    let exact = try RatingBias(data, shrinkage: 0)
    let errors = try exact.errors(data)
    #expect(errors.bias < 1e-6 && errors.mean > 0.4)
    #expect(abs(exact.rating(user: 4, item: 3) - 2.5) < 1e-6)
    let shrunk = try RatingBias(data, shrinkage: 1e9)
    #expect(abs(shrunk.rating(user: 4, item: 3) - shrunk.mean) < 1e-6)
  }

  @Test func `a user with one rating, equal ratings, and none at all`() throws {
    let single = try Interactions(
      users: [0], items: [0], ratings: [4], userCount: 1, itemCount: 1)
    let biases = try RatingBias(single)
    #expect(biases.rating(user: 0, item: 0) == 4)
    let lists = try Popularity(single).recommend(users: 1, k: 3, excluding: nil, pool: Self.pool)
    #expect(lists.items == [0])
    let factors = try ImplicitALS.fit(single, seed: 1, pool: Self.pool)
    #expect(factors.items.elements.allSatisfy { $0.isFinite })
    let weights = try EASE.fit(single, pool: Self.pool).weights
    #expect(weights.elements == [0])
    let unrated = try Interactions(users: [0], items: [0], userCount: 1, itemCount: 1)
    #expect(throws: RecommenderError.noRatings) { try RatingBias(unrated) }
    let empty = try Interactions(users: [], items: [], ratings: [], userCount: 2, itemCount: 2)
    #expect(throws: RecommenderError.noInteractions) { try RatingBias(empty) }
    #expect(throws: RecommenderError.noInteractions) { try Popularity(empty) }
    #expect(throws: RecommenderError.noInteractions) { try EASE.fit(empty, pool: Self.pool) }
    #expect(throws: RecommenderError.noInteractions) {
      try ImplicitALS.fit(empty, seed: 1, pool: Self.pool)
    }
  }
}
