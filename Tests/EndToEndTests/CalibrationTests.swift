// Calibrated models: what training does, and that every verb applies it.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct CalibrationTests {
  let workshop: Workshop
  let data: String

  init() throws {
    workshop = try Workshop()
    data = try workshop.customers(rows: 600)
  }

  private func predictions(_ model: String) throws -> [String: Double] {
    let result = try Program.run(["predict", "--model", model, "--data", data, "--out", "-"])
    #expect(result.code == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n").dropFirst()
    return try Dictionary(
      uniqueKeysWithValues: lines.map { line in
        let cells = line.split(separator: ",")
        return (String(cells[0]), try #require(Double(cells[1])))
      })
  }

  @Test(arguments: ["platt", "isotonic"])
  func `a calibrated model keeps the order of the rows and repeats to the byte`(method: String)
    throws
  {
    let plain = try predictions(workshop.train(data, out: "plain"))
    let model = try workshop.train(data, out: "first", ["--calibration", method])
    let calibrated = try predictions(model)
    #expect(calibrated != plain)
    let ids = plain.keys.sorted { (plain[$0] ?? 0, $0) < (plain[$1] ?? 0, $1) }
    let inOrder = ids.compactMap { calibrated[$0] }
    #expect(zip(inOrder, inOrder.dropFirst()).allSatisfy { $0 <= $1 + 1e-12 })
    #expect(inOrder.allSatisfy { 0 < $0 && $0 < 1 })
    let again = try Program.run([
      "train", "--config", "\(model)/run.toml", "--threads", "1", "--out",
      workshop.path("second"),
    ])
    #expect(again.code == 0, "\(again.errors)")
    #expect(try workshop.files(of: "second") == workshop.files(of: "first"))
    let inspected = try Program.run(["inspect", model, "--json"]).json()
    #expect((inspected["model"] as? [String: Any])?["calibration"] as? String == method)
    #expect(
      (inspected["parameters"] as? [String: String])?["calibration.method"] == "\"\(method)\"")
  }

  @Test func `the metrics of training and evaluate are those of calibrated probabilities`() throws {
    let test = try workshop.customers("test.csv", rows: 150)
    let result = try Program.run([
      "train", "churn", "--data", data, "--target", "churn", "--id", "id", "--test", test,
      "--num-trees", "20", "--calibration", "platt", "--json", "--out", workshop.path("m"),
    ])
    #expect(result.code == 0, "\(result.errors)")
    let trained = try result.json()
    let evaluated = try Program.run([
      "evaluate", "--model", workshop.path("m"), "--data", test, "--json",
    ]).json()
    let (first, second) = (trained["metrics"], evaluated["metrics"])
    for key in ["auc", "log_loss", "brier", "ece"] {
      let value = try #require((first as? [String: Any])?[key] as? Double)
      #expect(value == (second as? [String: Any])?[key] as? Double, "\(key)")
    }
    let bins = try #require(evaluated["reliability"] as? [[String: Any]])
    #expect(bins.count == 10)
    #expect(bins.reduce(0) { $0 + ($1["count"] as? Int ?? 0) } == 150)
    #expect(NSArray(array: bins) == (trained["reliability"] as? NSArray))
  }

  @Test func `badly scaled probabilities become true ones`() throws {
    let (train, test) = (workshop.path("g.csv"), workshop.path("h.csv"))
    for (seed, out) in [("5", train), ("6", test)] {
      let made = try Program.run([
        "generate", "churn", "--rows", "8000", "--seed", seed, "--out", out,
      ])
      #expect(made.code == 0)
    }
    // Far too many trees for the rows: the scores of new rows are too extreme.
    var errors: [String: Double] = [:]
    for method in ["none", "platt", "isotonic"] {
      let result = try Program.run([
        "train", "churn", "--data", train, "--test", test, "--target", "churn", "--id",
        "customer_id", "--num-trees", "150", "--learning-rate", "0.2", "--num-leaves", "31",
        "--early-stopping-rounds", "0", "--calibration", method, "--json", "--out",
        workshop.path(method),
      ])
      #expect(result.code == 0, "\(result.errors)")
      errors[method] = (try result.json()["metrics"] as? [String: Any])?["ece"] as? Double
    }
    let before = try #require(errors["none"])
    #expect(before > 0.04, "\(errors)")
    #expect(try #require(errors["platt"]) < before / 3, "\(errors)")
    #expect(try #require(errors["isotonic"]) < before / 3, "\(errors)")
  }

  @Test func `the reports for people have a reliability table`() throws {
    let result = try Program.run([
      "train", "churn", "--data", data, "--target", "churn", "--id", "id", "--num-trees", "10",
      "--calibration", "isotonic", "--out", workshop.path("m"),
    ])
    #expect(result.output.contains("reliability\n  probability"))
    #expect(result.output.contains("calibrated by isotonic regression"))
    let evaluated = try Program.run(["evaluate", "--model", workshop.path("m"), "--data", data])
    #expect(evaluated.output.contains("reliability\n  probability"))
  }

  @Test func `a method that does not exist is refused with those that do`() throws {
    let result = try Program.run([
      "train", "churn", "--data", data, "--target", "churn", "--calibration", "beta", "--out",
      workshop.path("m"),
    ])
    #expect(result.code == 2 && result.errors.contains("none, platt, isotonic"))
  }
}
