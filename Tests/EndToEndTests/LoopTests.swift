// The loop as a user runs it: files in, champion and predictions out.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct LoopTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  /// Makes a home for tables of customers.
  private func makeHome(_ settings: [String] = []) throws -> String {
    let home = workshop.path("home")
    let all =
      [
        "data.target=churn", "data.id=id", "watch.settle=0",
      ] + settings
    let result = try Program.run(
      ["watch", "--init", "--home", home] + all.flatMap { ["--set", $0] })
    try #require(result.code == 0, "\(result.errors)")
    return home
  }

  /// Customers with and without labels; rows from `first` on.
  private func drop(
    _ name: String, into home: String, rows: Range<Int>, labelled: Bool = true,
    label: (Int) -> String? = { _ in nil }
  ) throws {
    let table = try workshop.customers("all.csv", rows: rows.upperBound)
    let lines = try String(contentsOfFile: table, encoding: .utf8).split(separator: "\n")
    var text = lines[0] + "\n"
    for row in rows {
      var cells = lines[row + 1].split(separator: ",", omittingEmptySubsequences: false)
      if let label = label(row) { cells[cells.count - 1] = Substring(label) }
      text += cells.joined(separator: ",") + "\n"
    }
    if !labelled {
      text =
        text.split(separator: "\n").map { line in
          String(line[..<(line.lastIndex(of: ",") ?? line.endIndex)])
        }.joined(separator: "\n") + "\n"
    }
    let temporary = try workshop.file("drop", String(text))
    try FileManager.default.moveItem(atPath: temporary, toPath: "\(home)/inbox/\(name)")
  }

  private func watch(_ home: String) throws -> ProgramResult {
    try Program.run(["watch", "--home", home, "--once"])
  }

  private func status(_ home: String) throws -> [String: Any] {
    try Program.run(["status", "--home", home, "--json"]).json()
  }

  private func champion(_ home: String) throws -> String? {
    let aliases = try status(home)["aliases"] as? [String: Any]
    return (aliases?["champion"] as? [String: Any])?["version"] as? String
  }

  @Test func `a dropped table becomes a champion that predicts`() throws {
    let home = try makeHome()
    try drop("a.csv", into: home, rows: 0..<1_500)
    try drop("u.csv", into: home, rows: 0..<300, labelled: false)
    let result = try watch(home)
    #expect(result.code == 0, "\(result.errors)")
    let champion = try #require(try self.champion(home), "\(result.errors)")
    let folder = "\(home)/predictions"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(names.count == 1 && names[0].hasPrefix("u.") && names[0].contains(champion))
    let lines = try String(contentsOfFile: "\(folder)/\(names[0])", encoding: .utf8)
      .split(separator: "\n")
    #expect(lines.count == 301 && lines[0] == "id,churn_probability,churn_label,model_version")
    #expect(lines[1].hasSuffix(champion))
    // The champion's run folder is one like any other.
    let again = try Program.run([
      "predict", "--model", "\(home)/models/churn/champion/run", "--data",
      workshop.path("all.csv"), "--out", workshop.path("p.csv"),
    ])
    #expect(again.code == 0, "\(again.errors)")
    let audit = try Program.run(["audit", "verify", "--home", home])
    #expect(audit.code == 0, "\(audit.errors)")
  }

  @Test func `any two classes are kept fresh`() throws {
    let home = try LoopHome(workshop, "home", ["task=classification"])
    try home.drop("a.csv", rows: 0..<1_500)
    try home.drop("u.csv", rows: 0..<300, labelled: false)
    let result = try home.watch()
    #expect(result.code == 0, "\(result.errors)")
    let champion = try #require(try home.champion(), "\(result.errors)")
    let names = try home.files()
    #expect(
      names.contains("models/classification/\(champion)/run/model/classification.safetensors"))
    let name = try #require(names.first { $0.hasPrefix("predictions/u.") })
    let lines = try home.text(name).split(separator: "\n")
    #expect(lines.count == 301 && lines[0] == "id,probability,label,model_version")
  }

  @Test func `shuffled labels never become champion`() throws {
    // Of a file that is large enough the labels are doubted as it comes in.
    let home = try makeHome()
    try drop("a.csv", into: home, rows: 0..<1_500)
    #expect(try watch(home).code == 0)
    let before = try #require(try champion(home))
    var random = SplitMix(state: 7)
    try drop("poison.csv", into: home, rows: 1_500..<3_000) { _ in random.next() ? "Yes" : "No" }
    let result = try watch(home)
    #expect(result.errors.contains("quarantined poison.csv"), "\(result.errors)")
    // In small portions nobody notices, but the challenger is worse.
    for part in 0..<25 {
      try drop("p\(part).csv", into: home, rows: 3_000 + 60 * part..<3_060 + 60 * part) { _ in
        random.next() ? "Yes" : "No"
      }
    }
    let second = try watch(home)
    #expect(second.errors.contains("rejected"), "\(second.errors)")
    #expect(try champion(home) == before)
  }

  @Test func `a first table with shuffled labels makes no champion`() throws {
    let home = try makeHome()
    var random = SplitMix(state: 11)
    try drop("poison.csv", into: home, rows: 0..<2_000) { _ in random.next() ? "Yes" : "No" }
    let result = try watch(home)
    #expect(result.errors.contains("rejected"), "\(result.errors)")
    #expect(try champion(home) == nil)
  }

  @Test func `a column that knows the answer is held back`() throws {
    let home = try makeHome()
    let text = (0..<1_500).map {
      "C\($0),\($0 * 37 % 61),\($0 % 3),\($0 % 3 == 0 ? "Yes" : "No")\n"
    }
    _ = try workshop.file("home/inbox/a.csv", "id,tenure,plan,churn\n" + text.joined())
    let result = try watch(home)
    #expect(result.errors.contains("give away"), "\(result.errors)")
    #expect(try champion(home) == nil)
  }

  @Test func `files unlike the champion's data go to quarantine with the reason`() throws {
    let home = try makeHome()
    try drop("a.csv", into: home, rows: 0..<1_500)
    #expect(try watch(home).code == 0)
    let head = "id,tenure,charge,plan\n"
    func rows(_ cells: (Int) -> String) -> String {
      head + (0..<200).map { "C\($0),\(cells($0))\n" }.joined()
    }
    let bad = [
      ("missing.csv", rows { _ in ",5.5,basic" }, "missing cells"),
      ("unseen.csv", rows { "\($0 % 61),5.5,new\($0 % 3)" }, "categories"),
      ("scale.csv", rows { "\($0 % 61),\(100_000 + $0),basic" }, "far outside"),
      ("type.csv", rows { "\($0 % 61),many,basic" }, "many"),
      ("column.csv", "id,tenure,plan\nC1,2,basic\n", "there is no column 'charge'"),
    ]
    for (name, text, _) in bad { _ = try workshop.file("home/inbox/\(name)", text) }
    _ = try workshop.file("home/inbox/good.csv", rows { "\($0 % 61),\($0 % 90),basic" })
    let result = try watch(home)
    #expect(result.code == 0, "\(result.errors)")
    for (name, _, reason) in bad {
      let line = try #require(
        result.errorLines.first { $0.hasPrefix("quarantined \(name)") }, "\(name)")
      #expect(line.contains(reason), "\(line)")
    }
    #expect(result.errors.contains("predicted good.csv"), "\(result.errors)")
    let names = try FileManager.default.contentsOfDirectory(atPath: "\(home)/quarantine")
    #expect(names.count == 2 * bad.count)
  }

  @Test func `trees are added to the champion's where that is asked for`() throws {
    let home = try makeHome(["train.continue=true", "gate.margin=1", "gate.calibration=1"])
    try drop("a.csv", into: home, rows: 0..<1_500)
    #expect(try watch(home).code == 0)
    try drop("b.csv", into: home, rows: 1_500..<2_500)
    let result = try watch(home)
    let runs = try FileManager.default.contentsOfDirectory(atPath: "\(home)/models/churn")
      .filter { $0.count == 12 }
    #expect(runs.count == 2, "\(result.errors)")
    let texts = try runs.map {
      try String(contentsOfFile: "\(home)/models/churn/\($0)/run/run.toml", encoding: .utf8)
    }
    #expect(texts.contains { $0.contains("continue_from = \"\(home)/models/churn/") })
  }

  @Test func `a termination while a model trains loses nothing`() throws {
    let home = try makeHome()
    try drop("a.csv", into: home, rows: 0..<20_000)
    let program = try Program.start(["watch", "--home", home])
    try program.wait(for: "a training") {
      let log = try? FileManager.default.contentsOfDirectory(atPath: "\(home)/runs/1/candidate")
      return log?.isEmpty == false
    }
    let ended = program.end()
    #expect(ended.code == 143, "\(ended)")
    #expect(try champion(home) == nil)
    #expect(try watch(home).code == 0)
    let states = (try status(home)["runs"] as? [[String: Any]])?.compactMap {
      $0["state"] as? String
    }
    #expect(states?.count == 2 && states?.last == "interrupted" && states?.first != "interrupted")
    #expect(try (status(home)["files"] as? [String: Int])?["ingested"] == 1)
  }

  @Test func `a second loop is told that the home is taken`() throws {
    let home = try makeHome()
    let program = try Program.start(["watch", "--home", home])
    try program.wait(for: "the loop's lock") { try status(home)["watching"] as? Bool == true }
    let second = try Program.run(["watch", "--home", home])
    #expect(second.code == 6 && second.errorLines.count == 2, "\(second.errors)")
    let cleaning = try Program.run(["gc", "--home", home])
    #expect(cleaning.code == 6, "\(cleaning.errors)")
    #expect(try Program.run(["gc", "--dry-run", "--home", home]).code == 0)
    #expect(program.isRunning)
  }

  @Test(.enabled(if: Mount.isPossible, "file systems cannot be mounted here"))
  func `a full disk is one clear line, and all goes on when there is space`() throws {
    let disk = try #require(Mount(at: workshop.path("disk"), options: "size=3m"))
    let made = try Program.run([
      "watch", "--init", "--home", "\(disk.path)/home", "--set", "data.target=churn", "--set",
      "data.id=id", "--set", "watch.settle=0",
    ])
    #expect(made.code == 0, "\(made.errors)")
    let home = "\(disk.path)/home"
    let table = try workshop.customers(rows: 1_500)
    try FileManager.default.copyItem(atPath: table, toPath: "\(home)/inbox/a.csv")
    _ = FileManager.default.createFile(atPath: "\(disk.path)/filler", contents: nil)
    let filler = try FileHandle(forWritingTo: URL(filePath: "\(disk.path)/filler"))
    while (try? filler.write(contentsOf: Data(count: 4_096))) != nil {}
    try filler.close()
    let full = try watch(home)
    #expect(
      full.code == 4 && (full.errors.contains("full") || full.errors.contains("No space left")),
      "\(full.errors)")
    #expect(FileManager.default.fileExists(atPath: "\(home)/inbox/a.csv"))
    try FileManager.default.removeItem(atPath: "\(disk.path)/filler")
    let free = try watch(home)
    #expect(free.code == 0, "\(free.errors)")
    #expect(try champion(home) != nil)
    #expect(!FileManager.default.fileExists(atPath: "\(home)/inbox/a.csv"))
  }

  @Test(.enabled(if: Mount.isPossible, "file systems cannot be mounted here"))
  func `a home that cannot be written is refused`() throws {
    let disk = try #require(Mount(at: workshop.path("disk"), options: "size=3m"))
    let home = "\(disk.path)/home"
    let made = try Program.run(["watch", "--init", "--home", home, "--set", "data.target=churn"])
    #expect(made.code == 0, "\(made.errors)")
    let mount = Process()
    mount.executableURL = URL(filePath: "/usr/bin/env")
    mount.arguments = ["mount", "-o", "remount,ro", disk.path]
    try mount.run()
    mount.waitUntilExit()
    let result = try watch(home)
    #expect(result.code == 4 && result.errorLines.count == 2, "\(result.errors)")
    #expect(result.errors.contains("Read-only file system"), "\(result.errors)")
  }

  @Test func `mistakes are two lines with the right code`() throws {
    let home = try makeHome()
    let none = workshop.path("none")
    for (arguments, code) in [
      (["watch", "--home", none], 4), (["status", "--home", none], 4),
      (["watch", "--init", "--home", home], 4), (["watch", "--home", home, "--set", "a=b"], 2),
      (["models", "promote", "abc", "--home", home], 2),
      (["models", "rollback", "--home", home], 1), (["models", "shw", "--home", home], 2),
      (["watch", "--init", "--home", none, "--set", "watch.setle=1"], 2),
      (["watch", "--init", "--home", none, "--set", "watch.folders=[\"x\"]"], 2),
      (["watch", "--init", "--home", none, "--set", "encryption.key=key"], 2),
    ] {
      let result = try Program.run(arguments)
      #expect(result.code == code && result.errorLines.count == 2, "\(arguments): \(result.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: none))
    let toml = "\(home)/pipeline.toml"
    let text = try String(contentsOfFile: toml, encoding: .utf8)
    try text.replacingOccurrences(of: "settle = 0.0", with: "settel = 0.0")
      .write(toFile: toml, atomically: false, encoding: .utf8)
    let result = try watch(home)
    #expect(result.code == 2 && result.errors.contains("watch.settle"), "\(result.errors)")
  }
}

/// Coin throws that are the same each time.
struct SplitMix {
  var state: UInt64

  mutating func next() -> Bool {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return (z ^ (z >> 31)) & 1 == 1
  }
}
