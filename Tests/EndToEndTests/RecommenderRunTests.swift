// Recommenders by the program: trained on an extracted shop, asked, exported, and repeated.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct RecommenderRunTests {
  private let workshop: Workshop
  private let shop: String

  init() throws {
    workshop = try Workshop()
    let database = workshop.path("shop.sqlite")
    shop = workshop.path("ratings_ml_training")
    try Self.succeed([
      "generate", "classicmodels", "--seed", "3", "--customers", "40", "--products", "30", "--out",
      database,
    ])
    try Self.succeed(["etl", "--source", database, "--out", shop])
  }

  @discardableResult
  private static func succeed(_ arguments: [String]) throws -> ProgramResult {
    let result = try Program.run(arguments)
    try #require(result.code == 0, "\(arguments): \(result.errors)")
    return result
  }

  /// Trains a small model on a table and returns its report.
  private func train(
    _ data: String? = nil, out: String = "model", _ flags: [String] = []
  ) throws -> [String: Any] {
    try Self.succeed(
      [
        "train", "recommender", "--data", data ?? shop, "--out", workshop.path(out), "--json",
      ] + flags
    ).json()
  }

  private func list(_ arguments: [String]) throws -> [[String: Any]] {
    let result = try Self.succeed(arguments)
    return try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
  }

  private func ids(_ rows: [[String: Any]]) -> [String] { rows.compactMap { $0["id"] as? String } }

  /// A table of pairs without ratings: each user takes items of one of two kinds.
  private func pairs() throws -> String {
    var text = "user_id,item_id\n"
    for user in 0..<60 {
      for step in 0..<8 { text += "u\(user),i\(2 * ((user * 7 + step * 5) % 20) + user % 2)\n" }
    }
    return try workshop.file("pairs.csv", text)
  }

  @Test func `ratings train the towers of the lab, and the run repeats to the byte`() throws {
    let report = try train()
    for key in [
      "task", "users", "items", "interactions", "metrics", "baselines", "model", "epochs",
      "samples_per_second", "timings", "seed", "threads", "out",
    ] {
      #expect(report[key] != nil, "\(key) is missing")
    }
    // Not every customer has ordered.
    let users = try #require(report["users"] as? Int)
    #expect(20...40 ~= users && report["items"] as? Int == 30)
    let metrics = try #require(report["metrics"] as? [String: Any])
    for key in ["rmse", "recall_at_20", "ndcg_at_20", "hit_rate_at_20", "coverage_at_20"] {
      #expect(metrics[key] is Double, "\(key) is missing")
    }
    let baselines = try #require(report["baselines"] as? [String: [String: Any]])
    for name in ["global_mean", "bias", "factors"] { #expect(baselines[name]?["rmse"] is Double) }
    let model = try #require(report["model"] as? [String: Any])
    #expect(model["dimension"] as? Int == 32)
    let files = try workshop.files(of: "model")
    for name in [
      "model/two_tower.safetensors", "model/items.safetensors", "model/best_model.pth",
      "embeddings/user_embeddings.csv", "embeddings/item_embeddings.csv", "scalers/user_ohe.pkl",
      "scalers/item_std_scaler.json",
      "metrics.json", "run.toml", "manifest.json",
    ] {
      #expect(files[name] != nil, "\(name) is missing")
    }
    try Self.succeed([
      "train", "--config", workshop.path("model/run.toml"), "--out", workshop.path("again"),
      "--threads", "1",
    ])
    #expect(try workshop.files(of: "again") == files)
  }

  @Test func `known and new users get items, and items have neighbours`() throws {
    _ = try train()
    let folder = workshop.path("model")
    let vectors = try String(
      contentsOfFile: workshop.path("model/embeddings/user_embeddings.csv"), encoding: .utf8)
    let user = String(vectors.split(separator: "\n")[1].prefix { $0 != "," })
    let unseen = try list(["recommend", "--model", folder, "--user", user, "--k", "30"])
    let all = try list([
      "recommend", "--model", folder, "--user", user, "--k", "30", "--include-seen",
    ])
    #expect(all.count == 30 && unseen.count < 30 && !unseen.isEmpty)
    let scores = all.compactMap { $0["score"] as? Double }
    #expect(scores.count == 30 && scores == scores.sorted(by: >))
    #expect(ids(all).filter(Set(ids(unseen)).contains) == ids(unseen))
    let new = try list([
      "recommend", "--json", "--model", folder, "--user-features",
      #"{"country": "France", "creditlimit": 20000}"#,
    ])
    #expect(new.count == 10)
    let item = ids(all)[0]
    let near = try list(["similar", "--model", folder, "--item", item, "--k", "50"])
    #expect(near.count == 29 && !ids(near).contains(item))
    let distances = near.compactMap { $0["distance"] as? Double }
    #expect(distances == distances.sorted())
  }

  @Test func `pairs without ratings train an exact softmax that beats popularity`() throws {
    let report = try train(try pairs())
    let metrics = try #require(report["metrics"] as? [String: Any])
    let baselines = try #require(report["baselines"] as? [String: [String: Any]])
    #expect(metrics["rmse"] == nil || metrics["rmse"] is NSNull)
    for name in ["popularity", "ials"] { #expect(baselines[name] != nil) }
    for name in ["global_mean", "bias", "factors"] { #expect(baselines[name] == nil) }
    let candidates = try #require(report["candidates"] as? [String: Double])
    #expect(Set(candidates.keys) == ["retrieval", "graph", "ease"])
    let ours = try #require(metrics["ndcg_at_20"] as? Double)
    let popular = try #require(baselines["popularity"]?["ndcg_at_20"] as? Double)
    #expect(ours > popular)
    let preset = try #require((report["model"] as? [String: Any])?["preset"] as? String)
    #expect(candidates[preset] == candidates.values.max())
    #expect((report["embeddings"] == nil) == (preset == "retrieval"))
  }

  @Test func `baselines alone need no folder`() throws {
    let report = try Self.succeed([
      "train", "recommender", "--data", try pairs(), "--baseline-only", "--json",
    ]).json()
    #expect((report["baselines"] as? [String: Any])?.isEmpty == false)
    #expect(report["metrics"] == nil || report["metrics"] is NSNull)
    #expect(try workshop.contents().contains("model") == false)
  }

  @Test(arguments: ["csv", "npy", "parquet", "safetensors"])
  func `embeddings are exported`(format: String) throws {
    _ = try train()
    try Self.succeed([
      "export", "embeddings", "--model", workshop.path("model"), "--format", format, "--out",
      workshop.path("vectors"),
    ])
    let names = try workshop.contents(of: "vectors")
    #expect(names.contains { $0.hasSuffix(".\(format)") && $0.contains("user") }, "\(names)")
    #expect(names.contains { $0.hasSuffix(".\(format)") && $0.contains("item") }, "\(names)")
  }

  @Test func `a recommender is inspected`() throws {
    let report = try train()
    let found = try Self.succeed(["inspect", workshop.path("model"), "--json"]).json()
    #expect(found["task"] as? String == "recommender")
    #expect(found["interactions"] as? Int == report["interactions"] as? Int)
    #expect((found["files"] as? [Any])?.count == (try workshop.files(of: "model").count) - 1)
    let words = try Self.succeed(["inspect", workshop.path("model")]).output
    #expect(words.contains("lab preset") && words.contains("model/best_model.pth"))
  }

  @Test(arguments: [
    ["--user-id", "user_id", "--item-id", "user_id"], ["--rating", "user_id"],
    ["--timestamp", "stars", "--rating", "stars"], ["--user-features", "stars,stars"],
    ["--item-features", "item_id"], ["--user-features", "stars", "--rating", "stars"],
  ])
  func `a column with two roles is refused`(_ flags: [String]) throws {
    let table = try workshop.file("rated.csv", "user_id,item_id,stars\n1,2,3\n2,1,4\n3,2,5\n")
    let result = try Program.run(
      ["train", "recommender", "--data", table, "--out", workshop.path("refused")] + flags)
    #expect(result.code == 2 && result.errorLines.count == 2, "\(result.errors)")
    #expect(result.errors.contains("is named twice"), "\(result.errors)")
    #expect(try workshop.contents().allSatisfy { !$0.contains("refused") })
  }

  @Test func `a column found by its name gives way to what it is named for`() throws {
    let table = try workshop.file(
      "rated.csv", "user_id,rating\n" + (0..<90).map { "\($0 % 9),\($0 * 7 % 11)\n" }.joined())
    let report = try train(table, ["--item-id", "rating"])
    #expect((report["model"] as? [String: Any])?["preset"] as? String != "lab")
  }

  @Test func `questions that have no answer end with their code and two lines`() throws {
    _ = try train()
    let model = workshop.path("model")
    let cases: [(code: Int32, arguments: [String])] = [
      (2, ["recommend", "--model", model]),
      (2, ["recommend", "--model", model, "--user", "1", "--user-features", "{}"]),
      (2, ["recommend", "--model", model, "--user-features", "[1]"]),
      (2, ["recommend", "--model", model, "--user", "nobody"]),
      (2, ["recommend", "--model", model, "--user-features", #"{"colour": "red"}"#]),
      (2, ["similar", "--model", model, "--item", "nothing"]),
      (2, ["similar", "--model", model, "--item", "x", "--k", "0"]),
      (4, ["similar", "--model", workshop.path("none"), "--item", "x"]),
      (4, ["predict", "--model", model, "--data", shop, "--out", "-"]),
      (2, ["train", "recommender", "--data", shop, "--preset", "labb", "--out", "x"]),
      (8, ["export", "pgvector", "--model", model, "--dsn", "postgresql://u@127.0.0.1:1/db"]),
    ]
    for (code, arguments) in cases {
      let result = try Program.run(arguments, in: workshop.folder)
      #expect(result.code == code && result.errorLines.count == 2, "\(arguments): \(result.errors)")
      #expect(result.output.isEmpty)
    }
  }

  @Test(.enabled(if: ProcessInfo.processInfo.environment["MLCORE_TEST_POSTGRES"] != nil))
  func `a vector database answers as the folder does`() throws {
    _ = try train()
    let dsn = try #require(ProcessInfo.processInfo.environment["MLCORE_TEST_POSTGRES"])
    let model = workshop.path("model")
    try Self.succeed(["export", "pgvector", "--model", model, "--dsn", dsn, "--index"])
    let known = try list([
      "recommend", "--model", model, "--user-features", #"{"country": "France"}"#, "--k", "7",
    ])
    for question in [
      ["recommend", "--user-features", #"{"country": "France"}"#, "--k", "7"],
      ["similar", "--item", ids(known)[0], "--k", "6"],
    ] {
      let arguments = [question[0], "--model", model] + question.dropFirst()
      let here = try Self.succeed(arguments).output
      #expect(try Self.succeed(arguments + ["--dsn", dsn]).output == here)
    }
    // Another model's vectors are not mistaken for this one's.
    _ = try train(out: "other", ["--seed", "7"])
    let other = try Program.run([
      "similar", "--model", workshop.path("other"), "--item", ids(known)[0], "--dsn", dsn,
    ])
    #expect(other.code == 3 || other.code == 2, "\(other.errors)")
    #expect(other.errors.contains("item_emb") && other.output.isEmpty, "\(other.errors)")
  }
}
