// The parts of training, each by itself: a tower and its arrays, first embeddings, the optimiser that
// leaves out rows, and the sample of candidates.
import Evaluation
import Glibc
import NumericCore
import TestSupport
import Testing

@testable import Recommender

@Suite(.onOwnThread) struct TowerPartTests {
  @Test func `a stored tower gives the same vectors, a damaged one is refused`() throws {
    let data = try twoTastes(users: 20, items: 10, each: 4, seed: 1)
    let features = TwoTowerTests.features(20)
    let configuration = smallConfiguration {
      $0.hidden = [6, 5]
      $0.epochs = 2
    }
    let tower = try TwoTowerTests.fit(
      data, users: TowerInputs(features: features, usesID: true), configuration
    ).model.user
    let arrays = tower.arrays
    #expect(
      arrays.map(\.name) == [
        "embedding_bag.weight", "numbers.weight", "first.bias", "dense.0.weight", "dense.0.bias",
        "dense.1.weight", "dense.1.bias",
      ])
    #expect(arrays[0].shape == [23, 6] && arrays[3].shape == [6, 5] && arrays[6].shape == [8])
    #expect(arrays.reduce(0) { $0 + $1.elements.count } == tower.shape.parameterCount)
    let rebuilt = try Tower(shape: tower.shape, arrays: arrays.reversed())
    #expect(rebuilt == tower)
    #expect(throws: RecommenderError.corruptModel(reason: "the array first.bias is missing")) {
      try Tower(shape: tower.shape, arrays: arrays.filter { $0.name != "first.bias" })
    }
    #expect(throws: RecommenderError.self) {
      let wrong = NamedArray(name: "first.bias", shape: [5], elements: arrays[2].elements)
      return try Tower(
        shape: tower.shape, arrays: arrays.filter { $0.name != wrong.name } + [wrong])
    }
  }

  @Test func `an entity without id and categories has no direction and is reported`() throws {
    let data = try twoTastes(users: 20, items: 10, each: 4, seed: 1)
    let features = EntityFeatures(
      columns: 1, categories: (0..<20).map { Int32($0 % 2) }, vocabulary: 2,
      numbers: Matrix(rows: 20, columns: 0))
    let tower = try TwoTowerTests.fit(
      data, users: TowerInputs(features: features, usesID: false), smallConfiguration()
    ).model.user
    let unknown = EntityFeatures(
      columns: 1, categories: [1, -1], vocabulary: 2, numbers: Matrix(rows: 2, columns: 0))
    let encoding = try tower.encode(unknown, pool: TwoTowerTests.pool)
    #expect(encoding.zeros == [1])
    #expect(encoding.vectors.row(1).allSatisfy { $0 == 0 })
  }

  @Test func `first embeddings in unit length order items as the factors do`() throws {
    let factors = ImplicitALS(
      users: randomMatrix(rows: 9, columns: 5, seed: 1),
      items: randomMatrix(rows: 30, columns: 5, seed: 2))
    let start = WarmStart(factors)
    func order(_ user: ArraySlice<Float>, _ items: Matrix<Float>) -> [Int] {
      let scores = (0..<items.rows).map { item in
        let row = items.row(item)
        let length = row.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        return zip(user, row).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
          / (items.columns == 6 ? length : 1)
      }
      return scores.indices.sorted { scores[$0] > scores[$1] }
    }
    for user in 0..<9 {
      #expect(
        order(start.users.row(user), start.items) == order(factors.users.row(user), factors.items))
    }
  }

  @Test func `coasting over missed steps is close to taking them one by one`() throws {
    let shape = TowerShape(ids: 3, vocabulary: 0, numbers: 0, hidden: [], dimension: 4)
    func optimizer() -> TowerOptimizer {
      TowerOptimizer(
        shape: shape, configuration: smallConfiguration(), random: CounterRandom(seed: 1))
    }
    let features = EntityFeatures(unknown: 2)
    let batch = TowerBatch(shape: shape, features: features)
    let gradient = AlignedBuffer<Float>(count: 8)
    let (lazy, eager) = (optimizer(), optimizer())
    var uses = TableRowUses(tableRows: 3)
    for step in 0..<30 {
      // The first entity has a gradient in every fifth step only; eagerly, zeros in between.
      let isUsed = step % 5 == 0
      for place in 0..<8 { gradient.base[place] = place < 4 && !isUsed ? 0 : Float(place + 1) }
      let sums = MatrixBlock(gradient.base, rows: 2, columns: 4)
      batch.fill(count: 2, entity: { Int32($0) }) { $0 + 1 }
      uses.update(batch)
      eager.step(uses, sums: sums, pool: TwoTowerTests.pool)
      if !isUsed { batch.fill(count: 1, entity: { _ in 1 }) { $0 + 1 } }
      uses.update(batch)
      lazy.settle(uses, pool: TwoTowerTests.pool)
      lazy.step(
        uses, sums: isUsed ? sums : sums.part(rows: 1..<2), pool: TwoTowerTests.pool)
    }
    lazy.settle(pool: TwoTowerTests.pool)
    let start = optimizer()
    for place in 4..<12 {
      let moved = abs(eager.parameters.base[place] - start.parameters.base[place])
      let difference = abs(eager.parameters.base[place] - lazy.parameters.base[place])
      #expect(moved > 0.1 && difference < 0.1 * moved)
    }
    // The unknown id was never used.
    for place in 0..<4 { #expect(lazy.parameters.base[place] == start.parameters.base[place]) }
  }

  @Test func `a negative's weight is how seldom it is drawn`() throws {
    let data = try twoTastes(users: 12, items: 30, each: 3, seed: 1)
    let taken = data.takenItems
    let roots = taken.map { Double(data.byItem[Int($0)].count).squareRoot() }
    var sampler = CandidateSampler(data, draws: 8)
    var generator = SeededGenerator(seed: 5)
    var drawn: [Int32: Int] = [:]
    let rounds = 4_000
    for _ in 0..<rounds {
      let users = (0..<Int32(12)).shuffled(using: &generator).prefix(3)
      let candidates = sampler.draw(Array(users), of: data.byUser, &generator)
      let negatives = candidates.items.prefix(candidates.negatives)
      let others = candidates.items.dropFirst(candidates.negatives)
      #expect(Array(negatives) == negatives.sorted() && Array(others) == others.sorted())
      #expect(Set(candidates.items).count == candidates.items.count)
      let own = users.flatMap { data.byUser[Int($0)] }
      #expect(candidates.places.map { candidates.items[Int($0)] } == own)
      #expect(Set(others).isSubset(of: own) && candidates.offsets.count == 4)
      for (item, weight) in zip(negatives, candidates.logWeights) {
        drawn[item, default: 0] += 1
        let root = roots[taken.firstIndex(of: item) ?? 0] / roots.reduce(0, +)
        #expect(abs(Double(weight) + log(1 - pow(1 - root, 8))) < 1e-5)
      }
    }
    for (item, root) in zip(taken, roots) {
      let chance = CandidateSampler.chance(weight: root / roots.reduce(0, +), draws: 8)
      #expect(abs(Double(drawn[item] ?? 0) / Double(rounds) - chance) < 0.04)
    }
    #expect(CandidateSampler.chance(weight: 1, draws: 1) > 0.999)
  }

  @Test(arguments: [3, 40])
  func `some users judge, as a search of their own lists does`(most: Int) throws {
    let data = try twoTastes(users: 30, items: 20, each: 4, seed: 1)
    let held = try Interactions(
      users: (0..<12).map { Int32($0 * 2) }, items: (0..<12).map { Int32($0) }, userCount: 30,
      itemCount: 20)
    let users = randomMatrix(rows: 30, columns: 5, seed: 3, isUnit: true)
    let items = randomMatrix(rows: 20, columns: 5, seed: 4, isUnit: true)
    let lists = ValidationLists(
      held, taken: data.byUser, k: 5, most: most, random: CounterRandom(seed: 1))
    #expect(lists.users.count == min(12, most) && lists.users == lists.users.sorted())
    #expect(lists.users.allSatisfy { !held.byUser[$0].isEmpty })
    let (left, right) = (GradientTests.buffer(users), GradientTests.buffer(items))
    let found = lists.ndcg(
      MatrixBlock(left.base, rows: 30, columns: 5), MatrixBlock(right.base, rows: 20, columns: 5),
      pool: TwoTowerTests.pool)
    let all = try ExactIndex(items).search(
      users, k: 5, excluding: data.byUser, pool: TwoTowerTests.pool)
    let gains = RankingMetrics.userGains(
      lists: lists.users.flatMap { all.items[$0 * 5..<($0 + 1) * 5] }, k: 5,
      offsets: (0...lists.users.count).map { $0 }, relevant: lists.users.map { Int32($0 / 2) })
    #expect(abs(found - gains.reduce(0, +) / Double(gains.count)) < 1e-12)
  }
}
