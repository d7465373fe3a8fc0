// Training that continues from the model of a run folder.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct ContinuedTrainingTests {
  let workshop: Workshop
  let data: String
  let more: String

  init() throws {
    workshop = try Workshop()
    data = try workshop.customers()
    more = try workshop.file("more.csv", Self.changed(data, shift: 3))
  }

  /// A table of other customers: tenures are longer, and there is a plan that is not in the first.
  private static func changed(_ path: String, shift: Int) throws -> String {
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    let rows = lines.dropFirst().map { line in
      var cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      cells[0] = "D\(cells[0])"
      cells[1] = "\((Int(cells[1]) ?? 0) + shift)"
      if cells[3].isEmpty { cells[3] = "gold" }
      return cells.joined(separator: ",")
    }
    return ([String(lines[0])] + rows).joined(separator: "\n") + "\n"
  }

  private func attempt(_ flags: [String], data: String? = nil) throws -> ProgramResult {
    try Program.run(
      [
        "train", "churn", "--data", data ?? more, "--target", "churn", "--id", "id", "--num-trees",
        "10", "--out", workshop.path("refused"),
      ].overridden(by: flags))
  }

  @Test func `a folder inside the model to continue from is refused`() throws {
    let old = try workshop.train(data, out: "old")
    let result = try attempt(["--continue-from", old, "--out", "\(old)/new"])
    #expect(result.code == 2)
    #expect(result.errors.contains("inside the model folder"), "\(result.errors)")
    #expect(try Program.run(["inspect", old]).code == 0)
  }

  private func model(_ result: ProgramResult) throws -> [String: Any] {
    try #require(result.json()["model"] as? [String: Any])
  }

  @Test func `new trees stand behind the old ones, and the run repeats`() throws {
    let old = try workshop.train(data, out: "old", ["--early-stopping-rounds", "0"])
    let result = try attempt([
      "--continue-from", old, "--early-stopping-rounds", "0", "--json", "--folds", "2",
      "--out", workshop.path("new"), "--threads", "3",
    ])
    #expect(result.code == 0 && !result.errors.contains("too good"), "\(result.errors)")
    let summary = try model(result)
    #expect(summary["num_trees"] as? Int == 30 && summary["continued_trees"] as? Int == 20)
    #expect(summary["best_iteration"] as? Int == 10)
    #expect((try result.json()["folds"] as? [Any])?.count == 2)

    let again = try Program.run([
      "train", "--config", workshop.path("new/run.toml"), "--out", workshop.path("again"),
      "--threads", "1",
    ])
    #expect(again.code == 0, "\(again.errors)")
    #expect(again.output.contains("30 trees (20 of the model continued from)"))
    #expect(try workshop.files(of: "again") == workshop.files(of: "new"))

    let manifest = try String(contentsOfFile: workshop.path("new/manifest.json"), encoding: .utf8)
    for name in ["more.csv", "old/manifest.json", "customers.csv"] {
      #expect(manifest.contains(workshop.path(name)), "\(name): \(manifest)")
    }
    let inspected = try Program.run(["inspect", workshop.path("new"), "--json"]).json()
    let parameters = try #require(inspected["parameters"] as? [String: String])
    #expect(parameters["boosting.continue_from"] == "\"\(old)\"")
    // A model that was not continued has no such key.
    let plain = try String(contentsOfFile: "\(old)/metrics.json", encoding: .utf8)
    #expect(!plain.contains("continued_trees"))
  }

  @Test func `a continued model predicts, explains and is exported`() throws {
    let old = try workshop.train(data, out: "old")
    let new = try workshop.train(more, out: "new", ["--continue-from", old])
    let table = try workshop.file("t.csv", "id,tenure,charge,plan\nA,9,2.5,gold\nB,50,7,platinum\n")
    let result = try Program.run([
      "predict", "--model", new, "--data", table, "--explain", "3", "--out", "-",
    ])
    #expect(result.code == 0 && result.errors.contains("such as 'platinum'"), "\(result.errors)")
    let first = try #require(result.output.split(separator: "\n").dropFirst().first)
    for reason in ["tenure = 9", "charge = 2.5", "plan = gold"] {
      #expect(first.contains(reason), "\(first)")
    }
    for (format, file) in [("lightgbm", "m.txt"), ("onnx", "m.onnx")] {
      let export = try Program.run([
        "export", format, "--model", new, "--out", workshop.path(file), "--data", more,
      ])
      #expect(export.code == 0, "\(export.errors)")
    }
  }

  @Test func `reasons name the columns that they are of, whatever the order of the table`() throws {
    let old = try workshop.train(data, out: "old", ["--drop", "tenure"])
    let new = try workshop.train(data, out: "new", ["--continue-from", old])
    // The tenure decides most, and stands first in the table but last in the model.
    let table = try workshop.file("t.csv", "id,tenure,charge,plan\nA,60,50,plus\n")
    let result = try Program.run([
      "predict", "--model", new, "--data", table, "--explain", "1", "--out", "-",
    ])
    #expect(result.output.contains(",tenure = 60,-"), "\(result.output) \(result.errors)")
  }

  @Test func `rows that the old trees have learnt from are no test of the new ones`() throws {
    let old = try workshop.train(data, out: "old")
    let same = try attempt(["--continue-from", old, "--out", workshop.path("same")], data: data)
    #expect(same.code == 0 && same.errors.contains("the metrics are too good"), "\(same.errors)")
    // The training rows are not judged here.
    let elsewhere = try attempt(
      ["--continue-from", old, "--test", more, "--out", workshop.path("b")], data: data)
    #expect(!elsewhere.errors.contains("learnt from the rows"), "\(elsewhere.errors)")
    let calibrated = try attempt(
      [
        "--continue-from", old, "--test", more, "--calibration", "platt", "--out",
        workshop.path("calibrated"),
      ], data: data)
    #expect(calibrated.errors.contains("too close to 0 and 1"), "\(calibrated.errors)")
    let test = try attempt(
      ["--continue-from", old, "--test", data, "--out", workshop.path("c")])
    #expect(test.code == 0 && test.errors.contains("too good"), "\(test.errors)")
    // A model of three steps has learnt from the first table, too.
    let third = try workshop.train(
      workshop.file("third.csv", Self.changed(data, shift: 8)), out: "third",
      ["--continue-from", workshop.path("c")])
    let evaluated = try Program.run(["evaluate", "--model", third, "--data", data])
    #expect(evaluated.code == 0 && evaluated.errors.contains("was trained on"))
    // What it was only tested on, it has not.
    let tested = try Program.run(["evaluate", "--model", workshop.path("b"), "--data", more])
    #expect(tested.code == 0 && !tested.errors.contains("was trained on"), "\(tested.errors)")
  }

  @Test func `weights of classes leave the probabilities where they are`() throws {
    // A fifth churns, which the value says little about.
    var text = "id,value,churn\n"
    for row in 0..<500 {
      text += "C\(row),\(row * 7919 % 23 + (row % 5 == 0 ? 4 : 0)),\(row % 5 == 0 ? 1 : 0)\n"
    }
    let rare = try workshop.file("rare.csv", text)
    func mean(_ model: String) throws -> Double {
      let result = try Program.run([
        "predict", "--model", model, "--data", rare, "--force", "--out",
        workshop.path("p.csv"), "--json",
      ])
      return try #require(result.json()["mean_probability"] as? Double)
    }
    var model = try workshop.train(rare, out: "m0", ["--scale-pos-weight", "4"])
    let weights = [["--scale-pos-weight", "9"], ["--is-unbalance"], []]
    for (index, flags) in weights.enumerated() {
      model = try workshop.train(
        rare, out: "m\(index + 1)", ["--num-trees", "2", "--continue-from", model] + flags)
      #expect(abs(try mean(model) - 0.2) < 0.03, "\(flags)")
    }
  }

  @Test func `a calibrated model can be continued, and calibrated anew`() throws {
    let old = try workshop.train(data, out: "old", ["--calibration", "platt"])
    let plain = try attempt(["--continue-from", old, "--json", "--out", workshop.path("a")])
    #expect(try model(plain)["calibration"] as? String == "none")
    let calibrated = try attempt([
      "--continue-from", old, "--calibration", "isotonic", "--json", "--out", workshop.path("b"),
    ])
    #expect(try model(calibrated)["calibration"] as? String == "isotonic")
  }

  @Test func `columns of the old model that say nothing any more stay`() throws {
    let old = try workshop.train(data, out: "old")
    let lines = try String(contentsOfFile: data, encoding: .utf8).split(separator: "\n")
    for (index, charge) in ["", "5"].enumerated() {
      let rows = lines.dropFirst().map { line in
        var cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        cells[2] = charge
        return cells.joined(separator: ",")
      }
      let table = try workshop.file(
        "constant\(index).csv", "\(lines[0])\n" + rows.joined(separator: "\n") + "\n")
      let result = try attempt(
        ["--continue-from", old, "--out", workshop.path("new\(index)")], data: table)
      #expect(result.code == 0 && !result.output.contains("left out"), "\(result.errors)")
    }
  }

  @Test func `what cannot be continued is refused, and nothing is written`() throws {
    let old = try workshop.train(data, out: "old")
    func expect(
      _ flags: [String], data: String? = nil, code: Int32, _ facts: [String]
    ) throws {
      let result = try attempt(["--continue-from", old].overridden(by: flags), data: data)
      #expect(result.code == code && result.errorLines.count == 2, "\(flags): \(result.errors)")
      for fact in facts { #expect(result.errors.contains(fact), "\(fact): \(result.errors)") }
      #expect(try !workshop.contents().contains { $0.hasPrefix("refused") })
    }
    try expect(["--positive", "No"], code: 2, ["'No'", "'Yes'", old])
    try expect(["--drop", "charge"], code: 3, ["more.csv", "'charge'", "number", old])
    try expect(["--id", "tenure"], code: 3, ["'tenure' is an identifier", old])
    try expect(["--target", "plan", "--id", "churn"], code: 3, ["'plan' is the target", old])
    try expect(["--categorical", "charge"], code: 3, ["'charge'", "kind category", "number"])
    let text = try String(contentsOfFile: more, encoding: .utf8)
    let renamed = try workshop.file("renamed.csv", text.replacing("tenure", with: "months"))
    try expect([], data: renamed, code: 3, ["renamed.csv", "'tenure' is missing", old])
    let words = try workshop.file("words.csv", text.replacing(",7.", with: ",much7."))
    try expect([], data: words, code: 3, ["words.csv", "charge", "much7."])
    let labels = try workshop.file("labels.csv", text.replacing(",Yes\n", with: ",Maybe\n"))
    try expect([], data: labels, code: 3, ["labels.csv", "'Maybe'", "'Yes'"])
    try expect(["--continue-from", workshop.path("none")], code: 4, ["none", "no such folder"])
    try expect(["--continue-from", ""], code: 2, ["--continue-from", "empty"])
    try expect(["--out", old, "--force"], code: 2, ["continue_from", "--out"])
    let file = workshop.path("old/model/churn.safetensors")
    var bytes = try Data(contentsOf: URL(filePath: file))
    bytes[bytes.count - 5] ^= 1
    try bytes.write(to: URL(filePath: file))
    try expect([], code: 5, ["churn.safetensors", "SHA-256"])
  }
}
