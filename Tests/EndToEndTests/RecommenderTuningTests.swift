// Searching a recommender's hyperparameters by the program: what is told, what is written, that it
// repeats, and that no trial is lost.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct RecommenderTuningTests {
  private let workshop: Workshop
  private let shop: String

  init() throws {
    workshop = try Workshop()
    let database = workshop.path("shop.sqlite")
    shop = workshop.path("ratings_ml_training")
    for arguments in [
      [
        "generate", "classicmodels", "--seed", "3", "--customers", "40", "--products", "30",
        "--out", database,
      ], ["etl", "--source", database, "--out", shop],
    ] {
      let result = try Program.run(arguments)
      try #require(result.code == 0, "\(arguments): \(result.errors)")
    }
  }

  private func arguments(out: String, _ more: [String] = []) -> [String] {
    [
      "tune", "recommender", "--data", shop, "--trials", "10", "--epochs", "12", "--out",
      workshop.path(out),
    ].overridden(by: more)
  }

  /// Searches and returns what was printed as JSON.
  @discardableResult
  private func tune(out: String, _ more: [String] = []) throws -> [String: Any] {
    let result = try Program.run(arguments(out: out, ["--json"] + more))
    try #require(result.code == 0, "\(result.errors)")
    return try result.json()
  }

  @Test func `the JSON document has the training's keys and those of the search`() throws {
    let json = try tune(out: "m", ["--preset", "retrieval"])
    #expect(
      Set(json.keys) == [
        "task", "users", "items", "interactions", "seed", "threads", "out", "metrics", "baselines",
        "model", "epochs", "samples_per_second", "timings", "trials", "best", "test", "metric",
        "search_seconds",
      ])
    #expect(json["metric"] as? String == "ndcg")
    // The phases and the search share out the time between them.
    let timings = try #require(json["timings"] as? [String: Double])
    let phases = timings.filter { $0.key != "total" }.values.reduce(0, +)
    let whole = try #require(timings["total"])
    #expect(abs(phases + (try #require(json["search_seconds"] as? Double)) - whole) < 1e-6)
    let trials = try #require(json["trials"] as? [[String: Any]])
    #expect(trials.map { $0["number"] as? Int } == (0..<10).map(Optional.init))
    #expect(
      trials.allSatisfy { Set($0.keys) == ["number", "state", "value", "params", "seconds"] })
    let best = try #require(json["best"] as? [String: Any])
    #expect(Set(best.keys) == ["number", "value", "params", "epochs"])
    let value = try #require(best["value"] as? Double)
    let complete = trials.filter { $0["state"] as? String == "complete" }
      .compactMap { $0["value"] as? Double }
    #expect(value == complete.max())
    let test = try #require(json["test"] as? [String: Any])
    #expect(Set(test.keys) == ["metrics", "optimism", "defaults"])
    let ndcg = try #require((test["metrics"] as? [String: Any])?["ndcg_at_20"] as? Double)
    let optimism = try #require(test["optimism"] as? Double)
    #expect(abs(value - ndcg - optimism) < 1e-12)
    let trained = try #require((json["metrics"] as? [String: Any])?["ndcg_at_20"] as? Double)
    #expect(trained == ndcg)
  }

  @Test(arguments: [[], ["--metric", "ndcg"], ["--preset", "retrieval"]])
  func `run.toml trains the same model again, and has the best configuration`(more: [String])
    throws
  {
    let json = try tune(out: "m", more)
    let again = try Program.run([
      "train", "--config", workshop.path("m/run.toml"), "--out", workshop.path("again"),
      "--threads", "1",
    ])
    #expect(again.code == 0, "\(again.errors)")
    var files = try workshop.files(of: "m")
    #expect(files["study/study.json"] != nil && files["study/optuna.log"] != nil)
    files = files.filter { !$0.key.hasPrefix("study/") && $0.key != "manifest.json" }
    let others = try workshop.files(of: "again").filter { $0.key != "manifest.json" }
    #expect(files == others)
    let run = try String(contentsOfFile: workshop.path("m/run.toml"), encoding: .utf8)
    let best = try #require(json["best"] as? [String: Any])
    let params = try #require(best["params"] as? [String: Any])
    let (dimension, epochs) = (
      try #require(params["dimension"] as? Int), try #require(best["epochs"] as? Int)
    )
    #expect(run.contains("\ndimension = \(dimension)\n") && run.contains("\nepochs = \(epochs)\n"))
    #expect(run.contains("\npatience = 0\n"))
    #expect((json["model"] as? [String: Any])?["dimension"] as? Int == dimension)
  }

  @Test func `a search that is killed at any moment resumes to the same bytes`() throws {
    let more = ["--trials", "24", "--epochs", "60", "--pruner", "none", "--metric", "ndcg"]
    try tune(out: "whole", more)
    let kills = try workshop.search(
      arguments(out: "killed", more), out: "killed", killedAt: [3, 20, 41, 77, 78, 120, 300])
    #expect(kills >= 5)
    let (whole, killed) = (try workshop.files(of: "whole"), try workshop.files(of: "killed"))
    #expect(whole == killed, "after \(kills) kills")
    #expect(try workshop.contents().filter { $0.hasPrefix(".") } == [])
  }

  @Test func `an unfinished search is neither mixed up nor thrown away unasked`() throws {
    let more = ["--trials", "2000", "--epochs", "200", "--pruner", "none"]
    let search = try workshop.suspendedSearch(arguments(out: "m", more), out: "m")
    let second = try Program.run(arguments(out: "m", more + ["--resume"]))
    #expect(second.code == 6, "\(second.errors)")
    search.end(SIGKILL)
    let again = try Program.run(arguments(out: "m"))
    #expect(again.code == 4 && again.errors.contains("--resume"), "\(again.errors)")
    let other = try Program.run(arguments(out: "m", more + ["--seed", "7", "--resume"]))
    #expect(other.code == 2 && other.errors.contains("expected"), "\(other.errors)")
  }

  @Test func `studies of the other task are no warm start, and all studies are for Optuna`() throws
  {
    try tune(out: "m")
    let churn = try Program.run([
      "tune", "churn", "--data", workshop.customers(), "--target", "churn", "--id", "id",
      "--trials", "2", "--folds", "2", "--num-trees", "10", "--out", workshop.path("churn"),
    ])
    try #require(churn.code == 0, "\(churn.errors)")
    let wrong = try Program.run(arguments(out: "x", ["--warm-start", workshop.path("churn")]))
    #expect(wrong.code == 2 && wrong.errors.contains("of the task 'churn'"), "\(wrong.errors)")
    let other = try Program.run([
      "tune", "churn", "--data", workshop.path("customers.csv"), "--target", "churn", "--out",
      workshop.path("x"), "--warm-start", workshop.path("m"),
    ])
    #expect(other.code == 2 && other.errors.contains("of the task 'recommender'"))
    #expect(!FileManager.default.fileExists(atPath: workshop.path("x")))
    let exported = try Program.run([
      "export", "optuna", "--study", workshop.path("m"), "--out", workshop.path("study.log"),
    ])
    #expect(exported.code == 0, "\(exported.errors)")
    let log = try String(contentsOfFile: workshop.path("study.log"), encoding: .utf8)
    #expect(log.split(separator: "\n").count { $0.contains("\"op_code\": 4,") } == 10)
    #expect(log.contains("mlcore recommender") && log.contains("CategoricalDistribution"))
    let words = try Program.run(arguments(out: "words", ["--warm-start", workshop.path("m")]))
    #expect(words.code == 0 && words.output.contains("best validation RMSE"), "\(words.errors)")
    #expect(words.errors.contains("warm start: ") && words.output.contains("two towers"))
  }

  @Test(arguments: [
    (["--sampler", "tpa"], "did you mean 'tpe'"), (["--trials", "0"], "--trials is 0"),
    (["--metric", "auc"], "ndcg, rmse"), (["--metric", "rmse", "--preset", "retrieval"], "ndcg"),
    (["--set", "model.validation_fraction=0"], "more than 0"), (["--folds", "3"], "folds"),
  ])
  func `bad usage is one line of facts and one of advice`(more: [String], words: String) throws {
    let result = try Program.run(arguments(out: "m", more))
    #expect(result.code == 2 && result.errors.lowercased().contains(words), "\(result.errors)")
    // The parser of arguments adds the usage.
    #expect(words == "folds" || result.errorLines.count == 2)
    #expect(try workshop.contents().allSatisfy { !$0.hasPrefix("m") && !$0.hasPrefix(".m") })
  }
}
