// Recommenders whose model is a graph of items: what is trained, written, read back and answered.
import Foundation
import LoopContract
import ModelFormats
import NumericCore
import Recommender
import Storage
import Tables
import TestSupport
import Testing

@testable import LearningTasks
@testable import Recommendation

@Suite(.onOwnThread) struct GraphModelTests {
  private let shop: RecommenderShop
  private let pool = WorkerPool(threads: 1)

  init() throws { shop = try RecommenderShop() }

  private func train(
    out: String = "model", _ change: (inout RecommenderConfiguration) -> Void = { _ in }
  ) throws -> (model: String, report: RecommenderReport) {
    try shop.train(out: out) {
      $0.model.preset = .graph
      change(&$0)
    }
  }

  @Test func `the model scores by the graph filter of all interactions`() throws {
    let (folder, report) = try train()
    let model = try RecommenderModel(folder: folder)
    let pairs = model.seen.indices.count
    var users: [Int32] = []
    for user in 0..<model.users.count { users += model.seen[user].map { _ in Int32(user) } }
    // The values are those of the part that the holdout model learns from.
    let configuration = shop.configuration(shop.folder.appending("ratings.csv")) {
      $0.model.preset = .graph
    }
    let tables = try RecommenderTables(configuration, context: shop.context)
    let fit = try tables.fit(configuration, context: shop.context)
    let values = try fit.findingValues(
      on: tables.data.pairs.selecting(try fit.judgingSplit().train)
    ).known
    let filter = try GraphFilter.fit(
      Interactions(
        users: users, items: model.seen.indices, userCount: model.users.count,
        itemCount: model.items.count), configuration: try #require(values.graph), seed: 42,
      pool: pool)
    #expect(report.interactions == pairs && report.model.arcs == filter.graph.arcs.indices.count)
    #expect(report.model.preset == "graph" && report.embeddings != nil)
    #expect(report.baselines["graph"] == nil)
    for user in 0..<model.users.count {
      let scores = filter.graph.scores(Array(model.seen[user]))
      for item in 0..<model.items.count {
        #expect(model.scorer.score(Int32(item), for: .user(user)) == Double(scores[item]))
      }
    }
  }

