// What a search of a recommender's hyperparameters searches, and what it refuses.
import Configuration
import Recommender
import TestSupport
import Testing
import Tuning

@testable import LearningTasks
@testable import Recommendation

extension RecommenderShop {
  typealias SearchChange = (inout RecommenderSearchConfiguration) throws -> Void

  /// Ten short trials on ratings.
  func searchConfiguration(_ change: SearchChange) throws -> RecommenderSearchConfiguration {
    var configuration = RecommenderSearchConfiguration()
    let data = try file("ratings.csv", RecommenderShop.header + RecommenderShop.rows())
    configuration.recommender = self.configuration(data) {
      $0.model.hidden = nil
      $0.model.dimension = nil
      $0.model.epochs = 12
    }
    configuration.trials = 10
    try change(&configuration)
    return configuration
  }

  func search(_ change: SearchChange = { _ in }) throws -> RecommenderSearch {
    let configuration = try searchConfiguration(change)
    try configuration.validate()
    return try RecommenderSearch(
      configuration, tables: RecommenderTables(configuration.recommender, context: context),
      warm: nil, context: context)
  }
}

@Suite(.onOwnThread) struct RecommenderSearchSpaceTests {
  private let shop: RecommenderShop

  init() throws { shop = try RecommenderShop() }

  private func names(_ search: RecommenderSearch) -> Set<String> {
    Set(search.searched.space.parameters.map(\.name))
  }

