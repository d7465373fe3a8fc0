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
    #expect(try refused(training + ["--num-leafs", "3"]).contains("--num-leaves"))
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
    #expect(
      try refused(training + ["--config", "/nonexistent.toml"]).contains("/nonexistent.toml"))
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
}
