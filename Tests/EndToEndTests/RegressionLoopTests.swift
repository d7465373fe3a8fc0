// The loop over regression models as a user runs it: files in, champion and predictions out.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct RegressionLoopTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private func makeHome(_ settings: [String] = []) throws -> LoopHome {
    try LoopHome(
      workshop, "home",
      [
        "task=regression", "data.target=value", "boosting.num_trees=80",
        "boosting.learning_rate=0.1",
      ] + settings)
  }

  /// Drops customers, whose value is nearly a function of two columns.
  private func drop(
    _ name: String, into home: LoopHome, rows: Range<Int>, labelled: Bool = true,
    value: (Int) -> Int = Self.value
  ) throws {
    let lines = rows.map { row in
      let plan = ["basic", "plus", "", "max"][row % 4]
      let cells = "C\(row),\(row * 37 % 61),\(Double(row * 53 % 997) / 10),\(plan)"
      return cells + (labelled ? ",\(value(row))\n" : "\n")
    }
    let temporary = try workshop.file(
      "drop", "id,tenure,charge,plan" + (labelled ? ",value\n" : "\n") + lines.joined())
    try FileManager.default.moveItem(atPath: temporary, toPath: "\(home.path)/inbox/\(name)")
  }

  private static func value(_ row: Int) -> Int {
    row * 37 % 61 * 3 + (row % 4 == 3 ? 90 : 0) + row * 7919 % 11
  }

  /// The value of some other row.
  private static func scrambled(_ row: Int) -> Int {
    var bits = UInt64(row + 1) &* 0x9e37_79b9_7f4a_7c15
    bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
    return value(Int((bits ^ (bits >> 31)) % 4_000))
  }

  private func document(_ path: String) throws -> [String: Any] {
    let data = try Data(contentsOf: URL(filePath: path))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test(arguments: [("squared", "rmse"), ("absolute", "mae"), ("poisson", "mean_poisson_deviance")])
  func `a dropped table becomes a champion that predicts`(loss: String, measure: String) throws {
    let home = try makeHome(["boosting.loss=\(loss)"])
    try drop("a.csv", into: home, rows: 0..<1_500)
    try drop("u.csv", into: home, rows: 2_000..<2_300, labelled: false)
    let result = try home.watch()
    #expect(result.code == 0, "\(result.errors)")
    let champion = try #require(try home.champion(), "\(result.errors)")
    let folder = "\(home.path)/predictions"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(names.count == 1 && names[0].hasPrefix("u.") && names[0].contains(champion))
    let lines = try String(contentsOfFile: "\(folder)/\(names[0])", encoding: .utf8)
      .split(separator: "\n")
    #expect(lines.count == 301 && lines[0] == "id,prediction,model_version")
    #expect(lines[1].hasPrefix("C2000,") && lines[1].hasSuffix(champion))
    let version = "\(home.path)/models/regression/champion"
    let gate = try document("\(version)/gate.json")
    #expect(gate["passes"] as? Bool == true && gate["challenger"] as? String == champion)
    #expect(gate["positives"] == nil)
    #expect(Set((gate["metrics"] as? [String: Any] ?? [:]).keys).contains("r2"))
    #expect(try document("\(version)/reference.json")["measure"] as? String == measure)
    let shown = try Program.run(["models", "list", "--home", home.path])
    let words = ["rmse": "RMSE", "mae": "MAE", "mean_poisson_deviance": "Poisson deviance"]
    #expect(
      try shown.code == 0 && shown.output.contains(#require(words[measure])), "\(shown)")
    // The champion's run folder is one like any other.
    let again = try Program.run([
      "inspect", "\(version)/run", "--json",
    ])
    #expect(try again.json()["loss"] as? String == loss, "\(again.errors)")
  }

  @Test func `shuffled targets never become champion`() throws {
    let home = try makeHome()
    try drop("a.csv", into: home, rows: 0..<1_500)
    #expect(try home.watch().code == 0)
    let before = try #require(try home.champion())
    // Of a file that is large enough the labels are doubted as it comes in.
    try drop("poison.csv", into: home, rows: 1_500..<3_000) { Self.scrambled($0) }
    let result = try home.watch()
    #expect(result.errors.contains("quarantined poison.csv"), "\(result.errors)")
    #expect(result.errors.contains("the labels do not agree"), "\(result.errors)")
    // In small portions nobody notices, but the gate does.
    for part in 0..<20 {
      let start = 3_000 + 60 * part
      try drop("p\(part).csv", into: home, rows: start..<start + 60) {
        Self.scrambled($0)
      }
    }
    let second = try home.watch()
    #expect(second.errors.contains("rejected"), "\(second.errors)")
    #expect(try home.champion() == before)
  }

  @Test func `a first table with shuffled targets makes no champion`() throws {
    let home = try makeHome()
    try drop("poison.csv", into: home, rows: 0..<1_500) { Self.scrambled($0) }
    let result = try home.watch()
    #expect(result.errors.contains("rejected"), "\(result.errors)")
    #expect(try home.champion() == nil)
  }

  @Test func `files that no regression can use go to quarantine with the reason`() throws {
    let home = try makeHome(["boosting.loss=poisson"])
    try drop("a.csv", into: home, rows: 0..<1_500)
    #expect(try home.watch().code == 0)
    for verb in [["status"], ["models", "list"]] {
      let shown = try Program.run(verb + ["--home", home.path])
      #expect(shown.output.contains("Poisson deviance "), "\(shown)")
    }
    let head = "id,tenure,charge,plan,value\n"
    let bad = [
      ("word.csv", "C1,2,5.5,basic,many\n", "many"),
      ("negative.csv", "C1,2,5.5,basic,-3\n", "at least 0"),
      ("gap.csv", "C1,2,5.5,basic,3\nC2,2,5.5,basic,\n", "missing"),
    ]
    for (name, text, _) in bad { _ = try workshop.file("home/inbox/\(name)", head + text) }
    let result = try home.watch()
    #expect(result.code == 0, "\(result.errors)")
    for (name, _, reason) in bad {
      let line = try #require(
        result.errorLines.first { $0.hasPrefix("quarantined \(name)") }, "\(name)")
      #expect(line.contains(reason), "\(line)")
    }
  }

  @Test func `a search runs before each training where that is asked for`() throws {
    let home = try makeHome(["train.trials=4", "boosting.loss=absolute", "boosting.num_trees=30"])
    try drop("a.csv", into: home, rows: 0..<1_000)
    let result = try home.watch()
    let champion = try #require(try home.champion(), "\(result.errors)")
    let folder = "\(home.path)/models/regression/\(champion)"
    #expect(FileManager.default.fileExists(atPath: "\(folder)/study.sqlite"))
    let study = try document("\(folder)/run/study/study.json")
    #expect((study["trials"] as? [Any])?.count == 4 && study["direction"] as? String == "minimise")
  }

  @Test func `a loop needs a target, and takes no key of another task`() throws {
    let home = workshop.path("home")
    let made = try Program.run(["watch", "--init", "--home", home, "--set", "task=regression"])
    #expect(made.code == 0 && made.errors.contains("set data.target"), "\(made.errors)")
    let none = try Program.run(["watch", "--home", home, "--once"])
    #expect(none.code == 2 && none.errors.contains("data.target is empty"), "\(none.errors)")
    for (key, other) in [("train.continue=true", "train."), ("gate.leak=0.9", "gate.leak")] {
      let result = try Program.run([
        "watch", "--init", "--home", workshop.path("other"), "--set", "task=regression", "--set",
        key,
      ])
      #expect(result.code == 2 && result.errors.contains(other), "\(result.errors)")
    }
    let wrong = try Program.run([
      "watch", "--init", "--home", workshop.path("other"), "--set", "task=regresion",
    ])
    #expect(
      wrong.code == 2
        && wrong.errors.contains("one of churn, classification, regression, recommender"),
      "\(wrong.errors)")
  }
}
