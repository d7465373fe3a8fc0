// Training from a table to a folder: what is told, what is written, and that it repeats.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct TrainingTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  @Test func `the JSON document has the promised keys and nothing else is on standard output`()
    throws
  {
    let data = try workshop.customers()
    let result = try Program.run([
      "train", "churn", "--data", data, "--target", "churn", "--id", "id", "--folds", "3",
      "--threads", "2", "--seed", "7", "--json", "--out", workshop.path("m"),
    ])
    #expect(result.code == 0, "\(result.errors)")
    let json = try result.json()
    #expect(
      Set(json.keys) == [
        "task", "rows", "columns", "positives", "seed", "threads", "out", "metrics", "folds",
        "baselines", "model", "importances", "reliability", "timings", "column_kinds",
      ])
    #expect(json["task"] as? String == "churn")
    #expect(json["rows"] as? Int == 400)
    #expect(json["columns"] as? Int == 3)
    #expect(json["seed"] as? Int == 7)
    #expect(json["threads"] as? Int == 2)
    #expect(json["out"] as? String == workshop.path("m"))
    let metrics = try #require(json["metrics"] as? [String: Any])
    #expect(
      Set(metrics.keys) == [
        "auc", "log_loss", "pr_auc", "brier", "ece", "lift_at_10", "auc_interval",
      ])
    let interval = try #require(metrics["auc_interval"] as? [Double])
    let auc = try #require(metrics["auc"] as? Double)
    #expect(interval.count == 2 && interval[0] < auc && auc < interval[1])
    #expect(auc > 0.8, "the label is nearly a function of the columns")
    #expect((json["folds"] as? [Any])?.count == 3)
    let baselines = try #require(json["baselines"] as? [String: [String: Any]])
    #expect(Set(baselines.keys) == ["prior", "logistic"])
    #expect(baselines["prior"]?["auc"] as? Double == 0.5)
    let model = try #require(json["model"] as? [String: Any])
    #expect(Set(model.keys) == ["num_trees", "num_leaves_mean", "best_iteration", "calibration"])
    let importances = try #require(json["importances"] as? [[String: Any]])
    #expect(importances.count == 3)
    #expect(
      Set(importances[0].keys) == ["feature", "gain", "splits", "share", "mean_abs_contribution"])
    #expect(importances[0]["feature"] as? String == "tenure")
    let timings = try #require(json["timings"] as? [String: Double])
    let keys: Set = [
      "read", "prepare", "bin", "train", "importances", "baselines", "metrics", "total",
    ]
    #expect(Set(timings.keys) == keys)
    #expect(timings.values.allSatisfy { $0 >= 0 })
  }

  @Test func `the folder holds the promised files`() throws {
    try workshop.train(workshop.customers())
    #expect(
      Set(try workshop.files(of: "model").keys) == [
        "model/churn.safetensors", "preprocessing.json", "scalers/ohe.json", "scalers/ohe.pkl",
        "scalers/std_scaler.json", "scalers/std_scaler.pkl", "metrics.json", "run.toml",
        "manifest.json",
      ])
    #expect(try workshop.contents().filter { $0.hasPrefix(".") } == [])
  }

  @Test func `one, two and four threads write the same bytes`() throws {
    let data = try workshop.customers(rows: 1_500)
    var folders: [[String: Data]] = []
    for threads in ["1", "2", "4"] {
      try workshop.train(data, out: "t\(threads)", ["--threads", threads])
      folders.append(try workshop.files(of: "t\(threads)"))
    }
    #expect(folders[0].count == 9)
    #expect(folders[0] == folders[1])
    #expect(folders[0] == folders[2])
  }

  @Test(arguments: [
    ["--folds", "3"], ["--holdout", "0.3"], ["--seed", "9", "--num-leaves", "5"],
  ])
  func `run.toml repeats the run to the byte, from another folder too`(flags: [String]) throws {
    _ = try workshop.customers("table.csv")
    let first = try Program.run(
      [
        "train", "churn", "--data", "./table.csv", "--target", "churn", "--id", "id",
        "--num-trees", "10", "--out", "first",
      ] + flags, in: workshop.folder)
    #expect(first.code == 0, "\(first.errors)")
    for (verb, out) in [(["train"], "second"), (["train", "churn"], "third")] {
      let again = try Program.run(
        verb + ["--config", workshop.path("first/run.toml"), "--out", workshop.path(out)], in: "/")
      #expect(again.code == 0, "\(again.errors)")
      #expect(try workshop.files(of: out) == workshop.files(of: "first"))
    }
  }

  @Test func `flags go over run.toml without a task too`() throws {
    let data = try workshop.customers()
    try workshop.train(data, ["--folds", "2"])
    let result = try Program.run([
      "train", "--config", workshop.path("model/run.toml"), "--num-leaves", "3", "--holdout", "0.3",
      "--threads", "2", "--json", "--out", workshop.path("again"),
    ])
    #expect(result.code == 0, "\(result.errors)")
    #expect(try result.json()["threads"] as? Int == 2)
    let inspected = try Program.run(["inspect", workshop.path("again"), "--json"]).json()
    let parameters = try #require(inspected["parameters"] as? [String: String])
    #expect(parameters["boosting.num_leaves"] == "3")
    #expect(parameters["evaluation.holdout"] == "0.3")
    #expect(parameters["evaluation.folds"] == "2")
  }

  @Test func `folds stand beside a test table or a holdout`() throws {
    let data = try workshop.customers()
    let test = try workshop.customers("test.csv", rows: 100)
    func report(_ flags: [String], _ out: String) throws -> (metrics: [String: Double], folds: Int)
    {
      let result = try Program.run(
        [
          "train", "churn", "--data", data, "--target", "churn", "--id", "id", "--num-trees", "9",
          "--json", "--out", workshop.path(out),
        ] + flags)
      #expect(result.code == 0, "\(result.errors)")
      let json = try result.json()
      let metrics = try #require(json["metrics"] as? [String: Any])
      return (metrics.compactMapValues { $0 as? Double }, (json["folds"] as? [Any])?.count ?? -1)
    }
    for way in [["--test", test], ["--holdout", "0.3"]] {
      let alone = try report(way, "alone-\(way[0])")
      let both = try report(way + ["--folds", "3"], "both-\(way[0])")
      #expect(alone.metrics == both.metrics && alone.folds == 0 && both.folds == 3)
    }
  }

  @Test func `a judged model has the settings of the written one`() throws {
    // From 20,000 rows on, leaves and learning rate are others than below.
    var text = "id,tenure,churn\n"
    for row in 0..<20_500 { text += "\(row),\(row % 61),\(row % 61 + row % 7 < 20 ? 1 : 0)\n" }
    let data = try workshop.file("large.csv", text)
    func folder(_ flags: [String], _ out: String) throws -> [String: Any] {
      let result = try Program.run(
        [
          "train", "churn", "--data", data, "--target", "churn", "--id", "id", "--num-trees", "3",
          "--early-stopping-rounds", "0", "--json", "--out", workshop.path(out),
        ] + flags)
      return try #require(result.json()["metrics"] as? [String: Any])
    }
    let auto = try folder([], "auto")
    let given = try folder(["--num-leaves", "31", "--learning-rate", "0.05"], "given")
    #expect(auto["log_loss"] as? Double == given["log_loss"] as? Double)
  }

  @Test func `a name with a comma is one column if there is such a column`() throws {
    var text = "id,\"a,b\",a,c,d,churn\n"
    for row in 0..<200 {
      text += "\(row),\(row % 50),\(row % 9),\(row % 7),\(row % 5),\(row % 50 < 20 ? 1 : 0)\n"
    }
    let data = try workshop.file("t.csv", text)
    for (drop, names) in [
      (["a,b"], ["a,b"]), (["a,c"], ["a", "c"]), (["a,b", "a,c"], ["a,b", "a", "c"]),
    ] {
      let result = try Program.run(
        [
          "train", "churn", "--data", data, "--target", "churn", "--id", "id", "--num-trees", "2",
          "--force", "--out", workshop.path("m"),
        ] + drop.flatMap { ["--drop", $0] })
      let run = try String(contentsOfFile: workshop.path("m/run.toml"), encoding: .utf8)
      let list = names.map { "\"\($0)\"" }.joined(separator: ", ")
      #expect(result.code == 0 && run.contains("drop = [\(list)]"), "\(result.errors) \(run)")
    }
  }

  @Test func `the manifest has the checksums of the files that were read`() throws {
    let data = try workshop.customers("table/part.csv", rows: 300)
    _ = try workshop.file("table/notes.md", "not a table")
    try workshop.train(workshop.path("table"), out: "model")
    let text = try Data(contentsOf: URL(filePath: workshop.path("model/manifest.json")))
    let json = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
    let inputs = try #require(json["inputs"] as? [[String: Any]])
    let size = try Data(contentsOf: URL(filePath: data)).count
    #expect(inputs.count == 1 && inputs[0]["size"] as? Int == size)
    #expect(inputs[0]["name"] as? String == workshop.path("table"))
  }

  @Test(arguments: [(300, 20_000, 0), (2_000, 0, 60)])
  func `a wide table trains beside a narrow baseline`(rows: Int, numbers: Int, categories: Int)
    throws
  {
    let names = (0..<numbers).map { "n\($0)" } + (0..<categories).map { "c\($0)" }
    var text = names.joined(separator: ",") + ",churn\n"
    for row in 0..<rows {
      for column in 0..<numbers { text += "\((row * 31 + column * 17) % 97)," }
      for column in 0..<categories { text += "v\((row * 7 + column * row) % 61)," }
      text += "\(row % 3 == 0 ? 1 : 0)\n"
    }
    let result = try Program.run([
      "train", "churn", "--data", try workshop.file("wide.csv", text), "--target", "churn",
      "--num-trees", "2", "--out", workshop.path("m"),
    ])
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.errors.contains("at most 1000 wide"), "\(result.errors)")
  }

  @Test func `another seed makes another model`() throws {
    let data = try workshop.customers()
    try workshop.train(data, out: "a", ["--seed", "1"])
    try workshop.train(data, out: "b", ["--seed", "2"])
    let name = "model/churn.safetensors"
    #expect(try workshop.files(of: "a")[name] != workshop.files(of: "b")[name])
  }

  @Test func `a test table is what the model is judged on`() throws {
    let data = try workshop.customers()
    let test = try workshop.customers("test.csv", rows: 100)
    let result = try Program.run([
      "train", "churn", "--data", data, "--target", "churn", "--id", "id", "--test", test,
      "--num-trees", "20", "--json", "--out", workshop.path("m"),
    ])
    let metrics = try #require(result.json()["metrics"] as? [String: Any])
    let evaluated = try Program.run([
      "evaluate", "--model", workshop.path("m"), "--data", test, "--json",
    ])
    let again = try #require(evaluated.json()["metrics"] as? [String: Any])
    for key in ["auc", "log_loss", "pr_auc", "brier", "ece", "lift_at_10"] {
      #expect(metrics[key] as? Double == again[key] as? Double, "\(key)")
    }
  }

  @Test func `the report for people names the result, the baselines and the next command`() throws {
    let result = try Program.run([
      "train", "churn", "--data", try workshop.customers(), "--target", "churn", "--id", "id",
      "--num-trees", "10", "--out", workshop.path("m"),
    ])
    #expect(result.code == 0)
    for words in [
      "AUC 0.", "95 % interval", "log loss", "logistic regression", "prior", "tenure",
      "next: mlcore predict --model \(workshop.path("m"))", "'Yes'",
    ] {
      #expect(result.output.contains(words), "\(words) is not in: \(result.output)")
    }
    #expect(!result.output.contains("\u{1B}"), "styles outside of a terminal")
    #expect(!result.errors.contains("\u{1B}"), "a progress bar outside of a terminal")
  }

  @Test func `flags overrule --set, which overrules the file`() throws {
    let data = try workshop.customers()
    let config = try workshop.file(
      "c.toml", "seed = 1\n[boosting]\nnum_trees = 3\nnum_leaves = 4\nmax_bin = 17\n")
    try workshop.train(
      data,
      [
        "--config", config, "--set", "boosting.num_leaves=5", "--set", "seed=2",
        "--num-leaves", "6",
      ])
    let inspected = try Program.run(["inspect", workshop.path("model"), "--json"]).json()
    let parameters = try #require(inspected["parameters"] as? [String: String])
    #expect(parameters["boosting.num_leaves"] == "6")
    #expect(parameters["boosting.num_trees"] == "20")
    #expect(parameters["boosting.max_bin"] == "17")
    #expect(parameters["seed"] == "2")
  }

  @Test func `columns without information are left out and said`() throws {
    var text = "id,tenure,same,none,churn\n"
    for row in 0..<200 { text += "\(row),\(row % 50),x,,\(row % 50 < 20 ? 1 : 0)\n" }
    let result = try Program.run([
      "train", "churn", "--data", try workshop.file("t.csv", text), "--target", "churn", "--id",
      "id", "--num-trees", "5", "--out", workshop.path("m"),
    ])
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.contains("same: all cells have the same value"))
    #expect(result.output.contains("none: all cells are missing"))
  }

  @Test func `--force replaces a run folder, and only a run folder`() throws {
    let data = try workshop.customers()
    try workshop.train(data, out: "m", ["--seed", "1"])
    let before = try workshop.files(of: "m")
    try workshop.train(data, out: "m", ["--seed", "2", "--force"])
    #expect(try workshop.files(of: "m") != before)
    _ = try workshop.file("precious", "")
    try FileManager.default.createDirectory(
      atPath: workshop.path("photos"), withIntermediateDirectories: true)
    _ = try workshop.file("photos/cat", "miaow")
    for out in ["precious", "photos"] {
      let result = try Program.run([
        "train", "churn", "--data", data, "--target", "churn", "--force", "--out",
        workshop.path(out),
      ])
      #expect(result.code == 4)
    }
    #expect(try workshop.files(of: "photos") == ["cat": Data("miaow".utf8)])
  }
}
