// Scorers beside the obvious loop over all items.
import NumericCore
import Recommender
import TestSupport
import Testing

@testable import Recommendation

@Suite(.onOwnThread) struct ItemScorerTests {
  private static let (users, items, width) = (9, 30, 4)
  private let userVectors: Matrix<Float>
  private let itemVectors: Matrix<Float>
  private let taken: SparseRows
  private let graph: ItemGraph
  private let pool = WorkerPool(threads: 2)

  init() {
    var generator = SeededGenerator(seed: 5)
    func vectors(_ rows: Int) -> Matrix<Float> {
      var matrix = Matrix<Float>(rows: rows, columns: Self.width)
      for row in 0..<rows - 1 {
        let vector = (0..<Self.width).map { _ in Float(generator.normal()) }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        for column in 0..<Self.width { matrix[row, column] = vector[column] / length }
      }
      return matrix
    }
    // The last user and the last item have vectors of zeros; the last two items have no arcs.
    (userVectors, itemVectors) = (vectors(Self.users), vectors(Self.items))
    func drawn(_ count: Int, _ range: Range<Int32>) -> [Int32] {
      (0..<count).map { _ in Int32.random(in: range, using: &generator) }
    }
    taken = SparseRows(
      (0..<Self.users).map { $0 < 6 ? drawn(4, 0..<30) : $0 == 6 ? [28, 29] : [] })
    let arcs = SparseRows(
      (0..<Int32(Self.items)).map { item in
        item < 28 ? drawn(12, 0..<28).filter { $0 != item } : []
      })
    graph = ItemGraph(
      arcs: SparseRows(
        offsets: arcs.offsets, indices: arcs.indices,
        values: arcs.indices.map { _ in Float(Int.random(in: 1...8, using: &generator)) / 4 }))
  }

  private var vectors: VectorScorer {
    get throws { try VectorScorer(users: userVectors, items: itemVectors) }
  }

  private var graphScorer: GraphScorer {
    get throws { GraphScorer(graph: graph, taken: taken, vectors: try vectors) }
  }

  private static let queries: [ItemQuery] =
    (0..<users).map(ItemQuery.user) + [
      .items([3]), .items([1, 7, 20]), .items([28]), .items([29]), .items([]),
      .vector([1, 0, 0, 0]),
    ]

  /// Lists made of the scores of all items.
  private func check(_ scorer: any ItemScorer, onlyPositive: (ItemQuery) -> Bool) throws {
    var generator = SeededGenerator(seed: 8)
    let all = (0..<Int32(Self.items)).map { $0 }
    let excluding = Self.queries.map { _ in all.filter { _ in Bool.random(using: &generator) } }
    for allowed in [nil, all.filter { $0 % 3 != 0 }, [5], []] {
      let limited = try allowed.map(scorer.limited) ?? scorer
      for k in [1, 4, 100] {
        let found = try limited.ranked(
          Self.queries, k: k, excluding: SparseRows(excluding), pool: pool)
        #expect(found.queries == Self.queries.count)
        for (row, query) in Self.queries.enumerated() {
          let candidates = (allowed ?? all).filter { !excluding[row].contains($0) }
          let scores = candidates.map { (item: $0, score: scorer.score($0, for: query)) }
          let expected = scores.filter { !onlyPositive(query) || $0.score > 0 }
            .sorted { ($0.score, -$0.item) > ($1.score, -$1.item) }.prefix(k)
          let list = found[row]
          #expect(list.count == expected.count, "\(query)")
          for (one, other) in zip(list, expected) {
            #expect(abs(Double(one.score) - other.score) < 1e-5, "\(query)")
            #expect(abs(scorer.score(one.item, for: query) - other.score) < 1e-5, "\(query)")
          }
        }
      }
    }
  }

  @Test func `vectors score by inner products`() throws {
    let scorer = try vectors
    for user in 0..<Self.users {
      for item in 0..<Self.items {
        let product = (0..<Self.width).reduce(0.0) {
          $0 + Double(userVectors[user, $1]) * Double(itemVectors[item, $1])
        }
        #expect(scorer.score(Int32(item), for: .user(user)) == product)
      }
    }
    try check(scorer, onlyPositive: { _ in false })
    #expect(Self.queries.map(scorer.isKnown).filter { !$0 }.count == 3)
  }

  @Test func `the vector of a basket is the mean direction of its items`() throws {
    let vector = try vectors.vector(of: .items([1, 7]))
    #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
    for column in 0..<Self.width {
      let sum = itemVectors[1, column] + itemVectors[7, column]
      #expect(
        abs(vector[column] / vector[0] - sum / (itemVectors[1, 0] + itemVectors[7, 0])) < 1e-3)
    }
    let single = try vectors.vector(of: .items([2]))
    #expect(zip(single, itemVectors.row(2)).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func `a graph scores by the arcs of the items taken, and vectors answer for the rest`()
    throws
  {
    let (scorer, vectors) = (try graphScorer, try vectors)
    func isOfGraph(_ query: ItemQuery) -> Bool {
      switch query {
      case .user(let user): user < 6
      case .items(let items): items.contains { $0 < 28 }
      case .vector: false
      }
    }
    for query in Self.queries {
      let history: [Int32] =
        switch query {
        case .user(let user): Array(taken[user])
        case .items(let items): items
        case .vector: []
        }
      let sums = graph.scores(history)
      for item in 0..<Self.items {
        #expect(
          scorer.score(Int32(item), for: query)
            == (isOfGraph(query)
              ? Double(sums[item]) : vectors.score(Int32(item), for: query)))
      }
      #expect(scorer.isKnown(query) == (isOfGraph(query) || vectors.isKnown(query)))
    }
    try check(scorer, onlyPositive: isOfGraph)
  }

  @Test func `an item's nearest items are those of its heaviest arcs`() throws {
    let scorer = try graphScorer
    for item in 0..<Int32(28) {
      let near = try scorer.nearest(to: item, k: 40, excluding: [2], pool: pool)
      let weights = graph.scores([item])
      let heaviest = Double(weights.max() ?? 0)
      let expected = (0..<Self.items).filter { weights[$0] > 0 && $0 != 2 }
        .sorted { (weights[$0], -$0) > (weights[$1], -$1) }
      #expect(near.map { Int($0.item) } == expected)
      for (other, distance) in near {
        let share = Double(weights[Int(other)]) / heaviest
        #expect(abs(distance - (2 - 2 * share).squareRoot()) < 1e-6)
      }
    }
    // Without arcs vectors answer.
    let near = try scorer.nearest(to: 28, k: 3, excluding: [], pool: pool)
    let expected = try vectors.nearest(to: 28, k: 3, excluding: [], pool: pool)
    #expect(near.map(\.item) == expected.map(\.item) && near.count == 3)
  }
}
