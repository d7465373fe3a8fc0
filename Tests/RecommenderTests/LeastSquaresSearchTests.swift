// What the search for the settings of alternating least squares keeps, finds and is worth.
import NumericCore
import TestSupport
import Testing

@testable import Recommender

@Suite(.onOwnThread) struct LeastSquaresSearchTests {
  static let pool = WorkerPool(threads: 3)

  @Test func `given values are kept, and those left open are found`() throws {
    let data = try twoTastes(users: 60, items: 40, each: 8, seed: 2)
    var configuration = ImplicitALSConfiguration()
    configuration.factors = 4
    configuration.iterations = 2
    (configuration.regularization, configuration.unobservedWeight) = (0.25, 0.75)
    #expect(
      try configuration.objective(for: data, seed: 1, pool: Self.pool)
        == LeastSquaresObjective(
          factors: 4, regularization: 0.25, frequencyPower: 1, unobservedWeight: 0.75))
    configuration.unobservedWeight = nil
    let halfOpen = try configuration.objective(for: data, seed: 1, pool: Self.pool)
    #expect(halfOpen.regularization == 0.25 && (0.001...0.3).contains(halfOpen.unobservedWeight))
    configuration.regularization = nil
    let open = try configuration.objective(for: data, seed: 1, pool: Self.pool)
    let mean = Double(data.count) / 60
    let penalty = open.regularization * (mean + open.unobservedWeight * 40)
    #expect([0.01, 0.02, 0.05, 0.1, 0.2, 0.5].contains { abs($0 * mean - penalty) < 1e-9 })
    #expect(
      try configuration.objective(for: data, seed: 1, pool: WorkerPool(threads: 1)) == open)
  }

  @Test func `many items of few users each are learnt better than what is popular`() throws {
    // 20 kinds: a user takes items of one of them, and one item that many take.
    var generator = SeededGenerator(seed: 3)
    var (users, items): ([Int32], [Int32]) = ([], [])
    for user in 0..<1_000 {
      for _ in 0..<5 {
        users.append(Int32(user))
        items.append(Int32(user % 20 + 20 * Int.random(in: 0..<30, using: &generator)))
      }
      users.append(Int32(user))
      items.append(Int32(600 + Int.random(in: 0..<3, using: &generator)))
    }
    let data = try Interactions(users: users, items: items, userCount: 1_000, itemCount: 603)
    var configuration = ImplicitALSConfiguration()
    configuration.factors = 32
    let model = try ImplicitALS.fit(data, configuration: configuration, seed: 1, pool: Self.pool)
    let lists = try model.recommend(k: 10, excluding: data.byUser, pool: Self.pool)
    let own = (0..<1_000).flatMap { user in
      lists[user].map { $0.item < 600 && Int($0.item) % 20 == user % 20 ? 1.0 : 0 }
    }
    #expect(own.reduce(0, +) / Double(own.count) > 0.5)
  }

  @Test func `a value that is not above 0 is refused`() throws {
    for value in [0, -1, Double.nan, .infinity] {
      var configuration = ImplicitALSConfiguration()
      configuration.regularization = value
      #expect(throws: RecommenderError.self) { try configuration.validated() }
      configuration.regularization = nil
      configuration.unobservedWeight = value
      #expect(throws: RecommenderError.self) { try configuration.validated() }
    }
    #expect(try ImplicitALSConfiguration().validated() == ImplicitALSConfiguration())
  }
}
