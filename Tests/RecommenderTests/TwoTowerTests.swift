// Training as a whole: what is learnt, what it may not depend on, and what is refused.
import Evaluation
import NumericCore
import TestSupport
import Testing

@testable import Recommender

@Suite(.onOwnThread) struct TwoTowerTests {
  static let pool = WorkerPool(threads: 3)

  static func fit(
    _ data: Interactions, users: TowerInputs? = nil, items: TowerInputs? = nil,
    validation: Interactions? = nil, _ configuration: TwoTowerConfiguration, seed: UInt64 = 3,
    threads: Int = 3
  ) throws -> FittedTwoTower {
    try TwoTower.fit(
      data, users: users ?? TowerInputs(identifiersOnly: data.users),
      items: items ?? TowerInputs(identifiersOnly: data.items), validation: validation,
      configuration: configuration, seed: seed, pool: WorkerPool(threads: threads))
  }

  static func lists(_ fitted: FittedTwoTower, _ data: Interactions) throws -> RankedItems {
    try ExactIndex(fitted.items.vectors).search(
      fitted.users.vectors, k: 5, excluding: data.byUser, pool: pool)
  }

  /// One category that tells the kind, and one number that does not.
  static func features(_ count: Int, kind: (Int) -> Int = { $0 % 2 }) -> EntityFeatures {
    EntityFeatures(
      columns: 1, categories: (0..<count).map { Int32(kind($0)) }, vocabulary: 2,
      numbers: Matrix(rows: count, columns: 1, elements: randomFloats(count, seed: 5)))
  }

  @Test(arguments: TwoTowerConfiguration.Optimizer.allCases, [50_000, 10])
  func `tastes are learnt by every optimiser, with and without a sample`(
    optimizer: TwoTowerConfiguration.Optimizer, exactItems: Int
  ) throws {
    let data = try twoTastes(users: 60, items: 40, each: 8, seed: 1)
    let configuration = smallConfiguration {
      $0.warmStartIterations = 0
      $0.optimizer = optimizer
      $0.learningRate = 0.05
      $0.exactItems = exactItems
      $0.negatives = 10
      $0.epochs = 20
    }
    let fitted = try Self.fit(data, configuration)
    #expect(fitted.history.count == 20 && fitted.bestEpoch == 20)
    #expect(fitted.history[19].loss < fitted.history[0].loss)
    let lists = try Self.lists(fitted, data)
    #expect(shareOfOwnKind(lists) > 0.8)
    for row in 0..<60 {
      let square = fitted.users.vectors.row(row).reduce(0) { $0 + $1 * $1 }
      #expect(abs(square - 1) < 1e-5)
    }
  }

  @Test(arguments: [[], [12]], [50_000, 10, -1])
  func `the same bytes come from any number of threads`(hidden: [Int], exactItems: Int) throws {
    let data = try twoTastes(users: 150, items: 80, each: 6, seed: 1)
    let configuration = smallConfiguration {
      $0.loss = exactItems < 0 ? .squaredError : .softmax
      $0.hidden = hidden
      $0.exactItems = max(0, exactItems)
      $0.epochs = 2
      $0.usersPerStep = 100
      $0.idDropout = 0.3
    }
    let fits = try [1, 2, 4].map {
      try Self.fit(
        data, users: TowerInputs(features: Self.features(150), usesID: true),
        items: TowerInputs(features: Self.features(80), usesID: true), configuration, threads: $0)
    }
    for other in fits[1...] {
      #expect(other.model == fits[0].model && other.users == fits[0].users)
    }
    let another = try Self.fit(
      data, users: TowerInputs(features: Self.features(150), usesID: true),
      items: TowerInputs(features: Self.features(80), usesID: true), configuration, seed: 4)
    #expect(another.model != fits[0].model)
  }

  @Test func `new users and items are served by their features`() throws {
    let data = try twoTastes(users: 80, items: 40, each: 8, seed: 1)
    let configuration = smallConfiguration {
      $0.idDropout = 0.3
      $0.epochs = 15
    }
    let fitted = try Self.fit(
      data, users: TowerInputs(features: Self.features(80), usesID: true),
      items: TowerInputs(features: Self.features(40), usesID: true), configuration)
    let kinds = [0, 1, 1, 0]
    let cold = try fitted.model.user.encode(
      Self.features(4, kind: { kinds[$0] }), pool: Self.pool)
    let lists = try ExactIndex(fitted.items.vectors).search(cold.vectors, k: 10, pool: Self.pool)
    #expect(shareOfOwnKind(lists, kind: { kinds[$0] }) > 0.9)
    let coldItems = try fitted.model.item.encode(Self.features(40), pool: Self.pool)
    let among = try ExactIndex(coldItems.vectors).search(
      fitted.users.vectors, k: 10, pool: Self.pool)
    #expect(shareOfOwnKind(among) > 0.8)
  }

