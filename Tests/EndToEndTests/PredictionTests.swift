// Predictions, evaluation and inspection with a trained model.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct PredictionTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  @Test func `predictions carry the identifiers, a probability, a label and the version`() throws {
    let data = try workshop.customers()
    let model = try workshop.train(data)
    let out = workshop.path("p.csv")
    let result = try Program.run([
      "predict", "--model", model, "--data", data, "--out", out, "--json",
    ])
    #expect(result.code == 0, "\(result.errors)")
    let version = try #require(result.json()["model_version"] as? String)
    let lines = try String(contentsOfFile: out, encoding: .utf8).split(separator: "\n")
    #expect(lines[0] == "id,churn_probability,churn_label,model_version")
    #expect(lines.count == 401)
    for (row, line) in lines.dropFirst().enumerated() {
      let cells = line.split(separator: ",")
      let probability = try #require(Double(cells[1]))
      #expect(cells[0] == "C\(row)" && (0...1).contains(probability))
      #expect(cells[2] == (probability >= 0.5 ? "Yes" : "No") && cells[3] == version)
    }
  }

  @Test func `standard output, a file and Parquet hold the same predictions`() throws {
    let data = try workshop.customers()
    let model = try workshop.train(data)
    let base = ["predict", "--model", model, "--data", data, "--out"]
    let streamed = try Program.run(base + ["-"])
    #expect(streamed.code == 0)
    #expect(try Program.run(base + [workshop.path("p.csv")]).code == 0)
    #expect(
      try String(contentsOfFile: workshop.path("p.csv"), encoding: .utf8) == streamed.output)
    #expect(try Program.run(base + [workshop.path("p.parquet")]).code == 0)
    let parquet = try Data(contentsOf: URL(filePath: workshop.path("p.parquet")))
    #expect(parquet.prefix(4) == Data("PAR1".utf8) && parquet.suffix(4) == Data("PAR1".utf8))
  }

  @Test func `the target is not needed, an unknown category and extra columns are no obstacle`()
    throws
  {
    let model = try workshop.train(workshop.customers())
    let data = try workshop.file(
      "new.csv", "extra,plan,id,charge,tenure\n1,never seen,N1,3,4\n2,,N2,,\n")
    let result = try Program.run(["predict", "--model", model, "--data", data, "--out", "-"])
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.split(separator: "\n").count == 3)
    #expect(result.errors.contains("extra"), "the ignored column is noted")
  }

  @Test func `identifiers keep their leading zeros`() throws {
    var text = "id,tenure,churn\n"
    for row in 0..<100 { text += "00\(row),\(row % 30),\(row % 30 < 10 ? 1 : 0)\n" }
    let data = try workshop.file("zeros.csv", text)
    let model = try workshop.train(data)
    let result = try Program.run(["predict", "--model", model, "--data", data, "--out", "-"])
    #expect(result.output.contains("\n007,"))
  }

  @Test func `a table without a header is read as in training`() throws {
    var text = ""
    for row in 0..<120 { text += "\(row % 30);\(row % 7);\(row % 30 < 10 ? "yes" : "no")\n" }
    let data = try workshop.file("plain.csv", text)
    let trained = try Program.run([
      "train", "churn", "--data", data, "--no-header", "--target", "column_2", "--delimiter", ";",
      "--num-trees", "5", "--out", workshop.path("m"),
    ])
    #expect(trained.code == 0, "\(trained.errors)")
    let result = try Program.run([
      "evaluate", "--model", workshop.path("m"), "--data", data, "--json",
    ])
    #expect(try result.json()["rows"] as? Int == 120)
  }

  @Test func `a number can be a category`() throws {
    let data = try workshop.customers()
    let model = try workshop.train(data, ["--categorical", "tenure,charge"])
    let layout = try String(contentsOfFile: "\(model)/preprocessing.json", encoding: .utf8)
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(layout.utf8)) as? [String: Any])
    let features = try #require(json["features"] as? [[String: String]])
    #expect(features.allSatisfy { $0["kind"] == "category" })
  }

  @Test func `inspect shows what was trained and checks every file`() throws {
    let model = try workshop.train(workshop.customers())
    let json = try Program.run(["inspect", model, "--json"]).json()
    #expect(json["target"] as? String == "churn")
    #expect(json["positive"] as? String == "Yes")
    #expect((json["files"] as? [Any])?.count == 8)
    let text = try Program.run(["inspect", model])
    #expect(text.code == 0)
    for words in ["AUC", "tenure", "boosting.num_trees", "model/churn.safetensors"] {
      #expect(text.output.contains(words), "\(words) is not in: \(text.output)")
    }
  }

  @Test func `a generated table is learnt nearly as well as is possible`() throws {
    let data = workshop.path("g.csv")
    let made = try Program.run([
      "generate", "churn", "--rows", "20000", "--seed", "5", "--out", data, "--json",
    ]).json()
    #expect(made["rows"] as? Int == 20_000)
    let best = try #require(made["best_auc"] as? Double)
    let result = try Program.run([
      "train", "churn", "--data", data, "--target", "churn", "--id", "customer_id", "--json",
      "--out", workshop.path("m"),
    ])
    let metrics = try #require(result.json()["metrics"] as? [String: Any])
    let auc = try #require(metrics["auc"] as? Double)
    #expect(auc > best - 0.03 && auc < best + 0.03, "AUC \(auc), best reachable \(best)")
  }
}
