// Searching a recommender's hyperparameters: what is seen, and that it repeats.
// Searching a recommender's hyperparameters: what is searched, what is seen, and that it repeats.
import Configuration
import Foundation
import NumericCore
import Recommender
import Storage
import Synchronization
import TestSupport
import Testing
import Tuning

@testable import LearningTasks
@testable import Recommendation

@Suite(.onOwnThread) struct RecommenderSearchTests {
  private let shop: RecommenderShop

  init() throws { shop = try RecommenderShop() }

  /// Searches and returns the report and the files of the folder.
  ///
  /// - Parameters:
  ///   - most: the trials after which the search is stopped.
  ///   - ended: counts the trials that this search has run.
  private func tune(
    out: String = "tuned", threads: Int = 2, resumes: Bool = false, stopsAfter most: Int = .max,
    counting ended: Counter = Counter(), _ change: RecommenderShop.SearchChange = { _ in }
  ) throws -> (report: TuningReport<RecommenderTask>, files: [String: [UInt8]]) {
    let path = shop.folder.appending(out)
    let messages = shop.messages
    let context = RunContext(
      pool: WorkerPool(threads: threads), isCancelled: { ended.value >= most }
    ) { event in
      if case .trial = event { ended.add() } else { messages.add(event) }
    }
    let report = try RecommenderTask.tune(
      try shop.searchConfiguration(change), into: RunFolder(target: path, force: true),
      shownAs: "out",
      resumes: resumes, force: false, context: context)
    var files: [String: [UInt8]] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
      let data = FileManager.default.contents(atPath: "\(path)/\(name)")
      if let data, !data.isEmpty { files[name] = Array(data) }
    }
    return (report, files)
  }

  @Test func `buyers of three things each are enough for a search, and three things are not`()
    throws
  {
    let sparse = try shop.file(
      "sparse.csv",
      "user,item\n"
        + (0..<40).map { user in
          (0..<3).map { "u\(user),i\((user * 5 + $0 * 3) % 17)\n" }.joined()
        }.joined())
    func change(_ data: String) -> RecommenderShop.SearchChange {
      {
        $0.recommender.data.path = data
        $0.recommender.data.userFeatures = []
        $0.recommender.data.itemFeatures = []
        $0.recommender.model.epochs = 3
        $0.trials = 2
      }
    }
    let found = try tune(out: "sparse", change(sparse))
    #expect(found.report.trials.count == 2 && found.report.metric == "ndcg")
    let few = try shop.file("few.csv", "user,item\na,b\na,c\na,d\nb,c\n")
    #expect(
      throws: RecommendationError.tooFewToValidate(count: 3, share: 0.1, data: few)
    ) { try shop.search(change(few)) }
  }

  @Test func `one trial of the defaults ends in the model that training makes`() throws {
    for preset in [RecommenderPreset.retrieval, .lab] {
      let trained = try shop.train {
        $0.model = RecommenderConfiguration.Model(preset: preset, epochs: 12)
      }
      let (report, files) = try tune {
        $0.trials = 1
        let towers = TwoTowerConfiguration(preset: preset.towers)
        $0.recommender.model = RecommenderConfiguration.Model(
          preset: preset, dimension: towers.dimension,
          hidden: towers.hidden.map(String.init), weightDecay: 0, epochs: 12)
      }
      #expect(report.training.metrics == trained.report.metrics)
      #expect(report.test.defaults == trained.report.metrics)
      #expect(report.best.steps == trained.report.epochs)
      let name = RecommenderModel.fileName
      #expect(
        files[name]
          == FileManager.default.contents(atPath: "\(trained.model)/\(name)").map { Array($0) })
    }
  }

  @Test(arguments: [RecommenderSearchConfiguration.Metric.ndcg, .rmse])
  func `one, two and four threads write the same bytes`(
    metric: RecommenderSearchConfiguration.Metric
  ) throws {
    let all = try [1, 2, 4].map { threads in
      try tune(out: "t\(threads)", threads: threads) { $0.metric = metric }
    }
    #expect(all[0].files == all[1].files && all[0].files == all[2].files)
    #expect(all[0].files[StudyFile.name] != nil && all[0].files[StudyFile.journalName] != nil)
    #expect(all[0].report.trials.count == 10)
  }

  @Test(arguments: [1, 3, 6])
  func `a search that was stopped goes on to the same bytes, and repeats no trial`(
    after count: Int
  ) throws {
    let whole = try tune(out: "whole")
    #expect(throws: TaskError.cancelled) {
      try tune(out: "stopped", stopsAfter: count)
    }
    let again = Counter()
    let rest = try tune(out: "stopped", resumes: true, counting: again)
    #expect(rest.files == whole.files)
    #expect(again.value > 0 && again.value <= 10 - count)
  }

  @Test func `more trials for a search that has ended make the folder of one search`() throws {
    let whole = try tune(out: "whole") { $0.trials = 14 }
    _ = try tune(out: "more") { $0.trials = 6 }
    let again = Counter()
    let more = try tune(out: "more", resumes: true, counting: again) { $0.trials = 14 }
    #expect(more.files == whole.files && again.value == 8)
    #expect(throws: TuningError.fewerTrials(path: "out/\(StudyFile.name)", found: 14, asked: 5)) {
      try tune(out: "more", resumes: true) { $0.trials = 5 }
    }
    #expect(throws: TuningError.nothingToResume(path: "out")) {
      try tune(out: "nothing", resumes: true)
    }
  }

  @Test func `the test part has no say in the search`() throws {
    let rows = RecommenderShop.rows(training: false)
    let one = try shop.file("one.csv", RecommenderShop.header + rows)
    let other = try shop.file(
      "other.csv",
      RecommenderShop.header
        + rows.split(separator: "\n").enumerated().filter { $0.offset % 3 == 0 }
        .map { $0.element + "\n" }.joined())
    let reports = try [one, other].map { test in
      try tune(out: "m") { $0.recommender.judging.test = test }.report
    }
    #expect(reports[0].trials.map(\.value) == reports[1].trials.map(\.value))
    #expect(reports[0].test.metrics != reports[1].test.metrics)
    let best = reports[0].best
    #expect(best.value == reports[0].trials.filter { $0.state == .complete }.map(\.value).min())
    let rmse = try #require(reports[0].test.metrics.rmse)
    #expect(reports[0].test.optimism == rmse - best.value)
  }

  @Test func `pruners stop trials that are behind, and none stops none`() throws {
    func states(_ pruner: SearchPruner) throws -> [TrialState] {
      try tune(out: pruner.rawValue) {
        $0.pruner = pruner
        $0.trials = 20
        $0.sampler = .random
      }.report.trials.map(\.state)
    }
    #expect(try states(.none).allSatisfy { $0 == .complete })
    #expect(try states(.asha).contains(.pruned))
    #expect(try states(.median).contains(.pruned))
  }

  @Test func `towers whose loss is no number leave the search with the worst value`() throws {
    let configuration = try shop.searchConfiguration {
      $0.recommender.model.preset = .retrieval
    }
    let tables = try RecommenderTables(configuration.recommender, context: shop.context)
    let fit = try tables.fit(configuration.recommender, context: shop.context)
    var towers = fit.towers
    // Numbers that grow in every layer soon leave single precision.
    towers.learningRate = 10
    towers.hidden = [Int](repeating: 64, count: 16)
    let trial = RecommenderTrial(
      parts: try RecommenderSearchParts(fit, hasTest: false), towers: towers, metric: .ndcg, seed: 1
    )
    let result = try trial.run(
      pool: WorkerPool(threads: 1), shouldStop: { _ in false }, isCancelled: { false })
    #expect(result.state == .pruned && result.value == 0 && result.bestStep == 0)
    #expect(throws: TaskError.cancelled) {
      try RecommenderTrial(
        parts: trial.parts, towers: fit.towers, metric: .ndcg, seed: 1
      ).run(pool: WorkerPool(threads: 1), shouldStop: { _ in false }, isCancelled: { true })
    }
  }

  @Test func `a warm start tries the best of an earlier search, of lists or of ratings`() throws {
    let first = try tune(out: "first") { $0.metric = .ndcg }
    let second = try tune(out: "second") {
      $0.metric = .ndcg
      $0.warmStart = shop.folder.appending("first")
    }
    #expect(first.report.best.params == second.report.trials[0].params)
    let lists = try tune(out: "third") {
      $0.recommender.model.preset = .retrieval
      $0.warmStart = shop.folder.appending("first")
    }
    #expect(lists.report.trials[0].params["dimension"] == first.report.best.params["dimension"])
    // What the study of one loss has not searched is the loss that it had.
    let both = try tune(out: "fourth") {
      $0.metric = .ndcg
      $0.warmStart = shop.folder.appending("third")
    }
    #expect(both.report.trials[0].params["loss"] == .text("softmax"))
    #expect(
      both.report.trials[0].params["temperature"] == lists.report.best.params["temperature"])
  }
}

/// Counts from any thread.
private final class Counter: Sendable {
  private let count = Atomic<Int>(0)
  var value: Int { count.load(ordering: .acquiring) }
  func add() { count.wrappingAdd(1, ordering: .acquiringAndReleasing) }
}