  @Test func `a basket is answered as a user with these items`() throws {
    let predictor = try RecommenderPredictor(folder: train().model, pool: pool)
    let model = predictor.model
    for (place, name) in model.users.names.enumerated() {
      let items = model.seen[place].map { model.items.names[Int($0)] }
      let basket = RecommendationQuery(.items(items.reversed() + ["unknown"]), k: 5)
      #expect(
        try predictor.predict(basket) == predictor.predict(RecommendationQuery(.user(name), k: 5)))
    }
    #expect(throws: RecommendationError.noKnownItem(ids: ["x", "y"])) {
      try predictor.predict(RecommendationQuery(.items(["x", "y"])))
    }
    #expect(throws: RecommendationError.noKnownItem(ids: [])) {
      try predictor.predict(RecommendationQuery(.items([])))
    }
    // New users are known by features, as with towers alone.
    let new = try predictor.predict(
      RecommendationQuery(.features(["country": .text("France")]), k: 3))
    #expect(new.count == 3)
  }

  @Test func `similar items have the heaviest arcs, nearest first`() throws {
    let predictor = try RecommenderPredictor(folder: train().model, pool: pool)
    let near = try predictor.similar(to: "i0", k: 4)
    #expect(near.count == 4 && near[0].distance == 0)
    #expect(zip(near, near.dropFirst()).allSatisfy { $0.distance <= $1.distance })
    #expect(near.allSatisfy { $0.id != "i0" && $0.distance < 1.4143 })
  }

  @Test func `a record of activity is answered`() throws {
    let predictor = try RecommenderPredictor(folder: train().model, pool: pool)
    let text = #"{"customer_number": "u3", "browse_history": [{"product_code": "i4"}]}"#
    let record = try #require(try StreamRecord.read(Array(text.utf8), source: "x").first)
    let enriched = try predictor.enriched(record, k: 3)
    let expected = try predictor.predict(RecommendationQuery(.user("u3"), k: 3))
    guard case .list(let items)? = enriched.fields["recommended_items"] else {
      Issue.record("no list")
      return
    }
    #expect(items.map { $0["id"] } == expected.map { .text($0.id) })
  }

  @Test func `a measurement on other interactions equals that of the training`() throws {
    let test = try shop.file(
      "test.csv", RecommenderShop.header + RecommenderShop.rows(training: false))
    let (model, report) = try train { $0.judging.test = test }
    let measured = try RecommenderTask.evaluate(
      model: model, on: TableSource(location: test), context: shop.context)
    #expect(measured.metrics == report.metrics && report.metrics?.rmse == nil)
    let found = try RecommenderTask.inspect(folder: model)
    #expect(found.embeddings == report.embeddings && found.embeddings != found.metrics)
  }

  @Test func `neither threads nor another run change a byte of the model`() throws {
    let file = try shop.file("r.csv", RecommenderShop.header + RecommenderShop.rows())
    let folders = try [1, 3].map { threads in
      let path = shop.folder.appending("run\(threads)")
      _ = try RecommenderTask.train(
        shop.configuration(file) { $0.model.preset = .graph }, into: RunFolder(target: path),
        shownAs: path, context: RunContext(pool: WorkerPool(threads: threads)))
      return path
    }
    for name in [RecommenderModel.fileName, RecommenderModel.graphFileName, "run.toml"] {
      #expect(
        try Data(contentsOf: URL(filePath: "\(folders[0])/\(name)"))
          == Data(contentsOf: URL(filePath: "\(folders[1])/\(name)")))
    }
  }

  @Test func `a graph of another training, a damaged one or none is refused`() throws {
    let folder = try train().model
    let manifest = try RunFolderReader.manifest(of: folder)
    let file = try SafetensorsFile(contentsOf: "\(folder)/\(RecommenderModel.fileName)")
    let graph = try SafetensorsFile(contentsOf: "\(folder)/\(RecommenderModel.graphFileName)")
    func accepts(_ file: SafetensorsFile, _ graph: SafetensorsFile?) throws -> Bool {
      do {
        _ = try RecommenderModel(file, graph: graph, manifest: manifest)
        return true
      } catch let error as StorageError {
        #expect(error.kind == .corrupt)
        return false
      }
    }
    #expect(try accepts(file, graph))
    #expect(try !accepts(file, nil))
    var other = file
    let digest = try #require(manifest.files[RecommenderModel.graphFileName]).sha256
    other.metadata["layout"] = try file.metadata("layout").replacing(
      digest, with: String(digest.reversed()))
    #expect(try other.metadata("layout") != file.metadata("layout"))
    #expect(try !accepts(other, graph))
    let offsets = try graph.tensor("graph.offsets", as: Int64.self)
    let items = try graph.tensor("graph.items", as: Int32.self)
    let weights = try graph.tensor("graph.weights", as: Float.self)
    func damaged(_ name: String, _ tensor: Tensor?) throws {
      var wrong = graph
      wrong.tensors[name] = tensor
      #expect(try !accepts(file, wrong), "\(name)")
    }
    for name in graph.tensors.keys { try damaged(name, nil) }
    for value in [-1, 1 << 40, Int64.max, .min] {
      for place in [0, 1, offsets.count - 1] {
        var wrong = offsets
        wrong[place] = value
        try damaged("graph.offsets", Tensor(wrong))
      }
    }
    for value in [-1, Int32(RecommenderShop.items), .max] {
      try damaged("graph.items", Tensor([value] + items.dropFirst()))
    }
    for value in [Float.nan, .infinity, 1e31] {
      try damaged("graph.weights", Tensor([value] + weights.dropFirst()))
    }
    try damaged("graph.weights", Tensor(Array(weights.dropLast())))
    try damaged("graph.items", Tensor(items.map(Int64.init)))
    // The first arc leads from item 0 to itself.
    try damaged("graph.items", Tensor([0] + items.dropFirst()))
  }

  @Test func `without a preset the candidate that validates best is the model, and others are not`()
    throws
  {
    let shop = try TasteShop()
    try shop.folder.write(Array(TasteShop.text(TasteShop.pairs(0..<120)).utf8), to: "pairs.csv")
    func train(_ out: String, _ preset: RecommenderPreset?) throws -> RecommenderReport {
      var configuration = RecommenderConfiguration()
      configuration.data.path = shop.folder.appending("pairs.csv")
      configuration.judging.k = 5
      configuration.judging.baselines = ["ease", "graph"]
      configuration.model.preset = preset
      configuration.model.dimension = 8
      configuration.model.epochs = 8
      let path = shop.folder.appending(out)
      return try RecommenderTask.train(
        configuration, into: RunFolder(target: path), shownAs: path,
        context: RunContext(pool: pool))
    }
    let report = try train("auto", nil)
    let candidates = try #require(report.candidates)
    #expect(Set(candidates.keys) == ["retrieval", "graph", "ease"])
    #expect(candidates[report.model.preset] == candidates.values.max())
    #expect(report.baselines[report.model.preset] == nil)
    // The same model as if it had been asked for.
    let preset = try #require(RecommenderPreset(rawValue: report.model.preset))
    let asked = try train("asked", preset)
    #expect(asked.candidates == nil && asked.metrics == report.metrics)
    let models = try ["auto", "asked"].map {
      try RecommenderModel(folder: shop.folder.appending($0))
    }
    #expect(models[0].version == models[1].version)
    for other in RecommenderPreset.candidates where other != preset {
      #expect(try train(other.rawValue, other).metrics != report.metrics)
    }
  }

  @Test func `a preset that was asked for keeps the values that a comparison finds`() throws {
    let shop = try TasteShop()
    try shop.folder.write(Array(TasteShop.text(TasteShop.pairs(0..<120)).utf8), to: "pairs.csv")
    let context = RunContext(pool: pool)
    func fit(_ preset: RecommenderPreset?) throws -> RecommenderFit {
      var configuration = RecommenderConfiguration()
      configuration.data.path = shop.folder.appending("pairs.csv")
      configuration.model.preset = preset
      configuration.model.epochs = 3
      return try RecommenderTables(configuration, context: context).fit(
        configuration, context: context)
    }
    let chosen = try fit(nil)
    let pairs = chosen.data.pairs
    let compared = try chosen.choosingPreset(on: pairs).fit.known
    let asked = try fit(.graph).findingValues(on: pairs)
    #expect(asked.known.graph == compared.graph && asked.known.epochs == compared.epochs)
    #expect(asked.known.graph?.userExponent != nil && asked.known.graph?.entryPower != nil)
    var other = asked
    other.known.graph?.itemExponent = 1.9
    let interactions = try pairs.interactions(
      userCount: asked.userCount, itemCount: asked.itemCount)
    #expect(
      try other.graphFilter(interactions).graph != asked.graphFilter(interactions).graph)
    #expect(try fit(.retrieval).findingValues(on: pairs).known.epochs == nil)
  }

  @Test func `only a table without ratings has candidates, and only if no preset was asked for`()
    throws
  {
    #expect(try shop.train().report.candidates == nil)
    var configuration = RecommenderConfiguration()
    configuration.data.path = try shop.file("pairs.csv", "user,item\nu1,i1\nu1,i2\nu2,i1\nu2,i3\n")
    let data = try RecommenderData.reading(configuration, context: shop.context)
    #expect(configuration.choosesPreset(of: data) && configuration.preset(of: data) == .retrieval)
    configuration.model.loss = .squaredError
    #expect(!configuration.choosesPreset(of: data))
    configuration.model.loss = nil
    configuration.model.preset = .graph
    #expect(!configuration.choosesPreset(of: data) && configuration.preset(of: data) == .graph)
  }

  @Test func `a graph takes no loss of ratings, and a search wants towers`() throws {
    var configuration = shop.configuration("x")
    for preset in [RecommenderPreset.graph, .ease] {
      configuration.model.preset = preset
      configuration.model.loss = nil
      try configuration.validate()
      configuration.model.loss = .squaredError
      #expect(throws: (any Error).self) { try configuration.validate() }
      var search = RecommenderSearchConfiguration()
      search.recommender = shop.configuration("x") { $0.model.preset = preset }
      #expect(throws: (any Error).self) { try search.validate() }
    }
  }

  @Test func `a loop trains, judges and serves a graph, beside towers too`() throws {
    let shop = try TasteShop()
    let graphs = shop.loop { $0.recommender.model.preset = .graph }
    let towers = shop.loop { $0.recommender.model.preset = .retrieval }
    let first = try shop.drop("a.csv", TasteShop.text(TasteShop.pairs(0..<150)))
    let second = try shop.drop("b.csv", TasteShop.text(TasteShop.pairs(0..<150, each: 4, seed: 2)))
    let one = try shop.train(towers, [first], as: "towers")
    let verdict = try towers.judge(one.candidate, work: one.work, champion: nil, comparisons: 0)
    #expect(verdict.passes, "\(verdict)")
    let two = try shop.train(graphs, [first, second], as: "graph", champion: one.candidate)
    #expect(two.training.version != one.training.version)
    let after = try graphs.judge(
      two.candidate, work: two.work, champion: one.candidate, comparisons: 1)
    #expect(after.metrics["champion_ndcg"] != nil)
    // The holdout model is a graph too.
    #expect(try RecommenderModel(folder: "\(two.candidate)/holdout").layout.itemGraph != nil)
    let list = try shop.drop("list.csv", "user\nu3\nnobody\n")
    let out = shop.folder.appending("out.csv")
    #expect(try graphs.predict(list, model: two.candidate, output: out).rows == 8)
    let newer = TasteShop.pairs(0..<150, each: 4, seed: 3)
    func examined(_ pairs: [(Int, Int)]) throws -> Examination {
      try graphs.examine(
        [shop.drop("c.csv", TasteShop.text(pairs))], champion: two.candidate, first: nil)[0]
    }
    #expect(try examined(newer).problems.isEmpty)
    #expect(
      try examined(TasteShop.exchanged(newer)).problems.map(\.code) == ["agreement"])
  }
}
