// What a recommender learns from and is judged on, and what is refused.
import Foundation
import ModelFormats
import NumericCore
import Preprocessing
import Recommender
import Storage
import TestSupport
import Testing

@testable import LearningTasks
@testable import Recommendation

@Suite(.onOwnThread) struct RecommenderTrainingTests {
  private let shop: RecommenderShop

  init() throws { shop = try RecommenderShop() }

  private func rating(_ user: String, _ item: String, in data: RecommenderData) throws -> Double? {
    let (user, item) = (
      try #require(data.users.place(of: user)), try #require(data.items.place(of: item))
    )
    let rows = (0..<data.pairs.count).filter {
      data.pairs.users[$0] == Int32(user) && data.pairs.items[$0] == Int32(item)
    }
    #expect(rows.count == 1)
    return data.pairs.ratings?[rows[0]]
  }

  @Test func `of a pair that occurs again the last row counts, and this is said once`() throws {
    let rows = RecommenderShop.rows()
    let count = rows.split(separator: "\n").count
    let again = RecommenderShop.row(0, 0, rating: 2) + RecommenderShop.row(0, 0, rating: 3)
    let file = try shop.file(
      "r.csv",
      RecommenderShop.header + RecommenderShop.row(0, 0, rating: 1) + rows + again)
    let data = try shop.reading(file)
    #expect(data.pairs.count == count)
    #expect(try rating("u0", "i0", in: data) == 3)
    #expect(shop.messages.warnings.count == 1)
    #expect(shop.messages.warnings[0].contains("3 rows repeat pairs"))
    #expect(try shop.train(file).report.interactions == count)
  }

  @Test func `with times the latest row of a pair counts, the last one of equal times`() throws {
    let file = try shop.file(
      "r.csv",
      RecommenderShop.header + RecommenderShop.row(0, 0, rating: 2, time: 9)
        + RecommenderShop.row(0, 0, rating: 5, time: 3)
        + RecommenderShop.row(1, 1, rating: 1, time: 7)
        + RecommenderShop.row(1, 1, rating: 4, time: 7))
    let data = try shop.reading(file) { $0.data.timestamp = "time" }
    #expect(data.pairs.count == 2)
    #expect(try rating("u0", "i0", in: data) == 2)
    #expect(try rating("u1", "i1", in: data) == 4)
  }

