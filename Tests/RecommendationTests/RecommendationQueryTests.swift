// How a recommender is asked: by a table of users or by JSON, and never with a model of another task.
import Foundation
import NumericCore
import Storage
import Tables
import TestSupport
import Testing

@testable import LearningTasks
@testable import Recommendation

@Suite(.onOwnThread) struct RecommendationQueryTests {
  @Test func `a table of users has the lists of its users, and strangers the popular items`() throws
  {
    let shop = try RecommenderShop()
    let context = RunContext(pool: WorkerPool(threads: 2))
    let predictor = try RecommenderPredictor(
      folder: shop.train().model, listLength: 4, pool: context.pool)
    let list = TableSource(location: try shop.file("users.csv", "USER\nu3\nnobody\nu0\nu3\n"))
    let answers = try predictor.predict(
      predictor.read(list, context: context), context: context)
    #expect(answers.schema == predictor.outputSchema)
    func text(_ column: String, _ row: Int) -> String? { answers[column]?.text(row: row) }
    for (place, user) in ["u3", "nobody", "u0"].enumerated() {
      let expected =
        user == "nobody" ? nil : try predictor.predict(RecommendationQuery(.user(user), k: 4))
      for rank in 0..<4 {
        let row = place * 4 + rank
        #expect(text("user", row) == user && text("rank", row) == "\(rank + 1)")
        #expect(expected == nil || text("item", row) == expected?[rank].id)
        #expect((text("score", row) == nil) == (expected == nil))
        #expect(text("model_version", row) == predictor.modelVersion)
      }
    }
    #expect(answers.rowCount == 12)
  }

  @Test func `questions come from JSON, where null is a missing value`() throws {
    let query = try JSONDecoder().decode(
      RecommendationQuery.self, from: Data(#"{"user": "u1", "k": 3}"#.utf8))
    #expect(query == RecommendationQuery(.user("u1"), k: 3))
    let new = try JSONDecoder().decode(
      RecommendationQuery.self,
      from: Data(#"{"user_features": {"city": "Nantes", "age": null}, "include_seen": true}"#.utf8))
    #expect(new == RecommendationQuery(.features(["city": .text("Nantes")]), includesSeen: true))
    for text in [#"{"k": 3}"#, #"{"user": "u1", "k": 0}"#] {
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(RecommendationQuery.self, from: Data(text.utf8))
      }
    }
  }

  @Test func `a folder of another task is refused by name`() throws {
    let folder = try TemporaryFolder()
    let model = folder.appending("model")
    let run = try RunFolder(target: model)
    try run.write([1], to: "churn.safetensors")
    try run.commit(task: "churn", inputs: [], mlcoreVersion: "0")
    #expect(try RunFolderReader.task(of: model) == "churn")
    #expect(
      throws: TaskError.otherModel(folder: model, found: "churn", expected: ["recommender"])
    ) { try RecommenderPredictor(folder: model, pool: WorkerPool(threads: 1)) }
  }
}
