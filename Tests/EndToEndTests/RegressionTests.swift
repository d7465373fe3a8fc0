// Regression from a table to predictions: what is told, what is written, that it repeats, and what
// is refused.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct RegressionTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  /// A table whose value is nearly a function of two columns.
  private func customers(_ name: String = "customers.csv", rows: Range<Int> = 0..<400) throws
    -> String
  {
    var text = "id,tenure,charge,plan,value\n"
    for row in rows {
      let (tenure, charge) = (row * 37 % 61, Double(row * 53 % 997) / 10)
      let plan = ["basic", "plus", "", "max"][row % 4]
      let value = tenure * 3 + (row % 4 == 3 ? 90 : 0) + row * 7919 % 11
      text += "C\(row),\(tenure),\(charge),\(plan),\(value)\n"
    }
    return try workshop.file(name, text)
  }

  private func train(_ data: String, out: String = "model", _ more: [String] = []) throws
    -> ProgramResult
  {
    try Program.run(
      [
        "train", "regression", "--data", data, "--target", "value", "--id", "id", "--num-trees",
        "60", "--learning-rate", "0.1", "--out", workshop.path(out),
      ].overridden(by: more))
  }

  @Test func `the JSON document has the promised keys`() throws {
    let result = try train(customers(), ["--folds", "3", "--threads", "2", "--json"])
    #expect(result.code == 0, "\(result.errors)")
    let json = try result.json()
    #expect(
      Set(json.keys) == [
        "task", "rows", "columns", "seed", "threads", "out", "metrics", "folds", "baselines",
        "model", "importances", "timings", "column_kinds",
      ])
    #expect(json["task"] as? String == "regression")
    #expect(json["rows"] as? Int == 400)
    let metrics = try #require(json["metrics"] as? [String: Any])
    #expect(
      Set(metrics.keys) == ["rmse", "mae", "r2", "mean_poisson_deviance", "rmse_interval"])
    let rmse = try #require(metrics["rmse"] as? Double)
    let baselines = try #require(json["baselines"] as? [String: [String: Any]])
    #expect(Set(baselines.keys) == ["mean"])
    #expect(rmse < 0.4 * (try #require(baselines["mean"]?["rmse"] as? Double)))
    #expect(try #require(metrics["r2"] as? Double) > 0.85)
    #expect((metrics["rmse_interval"] as? [Double])?.count == 2)
    #expect((json["folds"] as? [Any])?.count == 3)
    let model = try #require(json["model"] as? [String: Any])
    #expect(Set(model.keys) == ["num_trees", "num_leaves_mean", "best_iteration"])
    let importances = try #require(json["importances"] as? [[String: Any]])
    #expect(importances.first?["feature"] as? String == "tenure")
    #expect(
      Set(try workshop.files(of: "model").keys) == [
        "model/regression.safetensors", "preprocessing.json", "scalers/ohe.json",
        "scalers/ohe.pkl", "scalers/std_scaler.json", "scalers/std_scaler.pkl", "metrics.json",
        "run.toml", "manifest.json",
      ])
  }

  @Test(arguments: ["squared", "absolute", "poisson"])
  func `a model predicts, evaluates, is inspected and repeats to the byte`(loss: String) throws {
    let data = try customers()
    for threads in ["1", "2"] {
      let result = try train(data, out: "t\(threads)", ["--loss", loss, "--threads", threads])
      #expect(result.code == 0, "\(result.errors)")
      let lead = ["squared": "RMSE ", "absolute": "MAE ", "poisson": "Poisson deviance "]
      let name = try #require(lead[loss])
      #expect(
        result.output.split(separator: "\n").contains { $0.hasPrefix(name) && $0.contains("R2") },
        "\(result.output)")
    }
    let files = try workshop.files(of: "t1")
    #expect(try files == workshop.files(of: "t2"))
    let again = try Program.run([
      "train", "--config", workshop.path("t1/run.toml"), "--out", workshop.path("again"),
    ])
    #expect(again.code == 0, "\(again.errors)")
    #expect(try files == workshop.files(of: "again"))

    let model = workshop.path("t1")
    let fresh = try customers("fresh.csv", rows: 1_000..<1_300)
    let evaluated = try Program.run(["evaluate", "--model", model, "--data", fresh, "--json"])
    #expect(evaluated.code == 0, "\(evaluated.errors)")
    let found = try evaluated.json()
    #expect(Set(found.keys) == ["task", "data", "model_version", "rows", "metrics"])
    let metrics = try #require(found["metrics"] as? [String: Any])
    #expect(try #require(metrics["r2"] as? Double) > 0.8, "\(metrics)")

    let predicted = try Program.run([
      "predict", "--model", model, "--data", fresh, "--explain", "2", "--out", "-",
    ])
    #expect(predicted.code == 0, "\(predicted.errors)")
    let lines = predicted.output.split(separator: "\n")
    #expect(
      lines.first
        == "id,prediction,model_version,reason_1,reason_1_effect,reason_2,reason_2_effect")
    #expect(lines.count == 301)
    let first = try #require(Double(lines[1].split(separator: ",")[1]))
    // The row's tenure is 34, and its value 103.
    #expect(first.isFinite && abs(first - 103) < 40, "\(first)")

    let inspected = try Program.run(["inspect", model, "--json"])
    #expect(inspected.code == 0, "\(inspected.errors)")
    let description = try inspected.json()
    #expect(description["loss"] as? String == loss)
    #expect(description["target"] as? String == "value")
    #expect(try Program.run(["inspect", model]).output.contains("by the loss \(loss)"))
  }

  @Test func `a test table is judged on and not learnt from`() throws {
    let test = try customers("test.csv", rows: 1_000..<1_200)
    let result = try train(
      customers(), ["--test", test, "--loss", "absolute", "--folds", "2", "--json"])
    #expect(result.code == 0, "\(result.errors)")
    let json = try result.json()
    #expect((json["folds"] as? [Any])?.count == 2)
    #expect(
      Set(try #require(json["baselines"] as? [String: Any]).keys) == ["mean", "median"])
    let inspected = try Program.run(["inspect", workshop.path("model"), "--json"]).json()
    #expect((inspected["judged_on"] as? String)?.contains("test.csv") == true)
  }

  @Test func `targets that cannot be learnt are refused in one line`() throws {
    func refused(_ cells: [String], _ more: [String] = []) throws -> String {
      var text = "id,x,value\n"
      for (row, cell) in cells.enumerated() { text += "C\(row),\(row % 7),\(cell)\n" }
      let data = try workshop.file("bad.csv", text)
      let result = try Program.run(
        [
          "train", "regression", "--data", data, "--target", "value", "--id", "id", "--out",
          workshop.path("none"),
        ] + more)
      #expect(result.code == 3, "\(result)")
      #expect(result.output.isEmpty)
      return result.errors
    }
    let good = (0..<40).map { String($0 * 3 % 11) }
    func with(_ cell: String) -> [String] { good.dropLast() + [cell] }
    #expect(try refused(with("")).contains("1 missing cell"))
    #expect(try refused(with("inf")).contains("value"))
    #expect(try refused(with("many")).contains("many"))
    #expect(try refused(with("1e15")).contains("between -1e12 and 1e12"))
    #expect(try refused(with("-1"), ["--loss", "poisson"]).contains("at least 0"))
    let few = try refused(Array(good.prefix(19)))
    #expect(few.contains("19 rows, expected at least 20") && !few.contains("class"), "\(few)")
    #expect(try refused(good.map { _ in "5" }).contains("in all rows"))
    #expect(try refused(good, ["--folds", "21"]).contains("at least 42"))
    #expect(!FileManager.default.fileExists(atPath: workshop.path("none")))
  }

  @Test func `a search finds a better model, and its run repeats to the byte`() throws {
    let data = try customers()
    func tune(_ out: String, _ more: [String]) throws -> ProgramResult {
      try Program.run(
        [
          "tune", "regression", "--data", data, "--target", "value", "--id", "id", "--trials", "6",
          "--folds", "2", "--num-trees", "60", "--out", workshop.path(out),
        ].overridden(by: more))
    }
    for (out, threads) in [("one", "1"), ("two", "2")] {
      let result = try tune(out, ["--threads", threads, "--loss", "absolute", "--json"])
      #expect(result.code == 0, "\(result.errors)")
      let json = try result.json()
      #expect(json["metric"] as? String == "mae")
      let best = try #require(json["best"] as? [String: Any])
      #expect(Set(best.keys) == ["number", "value", "params", "num_trees"])
      let values = try #require(json["trials"] as? [[String: Any]]).filter {
        $0["state"] as? String == "complete"
      }.compactMap { $0["value"] as? Double }
      let value = try #require(best["value"] as? Double)
      #expect(value == values.min())
      let test = try #require(json["test"] as? [String: Any])
      let mae = try #require((test["metrics"] as? [String: Any])?["mae"] as? Double)
      let optimism = try #require(test["optimism"] as? Double)
      #expect(abs(mae - value - optimism) < 1e-6)
    }
    let files = try workshop.files(of: "one")
    #expect(try files == workshop.files(of: "two"))
    let again = try Program.run([
      "train", "--config", workshop.path("one/run.toml"), "--out", workshop.path("again"),
    ])
    #expect(again.code == 0, "\(again.errors)")
    #expect(
      try workshop.files(of: "again")["model/regression.safetensors"]
        == files["model/regression.safetensors"])
    let poisson = try tune("poisson", ["--loss", "poisson"])
    #expect(poisson.code == 0 && poisson.output.contains("best Poisson deviance"), "\(poisson)")
    let wrong = try tune("wrong", ["--metric", "mean_poisson_deviance"])
    #expect(wrong.code == 2 && wrong.errors.contains("poisson"), "\(wrong)")
  }

  @Test(arguments: ["squared", "absolute", "poisson"])
  func `a model is exported to LightGBM and ONNX`(loss: String) throws {
    #expect(try train(customers(), ["--loss", loss]).code == 0)
    for form in ["lightgbm", "onnx"] {
      let file = workshop.path("exported.\(form)")
      let result = try Program.run([
        "export", form, "--model", workshop.path("model"), "--out", file, "--json",
      ])
      #expect(result.code == 0, "\(result.errors)")
      let json = try result.json()
      #expect(json["task"] as? String == "regression")
      let difference = try #require(json["max_difference"] as? Double)
      #expect(form == "lightgbm" ? difference == 0 : difference < 0.01)
      if form == "lightgbm" {
        let names = ["squared": "regression", "absolute": "regression_l1", "poisson": "poisson"]
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.contains("\nobjective=\(try #require(names[loss]))\n"))
      }
    }
  }
}
