// The loop over interactions as a user runs it: files in, champion, recommendations and vectors out.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct RecommenderLoopTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private static let users = 160
  private static let items = 48

  /// Makes a home whose towers are trained in a moment.
  private func makeHome(_ settings: [String] = []) throws -> String {
    let home = workshop.path("home")
    let all =
      [
        "task=recommender", "watch.settle=0", "evaluation.k=5", "model.dimension=8",
        "model.epochs=12", "predict.k=3", "gate.margin=0.3",
      ] + settings
    let result = try Program.run(
      ["watch", "--init", "--home", home] + all.flatMap { ["--set", $0] })
    try #require(result.code == 0, "\(result.errors)")
    return home
  }

  /// Who took what: most of it of the user's taste, of which there are four.
  private func pairs(each: Int, seed: UInt64) -> [(user: Int, item: Int)] {
    var random = SplitMix(state: seed)
    func number(_ bits: Int) -> Int {
      (0..<bits).reduce(0) { n, _ in 2 * n + (random.next() ? 1 : 0) }
    }
    return (0..<Self.users).flatMap { user in
      (0..<each).map { _ in
        let item = number(12) % Self.items
        return (user, number(3) == 0 ? item : item / 4 * 4 + user % 4)
      }
    }
  }

  private func drop(_ name: String, _ text: String, into home: String) throws {
    let temporary = try workshop.file("drop", text)
    try FileManager.default.moveItem(atPath: temporary, toPath: "\(home)/inbox/\(name)")
  }

  private func drop(
    _ name: String, _ pairs: [(user: Int, item: Int)], into home: String
  ) throws {
    try drop(
      name, "user,item\n" + pairs.map { "u\($0.user),i\($0.item)\n" }.joined(), into: home)
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

  private func lines(_ path: String) throws -> [String] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  @Test func `dropped interactions become a champion that recommends, and newer ones the next`()
    throws
  {
    let home = try makeHome()
    try drop("a.csv", pairs(each: 14, seed: 1), into: home)
    try drop("list.csv", "user\nu1\nu2\nstranger\n", into: home)
    let result = try watch(home)
    #expect(result.code == 0, "\(result.errors)")
    let first = try #require(try champion(home), "\(result.errors)")
    let models = "\(home)/models/recommender"
    let output = try #require(
      try FileManager.default.contentsOfDirectory(atPath: "\(home)/predictions").first)
    #expect(output.hasPrefix("list.") && output.contains(first))
    let rows = try lines("\(home)/predictions/\(output)")
    #expect(rows.count == 10 && rows[0] == "user,rank,item,score,model_version")
    #expect(rows[1].hasPrefix("u1,1,i") && rows[9].hasPrefix("stranger,3,i"))
    // The champion's run folder is one like any other, with the embeddings as they are exported.
    let run = "\(models)/champion/run"
    let asked = try Program.run(["recommend", "--model", run, "--user", "u1", "--k", "3"])
    #expect(asked.code == 0 && asked.output.contains(rows[1].split(separator: ",")[2]), "\(asked)")
    let exported = workshop.path("exported")
    #expect(
      try Program.run([
        "export", "embeddings", "--model", run, "--format", "csv", "--out", exported,
      ]).code == 0)
    #expect(
      try lines("\(run)/embeddings/user_embeddings.csv")
        == lines("\(exported)/user_embeddings.csv"))
    try drop("b.csv", pairs(each: 4, seed: 2), into: home)
    let second = try watch(home)
    let newer = try #require(try champion(home))
    #expect(newer != first && second.errors.contains("promoted \(newer)"), "\(second.errors)")
    #expect(second.errors.contains("predicted list.csv: 9 rows by \(newer)"), "\(second.errors)")
    let shown = try Program.run(["models", "list", "--home", home])
    #expect(shown.output.contains("NDCG@5 0."), "\(shown.output)")
    #expect(try Program.run(["models", "rollback", "--home", home]).code == 0)
    #expect(try champion(home) == first)
    #expect(try Program.run(["audit", "verify", "--home", home]).code == 0)
    #expect(try Program.run(["gc", "--dry-run", "--home", home]).code == 0)
  }

  @Test func `exchanged items never become champion`() throws {
    let home = try makeHome()
    try drop("a.csv", pairs(each: 14, seed: 1), into: home)
    #expect(try watch(home).code == 0)
    let before = try #require(try champion(home))
    var poison = pairs(each: 14, seed: 3)
    let items = poison.map(\.item)
    for row in poison.indices { poison[row].item = items[(row + 777) % items.count] }
    try drop("poison.csv", poison, into: home)
    let refused = try watch(home)
    #expect(refused.errors.contains("quarantined poison.csv: the interactions do not agree"))
    // Where nobody looks at files, the challenger is worse.
    let toml = "\(home)/pipeline.toml"
    let text = try String(contentsOfFile: toml, encoding: .utf8)
    try text.replacing("agreement = 0.1", with: "agreement = 1.0")
      .replacing("margin = 0.3", with: "margin = 0.05")
      .write(toFile: toml, atomically: false, encoding: .utf8)
    try drop("again.csv", poison, into: home)
    let rejected = try watch(home)
    #expect(rejected.errors.contains("rejected"), "\(rejected.errors)")
    #expect(try champion(home) == before)
  }

  @Test func `tables of users and items are features of new users too`() throws {
    let home = try makeHome(["data.user_features=region"])
    try drop("a.csv", pairs(each: 14, seed: 1), into: home)
    let regions = (0..<Self.users + 4).map { "u\($0),r\($0 % 4)\n" }.joined()
    try drop("regions.csv", "user,region\n" + regions, into: home)
    try drop("list.csv", "user\nu\(Self.users + 1)\n", into: home)
    let result = try watch(home)
    #expect(result.code == 0, "\(result.errors)")
    _ = try #require(try champion(home), "\(result.errors)")
    let output = try #require(
      try FileManager.default.contentsOfDirectory(atPath: "\(home)/predictions").first)
    let rows = try lines("\(home)/predictions/\(output)").dropFirst()
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    // Nobody has seen what the new user takes, but many from the same region.
    #expect(rows.count == 3 && rows.allSatisfy { $0[3] != "" })
    for row in rows { #expect((Int(row[2].dropFirst()) ?? 0) % 4 == 1, "\(rows)") }
    let missing = "user,city\nu1,Rome\n"
    try drop("cities.csv", missing, into: home)
    #expect(try watch(home).errors.contains("ingested cities.csv: 1 rows, unlabelled"))
  }

  @Test func `files that are no use go to quarantine with the reason`() throws {
    let home = try makeHome()
    try drop("a.csv", pairs(each: 14, seed: 1), into: home)
    #expect(try watch(home).code == 0)
    for (name, text, reason) in [
      ("empty.csv", "user,item\n", "no rows"), ("items.csv", "item\ni1\n", "for users"),
      ("missing.csv", "user,item\nu1,\n", "row 1 of 'item' is empty"),
      (
        "strange.csv", "user,item\n" + (0..<99).map { "u\($0),x\($0)\n" }.joined(),
        "does not know"
      ),
    ] {
      try drop(name, text, into: home)
      let result = try watch(home)
      let line = try #require(
        result.errorLines.first { $0.hasPrefix("quarantined \(name)") }, "\(result.errors)")
      #expect(line.contains(reason), "\(line)")
    }
  }

  @Test func `a database that is away stops nothing, and no password gets anywhere`() throws {
    let home = try makeHome(["deliver.pgvector=postgresql://nobody@127.0.0.1:1/none"])
    try drop("a.csv", pairs(each: 14, seed: 1), into: home)
    try drop("list.csv", "user\nu1\n", into: home)
    let result = try watch(home)
    #expect(result.code == 8 && result.errors.contains("predicted list.csv"), "\(result.errors)")
    #expect(result.errorLines.count { $0.hasPrefix("problem: ") } == 1, "\(result.errors)")
    #expect(try champion(home) != nil)
    let delivery = try #require(try status(home)["delivery"] as? [String: Any])
    #expect(delivery["problem"] != nil && delivery["version"] == nil)
    let shown = try Program.run(["status", "--home", home])
    #expect(shown.output.contains("delivered: nothing yet to postgresql://127.0.0.1:1/none"))
    let secret = try Program.run([
      "watch", "--init", "--home", workshop.path("other"), "--set", "task=recommender", "--set",
      "deliver.pgvector=postgresql://me:hidden@localhost/db",
    ])
    #expect(secret.code == 2 && !secret.errors.contains("hidden"), "\(secret.errors)")
    #expect(!FileManager.default.fileExists(atPath: workshop.path("other")))
  }

  @Test(.enabled(if: ProcessInfo.processInfo.environment["MLCORE_TEST_POSTGRES"] != nil))
  func `the database has the champion's vectors, and after a rollback those before`() throws {
    // A database of its own: others load tables of the same names at the same time.
    let dsn = try #require(ProcessInfo.processInfo.environment["MLCORE_TEST_POSTGRES"])
      .replacing("mlcore_test", with: "mlcore_loop")
    let home = try makeHome(["deliver.pgvector=\(dsn)"])
    func asks(_ version: String) throws -> Bool {
      let model = "\(home)/models/recommender/\(version)/run"
      let result = try Program.run([
        "recommend", "--model", model, "--user", "u1", "--dsn", dsn,
      ])
      return result.code == 0
    }
    func delivered() throws -> String? {
      (try status(home)["delivery"] as? [String: Any])?["version"] as? String
    }
    try drop("a.csv", pairs(each: 14, seed: 1), into: home)
    let result = try watch(home)
    #expect(result.code == 0, "\(result.errors)")
    let first = try #require(try champion(home))
    #expect(try asks(first) && delivered() == first)
    try drop("b.csv", pairs(each: 4, seed: 2), into: home)
    #expect(try watch(home).code == 0)
    let second = try #require(try champion(home))
    #expect(try second != first && asks(second) && !asks(first) && delivered() == second)
    #expect(try Program.run(["models", "rollback", "--home", home]).code == 0)
    #expect(try watch(home).code == 0)
    #expect(try asks(first) && !asks(second) && delivered() == first)
  }
}
