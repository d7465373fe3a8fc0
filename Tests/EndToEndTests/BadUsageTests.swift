// Arguments and settings that cannot be used end in two lines and code 2, before any data is read.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct BadUsageTests {
  private func refused(
    _ arguments: [String], location: SourceLocation = #_sourceLocation
  ) throws -> String {
    let result = try Program.run(arguments)
    #expect(result.code == 2, "\(arguments): \(result.errors)", sourceLocation: location)
    #expect(result.errorLines.count == 2, "\(result.errors)", sourceLocation: location)
    #expect(result.output.isEmpty, sourceLocation: location)
    return result.errors
  }

  /// Arguments that would train, if there were such a table.
  private let training = [
    "train", "churn", "--data", "/nonexistent.csv", "--target", "churn", "--out", "/nonexistent/m",
  ]

  @Test func `help and version are no errors`() throws {
    for arguments in [
      ["--help"], ["train", "churn", "--help"], ["predict", "-h"], ["help", "inspect"],
      ["--version"], ["generate", "churn", "--help"],
    ] {
      let result = try Program.run(arguments)
      #expect(result.code == 0 && result.errors.isEmpty && !result.output.isEmpty, "\(arguments)")
    }
  }

  @Test func `verbs, tasks and flags that do not exist come with a suggestion`() throws {
    #expect(try refused(["trian"]).contains("'train'"))
    #expect(try refused(["train", "chrun", "--data", "x"]).contains("'churn'"))
    #expect(try refused(["generate", "customers"]).contains("churn"))
    #expect(try refused(["help", "trian"]).contains("'train'"))
    #expect(try refused(training + ["--num-leafs", "3"]).contains("--num-leaves"))
  }

  @Test func `a flag with one value is given once`() throws {
    let twice = try refused(training + ["--data=/other.csv"])
    #expect(twice.contains("--data is given twice, expected once"), "\(twice)")
    let often = try refused(training + ["--num-trees", "3", "--num-trees", "4", "--num-trees=5"])
    #expect(often.contains("--num-trees is given 3 times"), "\(often)")
    for verb in [
      ["predict", "--model", "m", "--data", "d", "--out", "a", "--out", "b"],
      ["models", "list", "--home", "a", "--home", "b"], ["watch", "--home", "a", "--home", "b"],
    ] { #expect(try refused(verb).contains("is given twice"), "\(verb)") }
    let workshop = try Workshop()
    let file = try workshop.file("c.toml", "task = \"churn\"\n")
    #expect(
      try refused(["train", "--config", file, "--config", file, "--out", "/nonexistent/m"])
        .contains("--config is given twice"))
  }

  @Test func `a flag that does nothing without another one is refused`() throws {
    let recommend = try refused(["recommend", "--model", "m", "--user", "1", "--force"])
    #expect(recommend.contains("--force was given without --users"), "\(recommend)")
    let similar = try refused(["similar", "--model", "m", "--item", "1", "--force"])
    #expect(similar.contains("--force was given without --all"), "\(similar)")
  }

  @Test func `a flag that collects values is given as often as there are values`() throws {
    let workshop = try Workshop()
    let result = try Program.run([
      "train", "churn", "--data", "/nonexistent.csv", "--target", "churn", "--out",
      workshop.path("m"), "--drop", "a", "--drop", "b", "--set", "seed=1", "--set",
      "data.positive=x",
    ])
    #expect(result.code == 4 && result.errors.contains("/nonexistent.csv"), "\(result.errors)")
  }

  @Test func `keys that do not exist come with a suggestion`() throws {
    #expect(
      try refused(training + ["--set", "boosting.num_leafs=3"])
        .contains("Did you mean 'boosting.num_leaves'?"))
    #expect(try refused(training + ["--set", "num_leaves"]).contains("section.key=value"))
  }

  @Test(arguments: [
    ("--learning-rate", "-0.1"), ("--learning-rate", "0"), ("--learning-rate", "nan"),
    ("--num-trees", "0"), ("--num-trees", "-5"), ("--num-trees", "1e9"), ("--num-leaves", "1"),
    ("--num-leaves", "1000000"), ("--max-depth", "0"), ("--max-depth", "-2"),
    ("--min-data-in-leaf", "0"), ("--lambda-l2", "-1"), ("--lambda-l1", "inf"),
    ("--feature-fraction", "0"), ("--feature-fraction", "1.5"), ("--bagging-fraction", "-1"),
    ("--max-bin", "1"), ("--max-bin", "100000"), ("--early-stopping-rounds", "-1"),
    ("--min-sum-hessian-in-leaf", "-0.5"), ("--holdout", "1"), ("--holdout", "-0.2"),
    ("--folds", "-2"), ("--folds", "1"), ("--seed", "-1"), ("--seed", "many"),
    ("--threads", "0"), ("--threads", "-3"), ("--delimiter", "long"),
  ])
  func `negative and absurd values are refused with what is expected`(flag: String, value: String)
    throws
  {
    let errors = try refused(training + [flag, value])
    #expect(errors.contains(value) && errors.contains("expected"), "\(errors)")
  }

  @Test func `the same through --set and through a file`() throws {
    let workshop = try Workshop()
    #expect(
      try refused(training + ["--set", "boosting.learning_rate=-1"])
        .contains("boosting.learning_rate"))
    let file = try workshop.file("c.toml", "[boosting]\nlearning_rate = \"fast\"\n")
    #expect(try refused(training + ["--config", file]).contains("\"fast\""))
    let broken = try workshop.file("broken.toml", "[boosting\n")
    #expect(try refused(training + ["--config", broken]).contains("line 1"))
    let unknown = try workshop.file("unknown.toml", "[bosting]\nlearning_rate = 0.1\n")
    #expect(try refused(training + ["--config", unknown]).contains("boosting.learning_rate"))
    let section = try workshop.file("section.toml", "boosting = 3\n")
    #expect(try refused(training + ["--config", section]).contains("'boosting' is a section"))
    let numbers = try workshop.file("numbers.toml", "[data]\ndrop = [1, 2]\n")
    #expect(try refused(training + ["--config", numbers]).contains("data.drop is an array"))
  }

  @Test func `settings that cannot be read are files that cannot be read`() throws {
    let workshop = try Workshop()
    for (file, fact) in [
      ("/nonexistent.toml", "there is no such file"), (workshop.folder, "this is a folder"),
    ] {
      let result = try Program.run(training + ["--config", file])
      #expect(result.code == 4 && result.errorLines.count == 2, "\(result.errors)")
      #expect(result.errors.contains("\(file): \(fact)"), "\(result.errors)")
    }
  }

  @Test(arguments: [
    ("--threads", "many", "a whole number from 0"), ("--explain", "2.5", "a whole number from 0"),
    ("--explain", "99999999999999999999", "a whole number from 0"),
    ("--interactions", "few", "a whole number from 0"),
  ])
  func `a number that is none names its flag and what is expected`(
    flag: String, value: String, expected: String
  ) throws {
    let errors = try refused([
      "predict", "--model", "m", "--data", "d", "--out", "o.csv", flag, value,
    ])
    #expect(errors.contains("\(flag) is '\(value)', expected \(expected)"), "\(errors)")
    let profit = try refused([
      "evaluate", "--model", "m", "--data", "d", "--value-of-save", "much", "--cost-of-offer", "1",
    ])
    #expect(profit.contains("--value-of-save is 'much', expected a number"), "\(profit)")
  }

  @Test func `a flag of another task is not taken for a slip of the finger`() throws {
    let errors = try refused(training + ["--loss", "squared"])
    #expect(errors.contains("'--loss'") && !errors.contains("Did you mean"), "\(errors)")
  }

  @Test func `what is missing is asked for by its flag`() throws {
    #expect(try refused(["train", "churn", "--target", "a", "--out", "/x/y"]).contains("--data"))
    #expect(try refused(["train", "churn", "--data", "a", "--out", "/x/y"]).contains("--target"))
    #expect(try refused(["train", "churn", "--data", "a", "--target", "b"]).contains("--out"))
    #expect(try refused(["train", "--out", "/x/y"]).contains("--config"))
    #expect(try refused(["predict", "--data", "a", "--out", "-"]).contains("--model"))
    #expect(try refused(["generate", "churn", "--out", "a.csv"]).contains("--rows"))
    #expect(try refused(["inspect"]).contains("<dir>"))
  }

  @Test func `a holdout and a test table exclude each other`() throws {
    let errors = try refused(training + ["--holdout", "0.3", "--test", "t.csv"])
    #expect(errors.contains("--holdout") && errors.contains("--test"))
  }

  @Test(arguments: ["model_version", "churn_label", "churn_probability"])
  func `an identifier may not have the name of a column of predictions`(name: String) throws {
    #expect(try refused(training + ["--id", name]).contains(name))
  }

  @Test(arguments: [["--rows", "0"], ["--rows", "-4"], ["--rows", "99999999999"]])
  func `a number of rows that cannot be made`(rows: [String]) throws {
    _ = try refused(["generate", "churn", "--out", "/tmp/never.csv"] + rows)
  }

  @Test func `errors go to standard error with --json too`() throws {
    let result = try Program.run(training + ["--json"])
    #expect(result.code == 4 && result.output.isEmpty && result.errorLines.count == 2)
  }

  @Test(arguments: [
    ["predict", "--model", "m", "--data", "d", "--out", ""], ["train", "churn", "--out="],
    ["tune", "recommender", "--data", "d", "--out", ""], ["status", "--home", ""],
    ["export", "onnx", "--model", "", "--out", "x"], ["train", "churn", "--config", ""],
  ])
  func `an empty path names its flag`(_ arguments: [String]) throws {
    let result = try Program.run(arguments)
    #expect(result.code == 2 && result.errorLines.count == 2, "\(result.errors)")
    #expect(result.errors.contains("is empty") && result.errors.contains("--"), "\(result.errors)")
  }

  @Test(arguments: [
    ("scale-pos-weight", "1e-300", "0.001"), ("scale-pos-weight", "1e300", "1000"),
    ("learning-rate", "1e-300", "1e-05"), ("bagging-fraction", "1e-300", "0.001"),
    ("feature-fraction", "1e-300", "0.001"), ("validation-fraction", "1e-300", "0.01"),
    ("lambda-l2", "1e300", "1000000000"), ("min-sum-hessian-in-leaf", "1e300", "1000000000"),
    ("min-gain-to-split", "inf", "1000000000"), ("cat-smooth", "nan", "1000000000"),
    ("seed", "9223372036854775808", "9223372036854775807"), ("seed", "-1", "0"),
  ])
  func `absurd settings are refused with their bounds`(
    flag: String, value: String, bound: String
  ) throws {
    let result = try Program.run([
      "train", "churn", "--data", "d", "--target", "y", "--out", "o", "--\(flag)=\(value)",
    ])
    #expect(result.code == 2 && result.errors.contains("--\(flag)"), "\(result.errors)")
    #expect(result.errors.contains(bound), "\(result.errors)")
  }

  @Test(arguments: [
    ("learning-rate", "1e-300"), ("weight-decay", "1e300"), ("hidden", "1000000000"),
    ("temperature", "1e-300"),
  ])
  func `absurd settings of towers are refused`(flag: String, value: String) throws {
    let result = try Program.run([
      "train", "recommender", "--data", "d", "--out", "o", "--\(flag)", value,
    ])
    #expect(result.code == 2 && result.errors.contains("expected"), "\(result.errors)")
  }

  @Test func `every hyperparameter has a flag, and help names the training of a file`() throws {
    let workshop = try Workshop()
    let model = try workshop.train(workshop.customers())
    let run = try String(contentsOfFile: "\(model)/run.toml", encoding: .utf8)
    let section = try #require(run.components(separatedBy: "[boosting]\n").last)
    let keys = section.split(separator: "\n").filter { $0.contains(" = ") }.map {
      $0.split(separator: " ")[$0.hasPrefix("# ") ? 1 : 0]
    }
    #expect(keys.count > 20, "\(keys)")
    for verb in ["train", "tune"] {
      let help = try Program.run([verb, "churn", "--help"]).output
      for key in keys {
        #expect(help.contains("--" + key.replacing("_", with: "-")), "\(verb): \(key)")
      }
    }
    let towers = try Program.run(["train", "recommender", "--help"]).output
    for flag in ["--hidden", "--weight-decay", "--patience", "--uses-id", "--split", "--k "] {
      #expect(towers.contains(flag), "\(flag)")
    }
    #expect(try Program.run(["train", "--help"]).output.contains("train --config run.toml"))
  }

  @Test func `a model is written to a folder of this machine`() throws {
    let workshop = try Workshop()
    let result = try Program.run(
      [
        "train", "churn", "--data", try workshop.customers(), "--target", "churn", "--id", "id",
        "--out", "s3://bucket/model",
      ], in: workshop.folder)
    #expect(result.code == 2 && result.errors.contains("s3://bucket/model"), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: workshop.path("s3:")))
  }

  /// The pipe is looked at twice: for the task, and for the keys.
  @Test func `settings from a pipe that names the task are all applied`() throws {
    let workshop = try Workshop()
    let result = try Program.run(
      [
        "train", "--config", "/dev/stdin", "--data", try workshop.customers(), "--target",
        "churn", "--id", "id", "--json", "--out", workshop.path("m"),
      ],
      shell: "printf 'task=\"churn\"\\nseed=7\\n[boosting]\\nnum_trees=3\\n' | \"$@\"")
    #expect(result.code == 0, "\(result.errors)")
    #expect(try result.json()["seed"] as? Int == 7)
    let model = try #require(try result.json()["model"] as? [String: Any])
    #expect((model["num_trees"] as? Int ?? 0) <= 3)
  }

  @Test func `more columns than a model can have are refused before they are read`() throws {
    let workshop = try Workshop()
    let names = (0..<66_000).map { "c\($0)" }.joined(separator: ",")
    var text = "churn,\(names)\n"
    for row in 0..<20 {
      let digit = row % 3 == 0 ? 1 : 2
      text += "\(row % 2)," + [String](repeating: "\(digit)", count: 66_000).joined(separator: ",")
      text += "\n"
    }
    let result = try Program.run([
      "train", "churn", "--data", workshop.file("wide.csv", text), "--target", "churn", "--out",
      workshop.path("m"),
    ])
    #expect(result.code == 3 && result.errors.contains("66001 columns"), "\(result.errors)")
    #expect(result.errors.contains("at most 65537"), "\(result.errors)")
  }
}
