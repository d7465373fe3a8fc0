// Searching: what is told, what is written, that it repeats, and that no trial is lost.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct TuningTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private func arguments(_ data: String, out: String, _ more: [String] = []) -> [String] {
    [
      "tune", "churn", "--data", data, "--target", "churn", "--id", "id", "--trials", "14",
      "--folds", "3", "--num-trees", "60", "--out", workshop.path(out),
    ].overridden(by: more)
  }

  /// Searches and returns what was printed as JSON.
  @discardableResult
  private func tune(_ data: String, out: String, _ more: [String] = []) throws -> [String: Any] {
    let result = try Program.run(arguments(data, out: out, ["--json"] + more))
    try #require(result.code == 0, "\(result.errors)")
    return try result.json()
  }

  @Test func `the JSON document has the training's keys and those of the search`() throws {
    let json = try tune(workshop.customers(), out: "m")
    #expect(
      Set(json.keys) == [
        "task", "rows", "columns", "positives", "seed", "threads", "out", "metrics", "folds",
        "baselines", "model", "importances", "reliability", "timings", "trials", "best", "test",
        "metric", "search_seconds", "column_kinds",
      ])
    let trials = try #require(json["trials"] as? [[String: Any]])
    #expect(trials.map { $0["number"] as? Int } == (0..<14).map(Optional.init))
    #expect(
      trials.allSatisfy { Set($0.keys) == ["number", "state", "value", "params", "seconds"] })
    let best = try #require(json["best"] as? [String: Any])
    #expect(Set(best.keys) == ["number", "value", "params", "num_trees"])
    let complete = trials.filter { $0["state"] as? String == "complete" }
      .compactMap { $0["value"] as? Double }
    #expect(best["value"] as? Double == complete.max())
    let test = try #require(json["test"] as? [String: Any])
    let metrics = try #require(test["metrics"] as? [String: Any])
    let value = try #require(best["value"] as? Double)
    let auc = try #require(metrics["auc"] as? Double)
    let optimism = try #require(test["optimism"] as? Double)
    #expect(abs(value - auc - optimism) < 1e-12)
    let model = try #require(json["model"] as? [String: Any])
    #expect(model["num_trees"] as? Int == best["num_trees"] as? Int)
  }

  @Test func `run.toml trains the same model again, and has the best configuration`() throws {
    let json = try tune(workshop.customers(), out: "m", ["--metric", "log_loss"])
    let again = try Program.run([
      "train", "--config", workshop.path("m/run.toml"), "--out", workshop.path("again"),
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
    let leaves = try #require(params["num_leaves"] as? Int)
    #expect(run.contains("\nnum_leaves = \(leaves)\n"))
    #expect(run.contains("\nearly_stopping_rounds = 0\n"))
    let predicted = try Program.run([
      "predict", "--model", workshop.path("m"), "--data", workshop.path("customers.csv"), "--out",
      workshop.path("p.csv"),
    ])
    #expect(predicted.code == 0, "\(predicted.errors)")
  }

  @Test func `one, two and four threads write the same bytes, and nothing is left beside them`()
    throws
  {
    let data = try workshop.customers(rows: 900)
    var folders: [[String: Data]] = []
    for threads in ["1", "2", "4"] {
      try tune(data, out: "t\(threads)", ["--threads", threads])
      folders.append(try workshop.files(of: "t\(threads)"))
    }
    #expect(folders[0] == folders[1] && folders[0] == folders[2])
    #expect(folders[0].count == 11)
    #expect(try workshop.contents().filter { $0.hasPrefix(".") } == [])
  }

  @Test func `the test part has no say in the search`() throws {
    let data = try workshop.customers(rows: 600)
    var lines = ["id,tenure,charge,plan,churn\n"]
    for row in 700..<900 { lines.append(Workshop.line(row, label: row % 3 == 0 ? "Yes" : "No")) }
    let test = try workshop.file("test.csv", lines.joined())
    let other = try workshop.file(
      "other.csv",
      lines.map { $0.replacing("No\n", with: "no\n").replacing("Yes\n", with: "No\n") }.joined()
        .replacing("no\n", with: "Yes\n"))
    let first = try tune(data, out: "a", ["--test", test])
    let second = try tune(data, out: "b", ["--test", other])
    func values(_ json: [String: Any]) -> [Double?] {
      (json["trials"] as? [[String: Any]] ?? []).map { $0["value"] as? Double }
    }
    #expect(values(first).count == 14 && values(first) == values(second))
    #expect(
      (first["metrics"] as? [String: Any])?["auc"] as? Double
        != (second["metrics"] as? [String: Any])?["auc"] as? Double)
  }

  @Test(arguments: ["tpe", "tpe-optuna", "random"], ["asha", "median", "none"])
  func `every sampler goes with every pruner`(sampler: String, pruner: String) throws {
    let json = try tune(
      workshop.customers(), out: "m", ["--sampler", sampler, "--pruner", pruner])
    let states = (json["trials"] as? [[String: Any]] ?? []).compactMap { $0["state"] as? String }
    #expect(states.count == 14)
    #expect(pruner != "none" || Set(states) == ["complete"])
  }

  @Test func `what is set is not searched`() throws {
    let json = try tune(
      workshop.customers(), out: "m", ["--learning-rate", "0.2", "--set", "boosting.lambda_l1=0.5"])
    let params = try #require((json["best"] as? [String: Any])?["params"] as? [String: Any])
    #expect(params["learning_rate"] == nil && params["lambda_l1"] == nil)
    #expect(params["num_leaves"] != nil)
    let run = try String(contentsOfFile: workshop.path("m/run.toml"), encoding: .utf8)
    #expect(run.contains("\nlearning_rate = 0.2\n") && run.contains("\nlambda_l1 = 0.5\n"))
  }

  @Test func `a search that is killed at any moment resumes to the same bytes`() throws {
    let data = try workshop.customers(rows: 3_000)
    let more = ["--trials", "30", "--num-trees", "300", "--pruner", "none"]
    try tune(data, out: "whole", more)
    let kills = try workshop.search(
      arguments(data, out: "killed", more), out: "killed", killedAt: [3, 20, 41, 77, 78, 120, 300])
    #expect(kills >= 5)
    let (whole, killed) = (try workshop.files(of: "whole"), try workshop.files(of: "killed"))
    #expect(whole == killed, "after \(kills) kills")
  }

  @Test func `a search that has ended goes on with more trials to the bytes of one search`() throws
  {
    let data = try workshop.customers()
    try tune(data, out: "whole", ["--trials", "18"])
    try tune(data, out: "m", ["--trials", "6"])
    let more = try Program.run(arguments(data, out: "m", ["--trials", "18", "--resume"]))
    #expect(more.code == 0 && more.errors.contains("after 6 trials"), "\(more.errors)")
    #expect(try workshop.files(of: "m") == workshop.files(of: "whole"))
    #expect(try workshop.contents().filter { $0.hasPrefix(".") } == [])
    let fewer = try Program.run(arguments(data, out: "m", ["--trials", "5", "--resume"]))
    #expect(fewer.code == 2 && fewer.errors.contains("18 trials"), "\(fewer.errors)")
    #expect(fewer.errors.contains("at most the 5"), "\(fewer.errors)")
    let other = try Program.run(
      arguments(data, out: "m", ["--trials", "30", "--seed", "7", "--resume"]))
    #expect(other.code == 2 && other.errors.contains("another one"), "\(other.errors)")
    #expect(try workshop.files(of: "m") == workshop.files(of: "whole"))
    let nothing = try Program.run(arguments(data, out: "none", ["--resume"]))
    #expect(nothing.code == 2 && nothing.errors.contains("nothing to resume"), "\(nothing.errors)")
    #expect(try !workshop.contents().contains { $0.contains("none") })
    let model = try workshop.train(data)
    let training = try Program.run(arguments(data, out: "model", ["--resume"]))
    #expect(training.code == 2 && training.errors.contains("nothing to resume"))
    #expect(!training.errors.contains("--force"), "\(training.errors)")
    #expect(FileManager.default.fileExists(atPath: "\(model)/manifest.json"))
  }

  @Test func `an unfinished search is neither mixed up nor thrown away unasked`() throws {
    let data = try workshop.customers(rows: 3_000)
    let more = ["--trials", "200", "--num-trees", "1000", "--pruner", "none"]
    let search = try workshop.suspendedSearch(arguments(data, out: "m", more), out: "m")
    let second = try Program.run(arguments(data, out: "m", more + ["--resume"]))
    #expect(second.code == 6, "\(second.errors)")
    let forced = try Program.run(arguments(data, out: "m", more + ["--force"]))
    #expect(forced.code == 6, "\(forced.errors)")
    search.end(SIGKILL)
    let again = try Program.run(arguments(data, out: "m"))
    #expect(again.code == 4 && again.errors.contains("--resume"), "\(again.errors)")
    let other = try Program.run(arguments(data, out: "m", ["--seed", "7", "--resume"]))
    #expect(other.code == 2 && other.errors.contains("expected"), "\(other.errors)")
    let fewer = try Program.run(
      arguments(data, out: "m", more.overridden(by: ["--trials", "1", "--resume"])))
    #expect(fewer.code == 2 && fewer.errors.contains("at most the 1"), "\(fewer.errors)")
    try tune(data, out: "m", ["--force"])
  }

  @Test func `a warm start tries the best trials of an earlier search first, and says so`() throws {
    let data = try workshop.customers()
    let first = try tune(data, out: "first")
    let result = try Program.run(
      arguments(data, out: "second", ["--warm-start", workshop.path("first"), "--json"]))
    #expect(result.code == 0 && result.errors.contains("warm start: 5 configurations from"))
    let trials = try #require(try result.json()["trials"] as? [[String: Any]])
    let best = try #require((first["best"] as? [String: Any])?["params"] as? [String: Any])
    let tried = try #require(trials[0]["params"] as? [String: Any])
    #expect(NSDictionary(dictionary: best) == NSDictionary(dictionary: tried))
    try workshop.train(data)
    let wrong = try Program.run(
      arguments(data, out: "third", ["--warm-start", workshop.path("model")]))
    #expect(wrong.code == 4 && wrong.errors.contains("no study"), "\(wrong.errors)")
  }

  @Test func `the study is exported for Optuna, and nothing else is`() throws {
    try tune(workshop.customers(), out: "m")
    let exported = try Program.run([
      "export", "optuna", "--study", workshop.path("m"), "--out", workshop.path("study.log"),
    ])
    #expect(exported.code == 0, "\(exported.errors)")
    let log = try String(contentsOfFile: workshop.path("study.log"), encoding: .utf8)
    #expect(log.split(separator: "\n").count { $0.contains("\"op_code\": 4,") } == 14)
    try workshop.train(workshop.customers())
    let wrong = try Program.run([
      "export", "optuna", "--study", workshop.path("model"), "--out", workshop.path("x.log"),
    ])
    #expect(wrong.code == 4 && !FileManager.default.fileExists(atPath: workshop.path("x.log")))
  }

  @Test(arguments: [
    (["--sampler", "tpa"], "did you mean 'tpe'"), (["--trials", "0"], "number from 1 to"),
    (["--folds", "1"], "number from 2 to"), (["--early-stopping-rounds", "0"], "at least 1"),
    (["--continue-from", "x"], "were both given"),
    (["--pruner", "hyperband"], "asha, median, none"),
  ])
  func `bad usage is one line of facts and one of advice`(more: [String], words: String) throws {
    let result = try Program.run(arguments(workshop.customers(), out: "m", more))
    #expect(result.code == 2 && result.errorLines.count == 2, "\(result.errors)")
    #expect(result.errors.lowercased().contains(words), "\(result.errors)")
    #expect(try workshop.contents() == ["customers.csv"])
  }
}
