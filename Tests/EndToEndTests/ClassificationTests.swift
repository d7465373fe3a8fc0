// Binary classification of any target: the same models as for churn, under words that say nothing of
// customers.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct ClassificationTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private func run(_ verb: String, _ task: String, out: String, _ more: [String]) throws
    -> ProgramResult
  {
    try Program.run(
      [
        verb, task, "--data", workshop.customers(), "--target", "churn", "--id", "id",
        "--num-trees", "20", "--out", workshop.path(out),
      ] + more)
  }

  @Test func `a classifier has the trees of a churn model, and its own words`() throws {
    let churn = try run("train", "churn", out: "churn", ["--json"])
    let trained = try run("train", "classification", out: "model", ["--json"])
    #expect(churn.code == 0 && trained.code == 0, "\(churn.errors)\(trained.errors)")
    let (known, report) = (try churn.json(), try trained.json())
    #expect(report["task"] as? String == "classification")
    #expect(Set(report.keys) == Set(known.keys))
    let same = ["metrics", "baselines", "model", "rows", "positives", "importances"]
    func measured(_ report: [String: Any]) -> [String: Any] {
      report.filter { same.contains($0.key) }
    }
    #expect(measured(report).count == same.count)
    #expect(NSDictionary(dictionary: measured(report)).isEqual(to: measured(known)))
    let files = try workshop.files(of: "model")
    #expect(
      try files["model/classification.safetensors"]
        == workshop.files(of: "churn")["model/churn.safetensors"])
    #expect(files["model/churn.safetensors"] == nil)
    let run = try #require(files["run.toml"])
    #expect(String(decoding: run, as: UTF8.self).contains("task = \"classification\""))
    let again = try Program.run([
      "train", "--config", workshop.path("model/run.toml"), "--out", workshop.path("again"),
    ])
    #expect(again.code == 0, "\(again.errors)")
    #expect(try workshop.files(of: "again") == files)
    #expect(again.output.contains("classifier from") && !again.output.contains("churn model"))
  }

  @Test func `a classifier predicts, evaluates, is inspected and exported`() throws {
    #expect(try run("train", "classification", out: "model", []).code == 0)
    let (model, data) = (workshop.path("model"), try workshop.customers())
    let predicted = try Program.run([
      "predict", "--model", model, "--data", data, "--explain", "1", "--out", "-",
    ])
    #expect(predicted.code == 0, "\(predicted.errors)")
    #expect(
      predicted.output.split(separator: "\n").first
        == "id,probability,label,model_version,reason_1,reason_1_effect")
    #expect(predicted.errors.contains("of the positive class"), "\(predicted.errors)")
    let evaluated = try Program.run([
      "evaluate", "--model", model, "--data", data, "--value-of-save", "10", "--cost-of-offer", "1",
      "--json",
    ])
    #expect(evaluated.code == 0, "\(evaluated.errors)")
    let found = try evaluated.json()
    #expect(found["task"] as? String == "classification" && found["profit"] != nil)
    let inspected = try Program.run(["inspect", model, "--json"]).json()
    #expect(inspected["positive"] as? String == "Yes")
    for form in ["lightgbm", "onnx"] {
      let exported = try Program.run([
        "export", form, "--model", model, "--out", workshop.path("model.\(form)"), "--json",
      ])
      #expect(exported.code == 0, "\(exported.errors)")
      #expect(try exported.json()["task"] as? String == "classification")
    }
  }

  @Test func `an identifier may not have the name of an answer`() throws {
    for (task, name) in [("classification", "probability"), ("churn", "churn_probability")] {
      let result = try run("train", task, out: "model", ["--id", name])
      #expect(result.code == 2 && result.errors.contains("'\(name)'"), "\(result.errors)")
    }
  }

  @Test func `a search goes by the same rules, and its models train on`() throws {
    let tuned = try run(
      "tune", "classification", out: "tuned", ["--trials", "2", "--folds", "2", "--json"])
    #expect(tuned.code == 0, "\(tuned.errors)")
    #expect(try tuned.json()["metric"] as? String == "auc")
    let more = try run(
      "train", "classification", out: "more", ["--continue-from", workshop.path("tuned")])
    #expect(more.code == 0, "\(more.errors)")
    let other = try run("train", "churn", out: "x", ["--continue-from", workshop.path("tuned")])
    #expect(other.code == 4, "\(other.errors)")
    #expect(other.errors.contains("'classification', expected 'churn'"), "\(other.errors)")
  }
}
