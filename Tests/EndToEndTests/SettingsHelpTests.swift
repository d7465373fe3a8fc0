// The reference of settings, and the flags that come from the same tables.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct SettingsHelpTests {
  private func settings(_ topic: String, table: String? = nil) throws -> [[String: String]] {
    let result = try Program.run(["help", "settings", topic, "--json"])
    #expect(result.code == 0, "\(result.errors)")
    return try #require(try result.json()[table ?? topic] as? [[String: String]])
  }

  @Test(arguments: ["churn", "classification", "regression", "recommender"])
  func `every key has exactly one flag in the help of its training`(task: String) throws {
    let settings = try settings(task)
    let help = try Program.run(["train", task, "--help"]).output.split(separator: "\n")
    #expect(settings.count > 25 && settings.first?["key"] == "task")
    for setting in settings.dropFirst() {
      let flag = try #require(setting["flag"], "\(setting)")
      let lines = help.filter { line in
        let words = line.split(separator: " ")
        return line.hasPrefix("  --") && words.first.map(String.init) == flag
      }
      #expect(lines.count == 1, "\(flag): \(lines)")
    }
  }

  @Test func `the words are a line for each key`() throws {
    let result = try Program.run(["help", "settings", "churn"])
    let line = try #require(
      result.output.split(separator: "\n").first { $0.contains("boosting.learning_rate ") })
    for part in ["--learning-rate ", "1e-05 to 1", "default: 0.03 below 20000 rows", "factor"] {
      #expect(line.contains(part), "\(line)")
    }
    let all = try Program.run(["help", "settings"]).output
    for part in ["model.hidden", "gate.margin", "watch recommender", "predict.k"] {
      #expect(all.contains(part), "\(part)")
    }
    #expect(try settings("churn").contains { $0["search"] == "4 to 512, log scale" })
  }

  @Test(arguments: ["churn", "regression", "recommender"])
  func `a loop has its own keys and those of its task, section by section`(task: String) throws {
    let keys = try settings("watch", table: "watch \(task)").compactMap { $0["key"] }
    var sections = keys.map { $0.contains(".") ? String($0.prefix { $0 != "." }) : "" }
    sections = sections.enumerated().filter { $0 == 0 || sections[$0 - 1] != $1 }.map(\.element)
    #expect(Set(sections).count == sections.count, "\(sections)")
    #expect(keys.first == "task" && keys.last == "encryption.key")
    let own = try settings(task).compactMap { $0["key"] }
    let section = task == "recommender" ? "model." : "boosting."
    for key in own where key.hasPrefix(section) && key != "boosting.continue_from" {
      #expect(keys.contains(key), "\(key)")
    }
    for key in ["train.holdout", "gate.mode", "gate.margin", "checks.psi", "predict.format"] {
      #expect(keys.contains(key), "\(key)")
    }
    #expect(!keys.contains("data.path") && !keys.contains("evaluation.holdout"))
  }

  @Test func `help of a verb is what the verb says itself`() throws {
    for verb in [["inspect"], ["train", "churn"], []] {
      let result = try Program.run(["help"] + verb)
      #expect(result.code == 0 && result.errors.isEmpty)
      #expect(try result.output == Program.run(verb + ["--help"]).output)
    }
    let wrong = try Program.run(["help", "settings", "chrun"])
    #expect(wrong.code == 2 && wrong.errors.contains("Did you mean 'churn'?"), "\(wrong.errors)")
  }

  @Test func `flags of lists may be repeated, and every flag may be joined to its value`() throws {
    let workshop = try Workshop()
    let model = workshop.path("model")
    let result = try Program.run([
      "train", "churn", "--data=\(workshop.customers())", "--target=churn", "--id", "id",
      "--num-trees=5", "--drop", "tenure", "--drop=plan", "--num-leaves=3", "--is-unbalance",
      "--seed", "7", "--out", model,
    ])
    #expect(result.code == 0, "\(result.errors)")
    let run = try String(contentsOfFile: "\(model)/run.toml", encoding: .utf8)
    for line in [
      "drop = [\"tenure\", \"plan\"]", "num_leaves = 3", "is_unbalance = true", "seed = 7",
      "header = true",
    ] {
      #expect(run.contains("\n\(line)\n"), "\(line)")
    }
  }
}
