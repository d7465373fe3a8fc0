// Texts that look the same, and control characters, through the whole program.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct TextIdentityTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private func succeed(_ arguments: [String]) throws -> ProgramResult {
    let result = try Program.run(arguments)
    try #require(result.code == 0, "\(arguments): \(result.errors)")
    return result
  }

  @Test func `control characters in identifiers tell users apart`() throws {
    let users = ["a", "a\u{1}", "\u{1}a", "b", "a\0", "\u{1F}"]
    var text = "user_id,item_id,rating\n"
    for (number, user) in users.enumerated() {
      for item in 0..<5 { text += "\(user),i\(item),\((number * 3 + item * 2) % 5 + 1)\n" }
    }
    let table = try workshop.file("ctl.csv", text)
    let report = try succeed([
      "train", "recommender", "--data", table, "--epochs", "1", "--json", "--out",
      workshop.path("m"),
    ]).json()
    #expect(report["users"] as? Int == users.count)
    for user in ["a", " a\n", "a\u{1}", "\u{1}a", "\u{1F}"] {
      _ = try succeed([
        "recommend", "--model", workshop.path("m"), "--user", user, "--include-seen",
      ])
    }
    for format in ["csv", "parquet", "npy", "safetensors"] {
      _ = try succeed([
        "export", "embeddings", "--model", workshop.path("m"), "--format", format, "--out",
        workshop.path("e.\(format)"),
      ])
    }
  }

  @Test func `categories and classes that look the same are two, and exports agree`() throws {
    var text = "id,city,n,churn\n"
    for row in 0..<600 {
      let isDecomposed = row % 2 == 0
      let churns = isDecomposed != (row % 10 == 0)
      text += "c\(row)\u{1},\(isDecomposed ? "cafe\u{301}" : "caf\u{E9}"),\(row * 37 % 101),"
      text += "\(churns ? "oui\u{E9}" : "ouie\u{301}")\n"
    }
    let table = try workshop.file("t.csv", text)
    let trained = try succeed([
      "train", "churn", "--data", table, "--target", "churn", "--positive", "oui\u{E9}", "--id",
      "id",
      "--num-trees", "20", "--json", "--out", workshop.path("m"),
    ])
    #expect(trained.errors.contains("'city'") && trained.errors.contains("65 CC 81 and C3 A9"))
    let metrics = try #require(try trained.json()["metrics"] as? [String: Any])
    #expect(try #require(metrics["auc"] as? Double) > 0.8)
    for format in ["onnx", "lightgbm"] {
      _ = try succeed([
        "export", format, "--model", workshop.path("m"), "--data", table, "--out",
        workshop.path("m.\(format)"),
      ])
    }
    let predictions = try succeed([
      "predict", "--model", workshop.path("m"), "--data", table, "--out", "-",
    ])
    let lines = predictions.output.utf8.split(separator: UInt8(ascii: "\n"))
    #expect(lines.count == 601 && lines[1].starts(with: "c0\u{1},".utf8))
  }
}