  /// Interactions of a few users and items, with more of either that no interaction tells of.
  private static func withStrangers(
    users: Int, items: Int, more: Int
  ) throws -> Interactions {
    let data = try twoTastes(users: users, items: items, each: 6, seed: 1)
    let takers = (0..<users).flatMap { user in data.byUser[user].map { _ in Int32(user) } }
    return try Interactions(
      users: takers, items: data.byUser.indices, ratings: data.byUser.values,
      userCount: users + more, itemCount: items + more)
  }

  @Test(arguments: [0, 0.3], [TwoTowerConfiguration.Loss.softmax, .squaredError])
  func `without interactions only features count, and no embedding that nothing has trained`(
    dropout: Double, loss: TwoTowerConfiguration.Loss
  ) throws {
    let data = try Self.withStrangers(users: 30, items: 20, more: 4)
    let configuration = smallConfiguration {
      $0.idDropout = dropout
      $0.loss = loss
      $0.epochs = 3
    }
    let (users, items) = (Self.features(34), Self.features(24))
    let fitted = try Self.fit(
      data, users: TowerInputs(features: users, usesID: true),
      items: TowerInputs(features: items, usesID: true), configuration)
    // Nobody is known by id: what a new entity with the same features gets.
    let strangers = (
      try fitted.model.user.encode(users, pool: Self.pool).vectors,
      try fitted.model.item.encode(items, pool: Self.pool).vectors
    )
    for user in 0..<34 {
      #expect((fitted.users.vectors.row(user) == strangers.0.row(user)) == (user >= 30))
    }
    for item in 20..<24 {
      #expect(fitted.items.vectors.row(item) == strangers.1.row(item))
    }
    let table = try #require(
      fitted.model.user.arrays.first { $0.name == "embedding_bag.weight" }
    ).elements
    #expect(table[0..<8].allSatisfy { $0 == 0 } == (dropout == 0))
    // Also for who reads the table itself, as PyTorch does.
    #expect(table[31 * 8..<32 * 8] == table[0..<8])
  }

  @Test func `who is known by nothing has no direction`() throws {
    let data = try Self.withStrangers(users: 30, items: 20, more: 2)
    let fitted = try Self.fit(data, smallConfiguration { $0.epochs = 2 })
    #expect(fitted.users.zeros == [30, 31] && fitted.items.zeros == [20, 21])
  }

  @Test func `candidates are items that somebody took`() throws {
    let data = try Self.withStrangers(users: 30, items: 20, more: 40)
    var sampler = CandidateSampler(data, draws: 100)
    var generator = SeededGenerator(seed: 5)
    let candidates = sampler.draw([0], of: data.byUser, &generator)
    #expect(candidates.items.allSatisfy { !data.byItem[Int($0)].isEmpty })
    // The exact and the sampled softmax train, with places among the taken items.
    for exactItems in [50_000, 5] {
      let fitted = try Self.fit(data, smallConfiguration { $0.exactItems = exactItems })
      #expect(shareOfOwnKind(try Self.lists(fitted, data), kind: { $0 % 2 }) > 0.5)
    }
  }

  @Test func `ratings are learnt by the lab's towers, better than by biases`() throws {
    let data = try twoTastes(users: 60, items: 40, each: 20, seed: 1)
    let held = try twoTastes(users: 60, items: 40, each: 3, seed: 2)
    var configuration = TwoTowerConfiguration(preset: .lab)
    configuration.hidden = [16]
    configuration.epochs = 15
    configuration.ratingsPerStep = 32
    configuration.learningRate = 0.01
    let fitted = try Self.fit(
      data, users: TowerInputs(features: Self.features(60), usesID: false),
      items: TowerInputs(features: Self.features(40), usesID: false), validation: held,
      configuration)
    let best = fitted.history[fitted.bestEpoch - 1].validationRMSE ?? .infinity
    #expect(best < 0.3)
    #expect(try abs(fitted.ratingError(held) - best) < 1e-6)
    let biases = try RatingBias(data).errors(held)
    #expect(biases.bias > 0.5)
    #expect(fitted.history.allSatisfy { $0.validationRMSE ?? 0 >= best })
  }

  @Test func `an epoch of few users still has several steps`() throws {
    let data = try twoTastes(users: 60, items: 40, each: 8, seed: 1)
    let models = try [1_024, 12, 11].map { users in
      try Self.fit(data, smallConfiguration { $0.usersPerStep = users }).model
    }
    #expect(models[0] == models[1] && models[0] != models[2])
  }

  @Test func `a step of ratings takes fewer where an epoch would have less than 32 steps`() throws {
    let configuration = TwoTowerConfiguration(preset: .lab)
    #expect(
      [1, 32, 33, 2_025, 32_768, 90_000].map { configuration.ratingsPerStep(of: $0) }
        == [1, 1, 2, 64, 1_024, 1_024])
  }

  @Test func `towers of ratings are the same for any number of threads`() throws {
    let data = try twoTastes(users: 200, items: 150, each: 20, seed: 1)
    let models = try [1, 2, 3, 4].map { threads in
      var configuration = TwoTowerConfiguration(preset: .lab)
      configuration.hidden = [24, 16]
      configuration.epochs = 2
      configuration.ratingsPerStep = 300
      return try TwoTower.fit(
        data, users: TowerInputs(identifiersOnly: 200),
        items: TowerInputs(features: Self.features(150), usesID: true),
        configuration: configuration, seed: 1, pool: WorkerPool(threads: threads)
      ).model
    }
    #expect(models.dropFirst().allSatisfy { $0 == models[0] })
  }

  @Test func `training stops after patience and returns the towers of the best epoch`() throws {
    let data = try twoTastes(users: 60, items: 40, each: 8, seed: 1)
    let held = try twoTastes(users: 60, items: 40, each: 3, seed: 9)
    let configuration = smallConfiguration {
      $0.epochs = 100
      $0.patience = 3
      $0.validationK = 5
    }
    let fitted = try Self.fit(data, validation: held, configuration)
    #expect(fitted.history.count == fitted.bestEpoch + 3 && fitted.history.count < 100)
    let scores = fitted.history.map { $0.validationNDCG ?? 0 }
    #expect(scores[fitted.bestEpoch - 1] == scores.max())
    let metrics = try Self.lists(fitted, data).metrics(relevant: held.byUser, items: 40)
    #expect(abs(metrics.ndcg - scores[fitted.bestEpoch - 1]) < 1e-12)
    // The same epochs without validation give the same towers.
    let short = try Self.fit(
      data,
      smallConfiguration {
        $0.epochs = fitted.bestEpoch
        $0.patience = 3
      })
    #expect(short.model == fitted.model)
  }

  @Test func `one item, one rating and equal ratings can be trained on`() throws {
    let single = try Interactions(users: [0], items: [0], ratings: [1], userCount: 2, itemCount: 1)
    for loss in TwoTowerConfiguration.Loss.allCases {
      let fitted = try Self.fit(single, smallConfiguration { $0.loss = loss })
      #expect(fitted.users.vectors.elements.allSatisfy { $0.isFinite })
      #expect(fitted.items.vectors.rows == 1)
    }
  }

  @Test func `what cannot be trained on is refused`() throws {
    let data = try twoTastes(users: 4, items: 4, each: 2, seed: 1)
    let unrated = try Interactions(users: [0], items: [0], userCount: 1, itemCount: 1)
    let empty = try Interactions(users: [], items: [], userCount: 2, itemCount: 2)
    #expect(throws: RecommenderError.noInteractions) { try Self.fit(empty, smallConfiguration()) }
    #expect(throws: RecommenderError.noRatings) {
      try Self.fit(unrated, smallConfiguration { $0.loss = .squaredError })
    }
    #expect(throws: RecommenderError.noInputs(side: "user")) {
      try Self.fit(
        data, users: TowerInputs(features: EntityFeatures(unknown: 4), usesID: false),
        smallConfiguration())
    }
    let bad = EntityFeatures(
      columns: 0, categories: [], vocabulary: 0,
      numbers: Matrix(rows: 4, columns: 1, elements: [0, 1, .infinity, 2]))
    #expect(
      throws: RecommenderError.unusableFeature(
        side: "item", entity: 2, column: 0, found: .infinity)
    ) {
      try Self.fit(data, items: TowerInputs(features: bad, usesID: true), smallConfiguration())
    }
    #expect(throws: RecommenderError.cancelled) {
      try TwoTower.fit(
        data, users: TowerInputs(identifiersOnly: 4), items: TowerInputs(identifiersOnly: 4),
        configuration: smallConfiguration(), seed: 1, pool: Self.pool
      ) { _ in false }
    }
  }

  @Test func `a parameter out of its range is named as in files`() {
    let changes: [(String, (inout TwoTowerConfiguration) -> Void)] = [
      ("dimension", { $0.dimension = 0 }), ("hidden", { $0.hidden = [4, 0] }),
      ("temperature", { $0.temperature = 0 }), ("learning_rate", { $0.learningRate = .nan }),
      ("weight_decay", { $0.weightDecay = 50 }), ("users_per_step", { $0.usersPerStep = 0 }),
      ("ratings_per_step", { $0.ratingsPerStep = 0 }), ("id_dropout", { $0.idDropout = 1 }),
      ("warm_start_iterations", { $0.warmStartIterations = -1 }),
      ("exact_items", { $0.exactItems = -1 }), ("negatives", { $0.negatives = 0 }),
      ("epochs", { $0.epochs = 0 }), ("patience", { $0.patience = -1 }),
      ("validation_k", { $0.validationK = 0 }),
    ]
    for (name, change) in changes {
      #expect {
        try smallConfiguration(change).validated()
      } throws: {
        guard case RecommenderError.parameterOutOfRange(name, _, _) = $0 else { return false }
        return true
      }
    }
    for preset in TwoTowerConfiguration.Preset.allCases {
      #expect(throws: Never.self) { try TwoTowerConfiguration(preset: preset).validated() }
    }
  }
}
