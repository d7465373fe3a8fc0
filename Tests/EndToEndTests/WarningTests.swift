// What people are told when the numbers of a run are doubtful, and when rows are too few for any.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct WarningTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private func train(_ data: String, _ more: [String]) throws -> ProgramResult {
    try Program.run(
      [
        "train", "churn", "--data", data, "--target", "churn", "--num-trees", "5", "--json",
        "--out", workshop.path("m"),
      ] + more)
  }

  @Test func `a test table that is the training table, or has customers of it`() throws {
    let data = try workshop.customers()
    let copy = try workshop.customers("copy.csv")
    let same = try train(data, ["--id", "id", "--test", copy])
    #expect(same.code == 0 && same.errors.contains("is the training data itself"))
    let part = try workshop.customers("part.csv", rows: 150)
    let some = try train(data, ["--id", "id", "--test", part, "--force"])
    #expect(some.errors.contains("150 of the 150 rows"), "\(some.errors)")
    let more = try String(
      contentsOfFile: workshop.customers("more.csv", rows: 550), encoding: .utf8
    )
    .split(separator: "\n")
    let others = [more[0]] + more[401...]
    let new = try train(
      data,
      [
        "--id", "id", "--test", workshop.file("new.csv", others.joined(separator: "\n") + "\n"),
        "--force",
      ])
    #expect(new.code == 0 && !new.errors.contains("warning"), "\(new.errors)")
  }

  @Test func `evaluating on what was learnt`() throws {
    let data = try workshop.customers()
    let model = try workshop.train(data)
    let learnt = try Program.run(["evaluate", "--model", model, "--data", data])
    #expect(learnt.code == 0 && learnt.errors.contains("was trained on"))
    let other = try workshop.customers("other.csv", rows: 300)
    let result = try Program.run(["evaluate", "--model", model, "--data", other])
    #expect(result.code == 0 && !result.errors.contains("warning"), "\(result.errors)")
  }

  @Test func `a column that knows the answer`() throws {
    var text = "a,refund,churn\n"
    for row in 0..<600 {
      text += "\(row * 37 % 101),\(row % 3 == 0 ? 9 : 1),\(row % 3 == 0 ? 1 : 0)\n"
    }
    let result = try train(workshop.file("t.csv", text), [])
    #expect(result.errors.contains("'refund'") && result.errors.contains("--drop"))
    // Every resampling of a perfect ranking is perfect.
    let metrics = try #require(result.json()["metrics"] as? [String: Any])
    #expect(metrics["auc_interval"] is NSNull)
  }

  @Test func `too few rows of a class, and rough metrics of few rows`() throws {
    var text = "a,churn\n"
    for row in 0..<60 { text += "\(row * 7 % 41),\(row < 9 ? 1 : 0)\n" }
    let few = try train(workshop.file("few.csv", text), [])
    #expect(few.code == 3 && few.errorLines.count == 2 && !few.errors.contains("fold"))
    for fact in ["few.csv", "'churn'", "9 '1'", "51 '0'", "10"] {
      #expect(few.errors.contains(fact), "\(fact): \(few.errors)")
    }
    let enough = try workshop.file("enough.csv", text + "3,1\n4,1\n5,1\n")
    #expect(try train(enough, ["--folds", "7"]).errors.contains("7 folds"))
    let rough = try train(enough, [])
    #expect(rough.code == 0 && rough.errors.contains("rough"), "\(rough.errors)")
  }

  @Test func `categories that the model has never seen are counted`() throws {
    let model = try workshop.train(workshop.customers())
    let data = try workshop.file(
      "new.csv", "id,tenure,charge,plan\nA,1,2,gold\nB,1,2,basic\nC,1,2,\nD,1,2,gold\n")
    let result = try Program.run(["predict", "--model", model, "--data", data, "--out", "-"])
    #expect(result.code == 0)
    #expect(result.errors.contains("'plan'") && result.errors.contains("2 rows (50.0 %)"))
  }

  @Test func `a column that the model reads is missing in all rows`() throws {
    let model = try workshop.train(workshop.customers())
    let head = "id,tenure,charge,plan\n"
    let data = try workshop.file("gone.csv", head + "A,,2,\nB,,3,\nC,,4,\n")
    let result = try Program.run(["predict", "--model", model, "--data", data, "--out", "-"])
    #expect(result.code == 0 && result.errorLines.count == 3, "\(result.errors)")
    for column in ["tenure", "plan"] {
      #expect(
        result.errors.contains("warning: '\(column)' is missing in all 3 rows"),
        "\(result.errors)")
    }
    let one = try workshop.file("one.csv", head + "A,,2,\n")
    let single = try Program.run(["predict", "--model", model, "--data", one, "--out", "-"])
    #expect(single.code == 0 && !single.errors.contains("warning"), "\(single.errors)")
  }

  @Test func `one folder of partitions lacks the column that their names made`() throws {
    let customers = try String(contentsOfFile: workshop.customers(), encoding: .utf8)
    for month in ["2024-05", "2024-06"] {
      try FileManager.default.createDirectory(
        atPath: workshop.path("all/month=\(month)"), withIntermediateDirectories: true)
      _ = try workshop.file("all/month=\(month)/part.csv", customers)
    }
    let model = try workshop.train(workshop.path("all"))
    let result = try Program.run([
      "predict", "--model", model, "--data", workshop.path("all/month=2024-05"), "--out", "-",
    ])
    #expect(result.code == 3 && result.errorLines.count == 2)
    #expect(result.errors.contains("'month'") && result.errors.contains("month=..."))
  }

  @Test func `the next command names the program as it was called`() throws {
    let result = try Program.run(
      [
        "train", "churn", "--data", workshop.customers(), "--target", "churn", "--num-trees", "5",
        "--out", workshop.path("m"),
      ], environment: ["MLCORE_COMMAND": "tools/mlcore"])
    #expect(result.output.contains("next: tools/mlcore predict --model"))
  }

  @Test func `a model folder below a file, compressed tables and other encodings`() throws {
    let data = try workshop.customers()
    let below = try Program.run([
      "train", "churn", "--data", data, "--target", "churn", "--out", "\(data)/x",
    ])
    #expect(below.code == 4 && below.errors.contains("customers.csv is a file"))
    let packed = try workshop.bytes("t.csv.gz", Data([0x1F, 0x8B, 8, 0, 0, 0]))
    #expect(try train(packed, []).errors.contains("gzip"))
    let wide = try workshop.bytes("w.csv", try #require("a,churn\n1,0\n".data(using: .utf16)))
    #expect(try train(wide, []).errors.contains("UTF-16"))
  }
}