  @Test(arguments: ["", "NA"])
  func `a row without a time is named`(_ time: String) throws {
    let text = RecommenderShop.row(0, 0, time: 5) + "u1,i1,3,Chile,1,toys,\(time)\n"
    let file = try shop.file("r.csv", RecommenderShop.header + text)
    #expect(
      throws: RecommendationError.missingTime(column: "time", row: 2, data: file)
    ) { try shop.reading(file) { $0.data.timestamp = "time" } }
  }

  @Test func `pairs of the test table that were learnt from are not judged on`() throws {
    let new = try shop.file(
      "new.csv", RecommenderShop.header + RecommenderShop.rows(training: false))
    let both = try shop.file(
      "both.csv",
      RecommenderShop.header + RecommenderShop.rows(training: false) + RecommenderShop.rows())
    let first = try shop.train { $0.judging.test = new }.report
    #expect(shop.messages.warnings.isEmpty)
    let second = try shop.train { $0.judging.test = both }.report
    #expect(first.metrics == second.metrics && first.baselines == second.baselines)
    #expect(first.judgedOn == second.judgedOn)
    #expect(shop.messages.warnings.count == 1)
    #expect(shop.messages.warnings[0].contains("also in the training data"))
    let known = try shop.file("known.csv", RecommenderShop.header + RecommenderShop.rows())
    #expect(throws: RecommendationError.nothingToJudge(data: known)) {
      try shop.train { $0.judging.test = known }
    }
  }

  @Test(arguments: [RecommenderPreset.lab, .retrieval, .graph])
  func `with a test table the model that is judged is the one that is written`(
    _ preset: RecommenderPreset
  ) throws {
    let test = try shop.file(
      "test.csv", RecommenderShop.header + RecommenderShop.rows(training: false))
    let (model, report) = try shop.train {
      $0.judging.test = test
      $0.model.preset = preset
    }
    #expect(shop.messages.phases.contains("training"))
    #expect(!shop.messages.phases.contains { $0.contains("final") })
    let evaluated = try RecommenderTask.evaluate(
      model: model, on: TableSource(location: test), context: shop.context)
    #expect(evaluated.metrics == report.metrics)
    #expect((evaluated.metrics.rmse != nil) == (preset == .lab))
    #expect(report.judgedOn.contains("the \(evaluated.interactions) interactions"))
  }

  @Test func `what is set aside fits the loss, unless the configuration says otherwise`() throws {
    let file = try shop.file("r.csv", RecommenderShop.header + RecommenderShop.rows())
    func tested(_ change: (inout RecommenderConfiguration) -> Void) throws -> [Int] {
      let configuration = shop.configuration(file, change)
      let tables = try RecommenderTables(configuration, context: shop.context)
      let (fit, pairs) = (try tables.fit(configuration, context: shop.context), tables.data.pairs)
      let split = try fit.judgingSplit()
      #expect((split.train + split.test).sorted() == Array(0..<pairs.count))
      var counts = [Int](repeating: 0, count: RecommenderShop.users)
      for row in split.test { counts[Int(pairs.users[row])] += 1 }
      return counts
    }
    // Every user has 5 to 7 rows, of which a share of 0.3 is 2.
    let anywhere = try tested { $0.judging.holdout = 0.3 }
    #expect(!anywhere.allSatisfy { $0 == 2 })
    let perUser = try tested {
      $0.judging.holdout = 0.3
      $0.judging.split = .perUser
    }
    #expect(perUser.allSatisfy { $0 == 2 })
    #expect(
      try tested {
        $0.judging.holdout = 0.3
        $0.model.preset = .retrieval
      } == perUser)
    #expect(
      try tested {
        $0.judging.holdout = 0.3
        $0.model.preset = .retrieval
        $0.judging.split = .anywhere
      } == anywhere)
  }

  @Test func `a model is measured on what it has not learnt from`() throws {
    let (model, _) = try shop.train()
    let all = try shop.file(
      "all.csv",
      RecommenderShop.header + RecommenderShop.rows() + RecommenderShop.rows(training: false)
        + RecommenderShop.row(99, 1))
    let new = try shop.file(
      "new.csv",
      "item,user\n"
        + RecommenderShop.rows(training: false).split(separator: "\n").map { line in
          let cells = line.split(separator: ",")
          return "\(cells[1]),\(cells[0])\n"
        }.joined())
    func evaluate(_ data: String) throws -> EvaluationReport<RecommenderTask> {
      try RecommenderTask.evaluate(
        model: model, on: TableSource(location: data), context: shop.context)
    }
    let (first, second) = (try evaluate(all), try evaluate(new))
    #expect(first.interactions == second.interactions && first.modelVersion == second.modelVersion)
    #expect(first.metrics.rmse != nil && second.metrics.rmse == nil)
    #expect(
      first.metrics.ndcg == second.metrics.ndcg && first.metrics.users == second.metrics.users)
    #expect(first.metrics.k == 3)
    #expect(shop.messages.warnings.count == 2)
  }

  @Test func `who asks for retrieval is not asked for ratings`() throws {
    let words = try shop.file(
      "r.csv",
      "user,item,score\n"
        + RecommenderShop.rows().split(separator: "\n").map {
          $0.split(separator: ",").prefix(2).joined(separator: ",") + ",good\n"
        }.joined())
    let (_, report) = try shop.train(words) {
      $0.model.preset = .retrieval
      $0.data.userFeatures = nil
      $0.data.itemFeatures = nil
    }
    #expect(report.model.preset == "retrieval" && report.metrics?.rmse == nil)
    #expect(throws: (any Error).self) {
      try shop.train(words) {
        $0.model.preset = .retrieval
        $0.data.rating = "score"
      }
    }
  }

  @Test func `ratings that are all the same are none, unless they are asked for`() throws {
    var text = RecommenderShop.header
    for user in 0..<RecommenderShop.users {
      for item in 0..<RecommenderShop.items where RecommenderShop.isInTraining(user, item) {
        text += RecommenderShop.row(user, item, rating: 1)
      }
    }
    let file = try shop.file("r.csv", text)
    let (_, report) = try shop.train(file)
    #expect(report.candidates?.keys.contains(report.model.preset) == true)
    #expect(shop.messages.warnings.count == 1 && shop.messages.warnings[0].contains("'rating'"))
    for change: (inout RecommenderConfiguration) -> Void in [
      { $0.model.preset = .lab }, { $0.data.rating = "rating" },
    ] {
      #expect(throws: RecommendationError.equalRatings(rating: "1", data: file)) {
        try shop.train(file, change)
      }
    }
  }

  @Test func `users and items of whom nothing is known are told of and never recommended`() throws {
    let file = try shop.file("r.csv", RecommenderShop.header + RecommenderShop.rows())
    let users = try shop.file(
      "users.csv", "user\n" + (0..<26).map { "u\($0)\n" }.joined())
    let items = try shop.file(
      "items.csv", "item\n" + (0..<14).map { "i\($0)\n" }.joined())
    let (model, _) = try shop.train(file) {
      $0.data.userFeatures = nil
      $0.data.itemFeatures = nil
      $0.data.users = users
      $0.data.items = items
      $0.model.preset = .retrieval
      $0.model.hidden = []
    }
    #expect(shop.messages.warnings.count == 2)
    #expect(shop.messages.warnings[0].contains("2 of 26 users, the first one 'u24'"))
    let service = try RecommenderPredictor(folder: model, pool: WorkerPool(threads: 1))
    let found = try service.predict(RecommendationQuery(.user("u0"), k: 100, includesSeen: true))
      .map(\.id)
    #expect(Set(found) == Set((0..<12).map { "i\($0)" }))
    #expect(try service.similar(to: "i3", k: 100).count == 11)
    #expect(throws: RecommendationError.noDirection(entity: "item", id: "i12")) {
      try service.similar(to: "i12", k: 1)
    }
    #expect(throws: RecommendationError.noDirection(entity: "user", id: "u25")) {
      try service.predict(RecommendationQuery(.user("u25"), k: 1, includesSeen: true))
    }
  }

  @Test func `a folder that etl did not finish is told of`() throws {
    let marker =
      #"{"complete":false,"partition_by":"k","source":"s","query":"q","rows":0,"partitions":0}"#
    _ = try shop.file("etl/k=1/part.csv", RecommenderShop.header + RecommenderShop.rows())
    _ = try shop.file("etl/_etl.json", marker)
    _ = try shop.reading(shop.folder.appending("etl"))
    #expect(
      shop.messages.warnings.count == 1 && shop.messages.warnings[0].contains("did not finish"))
    _ = try shop.file("etl/_etl.json", marker.replacing("false", with: "true"))
    _ = try shop.reading(shop.folder.appending("etl"))
    #expect(shop.messages.warnings.count == 1)
  }

  @Test func `no folder is made inside a model folder`() throws {
    let (model, _) = try shop.train()
    #expect {
      try shop.train(out: "model/inner")
    } throws: {
      guard case TaskError.insideModel? = $0 as? TaskError else { return false }
      return true
    }
    _ = try RecommenderPredictor(folder: model, pool: WorkerPool(threads: 1))
  }

  @Test(arguments: ["1e300", "1e10", "-1.7e308", "1e-320"])
  func `a rating beyond all scale is named with what is taken`(_ rating: String) throws {
    let text = RecommenderShop.rows() + "u0,i11,\(rating),France,0,toys,0\n"
    let file = try shop.file("r.csv", RecommenderShop.header + text)
    let row = RecommenderShop.rows().split(separator: "\n").count + 1
    #expect {
      try shop.reading(file)
    } throws: {
      guard
        case RecommendationError.unusableRating(row, _, let expected, _)? = $0
          as? RecommendationError
      else { return false }
      return expected.contains("1000000000")
    }
  }

  @Test func `a scale that the ratings do not fit names the first row outside`() throws {
    let file = try shop.file(
      "s.csv",
      RecommenderShop.header + RecommenderShop.row(0, 0, rating: 4)
        + RecommenderShop.row(1, 1, rating: 2))
    for (lowest, highest, row, found, expected) in [
      (9.0, nil, 1, "4", "at least 9"), (nil, 3.0, 1, "4", "at most 3"),
      (3.0, 5.0, 2, "2", "3 to 5"),
    ] as [(Double?, Double?, Int, String, String)] {
      #expect(
        throws: RecommendationError.unusableRating(
          row: row, found: found, expected: expected, data: file)
      ) {
        try shop.reading(file) {
          $0.data.lowestRating = lowest
          $0.data.highestRating = highest
        }
      }
    }
  }

  @Test func `towers without ids need features of both sides`() throws {
    let file = try shop.file("r.csv", RecommenderShop.header + RecommenderShop.rows())
    #expect(throws: RecommenderError.noInputs(side: "user")) {
      try shop.train(file) {
        $0.model.usesID = false
        $0.data.userFeatures = []
      }
    }
    #expect(throws: RecommenderError.noInputs(side: "item")) {
      try shop.train(file) {
        $0.model.usesID = false
        $0.data.itemFeatures = []
      }
    }
  }

  @Test func `a word and an empty cell among ratings are told apart from a missing value`() throws {
    let start = RecommenderShop.header + RecommenderShop.row(0, 0)
    let word = try shop.file("w.csv", start + "u1,i1,good,Chile,1,toys,0\n")
    #expect(
      throws: RecommendationError.wordForRating(file: word, place: "line 3", found: "good")
    ) { try shop.reading(word) }
    let empty = try shop.file("e.csv", start + "u1,i1,,Chile,1,toys,0\n")
    #expect(throws: RecommendationError.missingRating(row: 2, data: empty)) {
      try shop.reading(empty)
    }
  }

  @Test func `a single interaction cannot be set aside in any way`() throws {
    let file = try shop.file("one.csv", "user,item,country,credit,line\nu0,i0,France,1,toys\n")
    #expect(
      throws: RecommendationError.tooFewInteractions(count: 1, data: file, anywhereHelps: false)
    ) { try shop.train(file) { $0.data.rating = nil } }
  }

  @Test func `times in two units are told`() throws {
    let file = try shop.file(
      "t.csv",
      RecommenderShop.header + RecommenderShop.row(0, 0, time: 1_700_000_000)
        + RecommenderShop.row(1, 1, time: 1_700_000_000_000)
        + RecommenderShop.row(1, 3, rating: 2, time: 1_700_000_001))
    _ = try shop.reading(file) { $0.data.timestamp = "time" }
    #expect(shop.messages.warnings.contains { $0.contains("row 1 is in seconds, row 2 in milli") })
    #expect(TimeUnits.mixture(of: [1, 2, 1_700_000_000_000]) == nil)
    #expect(TimeUnits.mixture(of: [1.6e9, 1.7e9]) == nil)
  }

  @Test func `a feature beyond all scale is named with its row`() throws {
    let absurd = (0..<12).map { "u30,i\($0),3,France,1e200,toys,0\n" }.joined()
    let rows = absurd + RecommenderShop.rows()
    let file = try shop.file("f.csv", RecommenderShop.header + rows)
    #expect {
      try shop.train(file) { $0.data.userFeatures = ["credit"] }
    } throws: {
      $0 as? PreprocessingError
        == PreprocessingError.beyondScale(column: "credit", row: 0, value: 1e200)
    }
  }
}