  @Test func `ratings are searched by their error, lists by NDCG, and both losses where both fit`()
    throws
  {
    let rated = try shop.search()
    #expect(rated.metric == .rmse)
    #expect(
      names(rated) == ["dimension", "learning_rate", "weight_decay", "hidden", "id_dropout"])
    let lists = try shop.search { $0.recommender.model.preset = .retrieval }
    #expect(lists.metric == .ndcg)
    #expect(
      names(lists) == ["dimension", "learning_rate", "weight_decay", "temperature", "id_dropout"])
    let both = try shop.search { $0.metric = .ndcg }
    #expect(names(both) == names(rated).union(names(lists)).union(["loss"]))
    #expect(both.base.judging.split == .perUser)
    let lab = try shop.search {
      $0.metric = .ndcg
      $0.recommender.model.preset = .lab
    }
    #expect(lab.metric == .ndcg && names(lab) == names(rated) && lab.base.judging.split == nil)
  }

  @Test func `what is set is not searched, and something must be left`() throws {
    let searched = try shop.search {
      $0.recommender.model.preset = .retrieval
      $0.recommender.model.temperature = 0.3
      $0.recommender.model.idDropout = 0.1
    }
    #expect(names(searched) == ["dimension", "learning_rate", "weight_decay"])
    let point = searched.plan.startingPoints.points[1]
    let configuration = searched.searched.configuration(of: point, in: searched.base)
    #expect(configuration.model.temperature == 0.3 && configuration.model.idDropout == 0.1)
    #expect(configuration.model.dimension != nil && configuration.model.learningRate != nil)
    #expect(throws: ConfigurationError.conflict("a search", "a value for every hyperparameter")) {
      try shop.search {
        $0.recommender.model = RecommenderConfiguration.Model(
          preset: .retrieval, dimension: 8, temperature: 0.2, learningRate: 0.1, weightDecay: 0,
          idDropout: 0)
      }
    }
  }

  @Test func `without features there is no id to hide`() throws {
    let searched = try shop.search {
      $0.recommender.data.userFeatures = []
      $0.recommender.data.itemFeatures = []
    }
    #expect(!names(searched).contains("id_dropout"))
  }

  @Test func `trials begin with the preset, and every first point can be trained`() throws {
    for preset in [RecommenderPreset.retrieval, .lab] {
      let searched = try shop.search { $0.recommender.model.preset = preset }
      let first = searched.searched.configuration(
        of: searched.plan.startingPoints.points[0], in: searched.base)
      var towers = try first.towers(preset)
      let own = try searched.base.towers(preset)
      // No decay at all is not on a logarithmic scale; a shop of 12 items needs no wide vectors.
      #expect(towers.weightDecay <= 1e-3)
      towers.weightDecay = own.weightDecay
      #expect(preset == .retrieval ? towers.dimension == 32 : towers.dimension == own.dimension)
      towers.dimension = own.dimension
      #expect(towers == own)
    }
    let both = try shop.search { $0.metric = .ndcg }
    let losses = try both.plan.startingPoints.points.map { point in
      try both.searched.configuration(of: point, in: both.base).towers(.lab).loss
    }
    #expect(losses.prefix(2) == [.squaredError, .softmax])
  }

  @Test func `a softmax that is asked for on ratings keeps the preset's layers, and searches them`()
    throws
  {
    let searched = try shop.search {
      $0.metric = .ndcg
      $0.recommender.model.loss = .softmax
    }
    #expect(names(searched).contains("hidden") && names(searched).contains("temperature"))
    let towers = try searched.plan.startingPoints.points.map {
      try searched.searched.configuration(of: $0, in: searched.base).towers(.lab)
    }
    #expect(towers.allSatisfy { $0.loss == .softmax })
    #expect(towers[0].hidden == [256, 128] && towers[0].dimension == 32)
    #expect(towers[1].hidden.isEmpty)
    let fixed = try shop.search {
      $0.metric = .ndcg
      $0.recommender.model.loss = .softmax
      $0.recommender.model.hidden = ["16"]
    }
    #expect(!names(fixed).contains("hidden"))
  }

  @Test(
    arguments: [
      (RecommenderPreset.retrieval, 20.0, nil), (.retrieval, nil, 2.0),
      (.lab, nil, 0.25), (.lab, 45, nil), (nil, 20, nil), (nil, nil, 10),
    ] as [(RecommenderPreset?, Double?, Double?)])
  func `no point of a search decays more than can be trained`(
    preset: RecommenderPreset?, decay: Double?, rate: Double?
  ) throws {
    let searched = try shop.search {
      $0.metric = .ndcg
      $0.recommender.model.preset = preset
      $0.recommender.model.weightDecay = decay
      $0.recommender.model.learningRate = rate
    }
    let space = searched.searched.space
    let largest = space.parameters.map { $0.nearest(to: .infinity) }
    for point in searched.plan.startingPoints.points + [largest] {
      #expect(space.holds(point))
      let own = searched.searched.configuration(of: point, in: searched.base)
      let towers = try own.towers(preset ?? .lab)
      #expect(towers.learningRate * towers.weightDecay < 1)
    }
    #expect(!names(searched).contains(decay == nil ? "learning_rate" : "weight_decay"))
  }

  @Test func `a decay beside which no learning rate is left is refused by its name`() throws {
    var configuration = RecommenderConfiguration()
    configuration.model.weightDecay = 1_000
    #expect(
      throws: ConfigurationError.unfit(
        key: "model.weight_decay", flag: "--weight-decay", found: "1000",
        expected: "at most 495: learning_rate is searched from 0.002, and weight_decay times "
          + "learning_rate must be below 1")
    ) {
      try RecommenderSearchSpace(
        .softmax, fixed: TwoTowerConfiguration(preset: .retrieval), entities: 100,
        dropsIDs: false, configuration: configuration)
    }
  }

  @Test func `a study belongs to its tables and rules, whatever the tables are called`() throws {
    func described(_ data: String, seed: Int = 42) throws -> [String: String] {
      let path = try shop.file(data, RecommenderShop.header + RecommenderShop.rows())
      let description = try shop.search {
        $0.recommender.data.path = path
        $0.recommender.data.users = try shop.file("\(data)-users.csv", "user,age\nu1,30\nu2,40\n")
        $0.recommender.data.userFeatures = ["age"]
        $0.recommender.seed = seed
      }.plan.description
      return Dictionary(uniqueKeysWithValues: description.map { ($0.key, $0.value) })
    }
    let one = try described("one.csv")
    #expect(try described("other.csv") == one)
    #expect(try described("one.csv", seed: 1) != one)
    #expect(one["rules"] == SearchRules.version && one["losses"] == "squared_error")
  }

  @Test func `errors of ratings are searched by only where ratings are predicted`() throws {
    #expect(
      throws: ConfigurationError.unfitOption(
        name: "metric", found: "'rmse'",
        expected: "'ndcg': towers that learn by softmax predict no ratings")
    ) {
      try shop.search {
        $0.metric = .rmse
        $0.recommender.model.preset = .retrieval
      }
    }
    #expect(throws: RecommenderError.noRatings) {
      try shop.search {
        $0.recommender.model.preset = .retrieval
        $0.recommender.model.loss = .squaredError
        $0.recommender.data.path = try shop.file("p.csv", "user,item\na,b\na,c\nd,b\n")
        $0.recommender.data.userFeatures = []
        $0.recommender.data.itemFeatures = []
      }
    }
    #expect(throws: ConfigurationError.self) {
      try shop.search { $0.recommender.model.validationFraction = 0 }
    }
  }
}
