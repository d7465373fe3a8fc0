// The loop with a search for hyperparameters before each training.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct LoopSearchTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private static let settings = ["train.trials=8", "boosting.num_trees=60"]

  private struct Study: Decodable {
    struct Trial: Decodable {
      var value: Double
      var state: String
      var params: [String: Double]
    }
    var direction: String
    var trials: [Trial]

    var best: Trial? {
      trials.filter { $0.state == "complete" }.max { $0.value < $1.value }
    }
  }

  private func study(_ home: LoopHome, _ version: String) throws -> Study {
    try JSONDecoder().decode(
      Study.self, from: Data(try home.text("models/churn/\(version)/run/study/study.json").utf8))
  }

  @Test func `each training searches, and begins with what is in service and the defaults`() throws
  {
    let home = try LoopHome(workshop, "home", Self.settings + ["gate.margin=1", "gate.scores=9"])
    try home.drop("a.csv", rows: 0..<1_500)
    let first = try home.watch()
    #expect(first.code == 0, "\(first.errors)")
    let champion = try #require(try home.champion(), "\(first.errors)")
    let found = try study(home, champion)
    #expect(found.trials.count == 8)
    let best = try #require(found.best)
    // run.toml repeats the training, so it says what the search found.
    let run = try home.text("models/churn/\(champion)/run/run.toml")
    for (name, value) in best.params {
      let line = try #require(run.split(separator: "\n").first { $0.hasPrefix("\(name) = ") })
      #expect(Double(line.dropFirst(name.count + 3)) == value, "\(line)")
    }
    // The study itself is kept too, and nothing is left of its making.
    let kept = try Data(
      contentsOf: URL(filePath: "\(home.path)/models/churn/\(champion)/study.sqlite"))
    #expect(kept.starts(with: Data("SQLite format 3".utf8)))
    #expect(!FileManager.default.fileExists(atPath: "\(home.path)/state/study"))
    try home.drop("b.csv", rows: 1_500..<2_600)
    let second = try home.watch()
    #expect(second.code == 0, "\(second.errors)")
    let newer = try #require(
      try home.versions().first { $0 != champion }, "\(second.errors)")
    let next = try study(home, newer)
    #expect(next.trials[0].params == best.params)
    #expect(next.trials[1].params == found.trials[0].params, "the defaults come second")
    #expect(try home.text("runs/2/log").contains("warm start: "))
  }

  @Test func `one processor finds the same as all`() throws {
    var versions: [String] = []
    for name in ["all", "one"] {
      let home = try LoopHome(workshop, name, Self.settings)
      try home.drop("a.csv", rows: 0..<1_500)
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments =
        (name == "one" ? ["taskset", "-c", "0"] : [])
        + [Program.path, "watch", "--home", home.path, "--once"]
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      versions.append(try #require(try home.champion()))
    }
    #expect(versions[0] == versions[1])
  }

  @Test func `a search that is killed goes on in the next training`() throws {
    let settings = ["train.trials=12"]
    let quiet = try LoopHome(workshop, "quiet", settings)
    try quiet.drop("a.csv", rows: 0..<6_000)
    #expect(try quiet.watch().code == 0)
    let home = try LoopHome(workshop, "home", settings)
    try home.drop("a.csv", rows: 0..<6_000)
    let program = try Program.start(["watch", "--home", home.path])
    // Some trials are on the disk.
    try program.wait(for: "some trials") {
      let file = try? FileManager.default.attributesOfItem(
        atPath: "\(home.path)/state/study/study.sqlite-wal")
      return (file?[.size] as? Int) ?? 0 >= 60_000
    }
    program.end(SIGKILL)
    let result = try home.watch()
    #expect(result.code == 0, "\(result.errors)")
    let runs = try #require(try home.status()["runs"] as? [[String: Any]])
    let last = try #require(runs.compactMap { $0["id"] as? Int }.max())
    #expect(try home.text("runs/\(last)/log").contains("the search goes on after "))
    let versions = try quiet.versions()
    #expect(versions.count == 1)
    #expect(try home.versions() == versions)
  }

  @Test func `a search and trees that are added do not go together`() throws {
    let result = try Program.run([
      "watch", "--init", "--home", workshop.path("home"), "--set", "data.target=churn", "--set",
      "train.trials=5", "--set", "train.continue=true",
    ])
    #expect(result.code == 2 && result.errorLines.count == 2, "\(result.errors)")
    #expect(result.errors.contains("train.trials is 5 and train.continue is true"))
    #expect(try workshop.contents() == [])
  }
}
