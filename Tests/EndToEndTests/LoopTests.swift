// The loop as a user runs it: files in, champion and predictions out.
import Foundation
import Testing

@Suite struct LoopTests {
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
}
