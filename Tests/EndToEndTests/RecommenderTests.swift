// A recommender as people use it: trained, asked, exported, measured, and what the program says to
// mistakes.
import Foundation
import Testing

@Suite(.serialized) struct RecommenderTests {
  private static let postgres = ProcessInfo.processInfo.environment["MLCORE_TEST_POSTGRES"]
  /// Identifiers that careless readers and writers change.
  private static let users = [
    "007", "7", "a,b", "say \"no\"", "two\nlines", "it's", "back\\slash", "{x}", "é", "1e3",
  ]
  private static let items = ["01", "1", "x,y", "\"q\"", "line\nend", "i's", "a\\b", "[1]", "0.10"]

  private let workshop: Workshop

  init() throws { workshop = try Workshop() }

  /// A field of CSV.
  private static func field(_ text: String) -> String {
    "\"\(text.replacing("\"", with: "\"\""))\""
  }

  private static func isTaken(_ user: Int, _ item: Int) -> Bool { (user * 5 + item * 3) % 4 > 0 }

  /// A table of the pairs that were taken, or of the others.
  private func table(_ name: String, taken: Bool = true) throws -> String {
    var text = "user,item\n"
    for (user, userName) in Self.users.enumerated() {
      for (item, itemName) in Self.items.enumerated() where Self.isTaken(user, item) == taken {
        text += "\(Self.field(userName)),\(Self.field(itemName))\n"
      }
    }
    return try workshop.file(name, text)
  }

  private func train(_ more: [String] = []) throws -> String {
    let result = try Program.run(
      [
        "train", "recommender", "--data", table("pairs.csv"), "--out", workshop.path("model"),
        "--epochs", "3", "--dimension", "4", "--force",
      ] + more)
    try #require(result.code == 0, "\(result.errors)")
    return workshop.path("model")
  }

  /// A list that a verb prints.
  private func list(_ arguments: [String]) throws -> [[String: Any]] {
    let result = try Program.run(arguments)
    try #require(result.code == 0, "\(arguments): \(result.errors)")
    return try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
  }

  private func ids(_ list: [[String: Any]]) -> [String] { list.compactMap { $0["id"] as? String } }

  @Test func `identifiers stay what they are on the way to recommendations and files`() throws {
    let model = try train()
    for (user, name) in Self.users.enumerated() {
      let found = ids(
        try list(["recommend", "--model", model, "--user", name, "--k", "99"]))
      let expected = Self.items.indices.filter { !Self.isTaken(user, $0) }.map { Self.items[$0] }
      #expect(Set(found) == Set(expected) && found.count == expected.count)
    }
    for name in Self.items {
      let found = ids(try list(["similar", "--model", model, "--item", name, "--k", "99"]))
      #expect(Set(found + [name]) == Set(Self.items) && found.count == Self.items.count - 1)
    }
    let exported = try Program.run([
      "export", "embeddings", "--model", model, "--format", "npy", "--out", workshop.path("npy"),
    ])
    try #require(exported.code == 0, "\(exported.errors)")
    for (side, names) in [("user", Self.users), ("item", Self.items)] {
      let lines = try String(
        contentsOfFile: workshop.path("npy/\(side)_embeddings.ids.jsonl"), encoding: .utf8)
      let found = try lines.split(separator: "\n").map {
        try JSONDecoder().decode(String.self, from: Data($0.utf8))
      }
      #expect(found == names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
      let csv = try String(
        contentsOfFile: "\(model)/embeddings/\(side)_embeddings.csv", encoding: .utf8)
      for name in names {
        let isQuoted = name.contains { ",\"\n".contains($0) }
        #expect(csv.contains("\n\(isQuoted ? Self.field(name) : name),\"["))
      }
    }
  }

  @Test(.enabled(if: postgres != nil, "needs PostgreSQL; tools/test starts one"))
  func `identifiers stay what they are in a database, which gives the same answers`() throws {
    let dsn = try #require(Self.postgres)
    let model = try train()
    for more in [[], ["--index"]] {
      let loaded = try Program.run(
        ["export", "pgvector", "--model", model, "--dsn", dsn, "--force", "--json"] + more)
      try #require(loaded.code == 0, "\(loaded.errors)")
      #expect(try loaded.json()["items"] as? Int == Self.items.count)
    }
    var questions: [[String]] = []
    for name in Self.users { questions.append(["recommend", "--user", name, "--k", "99"]) }
    for name in Self.items { questions.append(["similar", "--item", name, "--k", "99"]) }
    for question in questions {
      let whole = question + ["--model", model]
      let (folder, database) = (try Program.run(whole), try Program.run(whole + ["--dsn", dsn]))
      #expect(database.code == 0 && database.output == folder.output, "\(question): \(database)")
    }
  }

  @Test(.enabled(if: postgres != nil, "needs PostgreSQL; tools/test starts one"))
  func `the password of sources is not sent to the database of vectors`() throws {
    let dsn = try #require(Self.postgres).replacing("tester@", with: "guarded@")
    let model = try train()
    let arguments = ["export", "pgvector", "--model", model, "--dsn", dsn]
    // Without the files of whoever runs the tests.
    let source = try Program.run(
      arguments,
      environment: ["HOME": workshop.folder, "MLCORE_SOURCE_PASSWORD": "a secret"])
    #expect(source.code == 8 && source.errors.contains("cannot connect"), "\(source.errors)")
    let own = try Program.run(
      arguments, environment: ["HOME": workshop.folder, "PGPASSWORD": "a secret"])
    #expect(!own.errors.contains("cannot connect"), "\(own.errors)")
  }

  @Test func `a recommender is measured on other interactions`() throws {
    let model = try train()
    let data = try table("others.csv", taken: false)
    let result = try Program.run(["evaluate", "--model", model, "--data", data, "--json"])
    let report = try result.json()
    let pairs = (0..<Self.users.count * Self.items.count).count {
      !Self.isTaken($0 / Self.items.count, $0 % Self.items.count)
    }
    #expect(report["task"] as? String == "recommender")
    #expect(report["interactions"] as? Int == pairs)
    let metrics = try #require(report["metrics"] as? [String: Any])
    // All that is left are the items that each user took there.
    #expect(metrics["recall_at_20"] as? Double == 1 && metrics["ndcg_at_20"] as? Double == 1)
    let text = try Program.run(["evaluate", "--model", model, "--data", data])
    #expect(text.code == 0 && text.output.contains("ndcg@20"), "\(text.errors)")
    let known = try Program.run([
      "evaluate", "--model", model, "--data", workshop.path("pairs.csv"),
    ])
    #expect(known.code == 3 && known.errorLines.count == 2, "\(known.errors)")
    let profit = try Program.run([
      "evaluate", "--model", model, "--data", data, "--value-of-save", "1", "--cost-of-offer", "1",
    ])
    #expect(profit.code == 2 && profit.errorLines.count == 2, "\(profit.errors)")
  }

  @Test func `a folder of another task is named as such`() throws {
    let churn = try workshop.train(workshop.customers(), out: "churn")
    let recommender = try train()
    let dsn = "postgresql://u@127.0.0.1:1/db"
    let cases: [[String]] = [
      ["recommend", "--model", churn, "--user", "7"],
      ["similar", "--model", churn, "--item", "7"],
      ["export", "embeddings", "--model", churn, "--out", workshop.path("e")],
      ["export", "pgvector", "--model", churn, "--dsn", dsn],
      ["predict", "--model", recommender, "--data", workshop.path("pairs.csv"), "--out", "-"],
    ]
    for arguments in cases {
      let result = try Program.run(arguments)
      #expect(result.code == 4 && result.errorLines.count == 2, "\(arguments): \(result.errors)")
      #expect(result.errors.contains("this is not a"), "\(result.errors)")
    }
  }

  @Test func `what is asked in a wrong way ends with its code and two lines`() throws {
    let model = try train()
    let secret = "postgresql://u:hunter2@127.0.0.1/db"
    let cases: [(code: Int32, says: String, arguments: [String])] = [
      (2, "no user", ["recommend", "--user", "8"]),
      (2, "nothing that was said", ["recommend", "--user-features", "{}"]),
      (2, "no item", ["similar", "--item", "8"]),
      (2, "--k", ["similar", "--item", "7", "--k", "0"]),
      (2, "password", ["export", "pgvector", "--dsn", secret]),
      (2, "password", ["similar", "--item", "1", "--dsn", secret]),
      (
        2, "not a database",
        ["recommend", "--user", "7", "--dsn", "host=h user=u password=hunter2"]
      ),
    ]
    for (code, says, arguments) in cases {
      let result = try Program.run(arguments + ["--model", model])
      #expect(result.code == code && result.errorLines.count == 2, "\(arguments): \(result.errors)")
      #expect(result.errors.contains(says), "\(result.errors)")
      #expect(!result.errors.contains("hunter2") && result.output.isEmpty)
    }
  }
}
