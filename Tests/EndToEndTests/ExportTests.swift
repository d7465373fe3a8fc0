// Exported models, predicted with by the programs that they are for.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct ExportTests {
  /// The interpreter that tools/test provides.
  private static let python = ProcessInfo.processInfo.environment["MLCORE_TEST_PYTHON"]
  private static let script = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Acceptance/judges/exported_model.py").standardizedFileURL.path

  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  /// A table of numbers, instants, few and many categories, all with missing cells.
  ///
  /// - Parameter isNew: whether there are categories that no other table has.
  private func table(_ name: String, rows: Int, seed: UInt64, isNew: Bool = false) throws -> String
  {
    var state = seed
    func random(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
    func cell(_ text: String) -> String { random(12) == 0 ? "" : text }
    var text = "id,tenure,net flow,charge,plan,city,since,churn\n"
    let plans = ["basic", "plus", "\"d\u{e9},luxe\"", "max"] + (isNew ? ["new"] : [])
    for row in 0..<rows {
      let (tenure, flow, plan, city) = (random(61), random(5) - 2, random(plans.count), random(80))
      let charge = Double(random(20_000)) / 64
      let score = tenure / 10 - 2 * flow - (plan == 0 ? 4 : 0) - city % 3 * 2 + random(10)
      let since = "20\(10 + random(10))-0\(1 + random(9))-1\(random(10)) 1\(random(10)):30:00"
      let town = isNew && city > 70 ? "town \(city)" : "city \(city)"
      text += "\(row),\(cell("\(tenure)")),\(flow),\(cell("\(charge)")),\(cell(plans[plan])),"
      text += "\(cell(town)),\(cell(since)),\(score < 2 ? "Yes" : "No")\n"
    }
    return try workshop.file(name, text)
  }

  /// Exports a model and returns the file and its manifest.
  private func export(
    _ form: String, _ model: String, _ more: [String] = []
  ) throws -> (file: String, manifest: [String: Any]) {
    let file = workshop.path("exported.\(form)")
    let result = try Program.run(
      ["export", form, "--model", model, "--out", file, "--json"] + more)
    try #require(result.code == 0, "\(result.errors)")
    let manifest = try Data(contentsOf: URL(filePath: "\(file).json"))
    #expect(String(decoding: manifest, as: UTF8.self) == result.output)
    return (file, try result.json())
  }

  /// The largest difference of probabilities in the other program, for each way to call it.
  ///
  /// - Parameter reasons: the number of columns, to compare contributions too.
  private func differences(
    _ form: String, _ file: String, model: String, table: String, reasons: Int? = nil
  ) throws -> [String: Double] {
    let predictions = workshop.path("predictions.csv")
    let predicted = try Program.run(
      ["predict", "--model", model, "--data", table, "--out", predictions, "--force"]
        + (reasons.map { ["--explain", "\($0)"] } ?? []))
    try #require(predicted.code == 0, "\(predicted.errors)")
    let process = Process()
    process.executableURL = URL(filePath: Self.python ?? "python3")
    process.arguments = [Self.script, form, file, table, predictions]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "the Python script failed")
    return try JSONDecoder().decode([String: Double].self, from: data)
  }

  /// Categories as target statistics where there are many, and all of them as sets.
  private static let settings: [[String]] = [[], ["--set", "boosting.max_cat_levels=200"]]

  @Test(
    .enabled(if: python != nil, "needs a Python with LightGBM; tools/test provides it"),
    arguments: settings)
  func `LightGBM predicts the same to the bit`(settings: [String]) throws {
    let model = try workshop.train(table("train.csv", rows: 3000, seed: 1), settings)
    let (file, manifest) = try export("lightgbm", model)
    #expect(manifest["max_difference"] as? Double == 0)
    let new = try table("new.csv", rows: 2000, seed: 2, isNew: true)
    let found = try differences("lightgbm", file, model: model, table: new)
    #expect(found == ["rows": 2000, "frame": 0, "matrix": 0, "saved_again": 0])
  }

  @Test(
    .enabled(if: python != nil, "needs a Python with LightGBM; tools/test provides it"),
    arguments: settings)
  func `LightGBM finds the same contributions`(settings: [String]) throws {
    let model = try workshop.train(table("train.csv", rows: 3000, seed: 1), settings)
    let (file, manifest) = try export("lightgbm", model)
    let columns = try #require(manifest["inputs"] as? [[String: Any]])
    let new = try table("new.csv", rows: 300, seed: 2, isNew: true)
    let found = try differences("lightgbm", file, model: model, table: new, reasons: columns.count)
    #expect(try #require(found["contributions"]) < 1e-9)
  }

  @Test(
    .enabled(if: python != nil, "needs a Python with ONNX Runtime; tools/test provides it"),
    arguments: settings)
  func `ONNX Runtime predicts the same up to the rounding of floats`(settings: [String]) throws {
    let model = try workshop.train(table("train.csv", rows: 3000, seed: 1), settings)
    let (file, manifest) = try export("onnx", model)
    let measured = try #require(manifest["max_difference"] as? Double)
    #expect(measured > 0 && measured < 2e-7)
    let new = try table("new.csv", rows: 2000, seed: 2, isNew: true)
    let found = try differences("onnx", file, model: model, table: new)
    #expect(found.keys.sorted() == ["batch", "rows", "rows_alone"] && found["rows"] == 2000)
    for way in ["batch", "rows_alone"] { #expect(try #require(found[way]) < 3e-7) }
  }

  @Test(
    .enabled(if: python != nil, "needs a Python with both programs; tools/test provides it"),
    arguments: ["squared", "absolute", "poisson"])
  func `both programs predict the same numbers`(loss: String) throws {
    let trained = try Program.run([
      "train", "regression", "--data", table("train.csv", rows: 3000, seed: 1), "--target",
      loss == "poisson" ? "id" : "net flow", "--drop", "churn", "--loss", loss, "--num-trees", "20",
      "--early-stopping-rounds", "0", "--out", workshop.path("model"),
    ])
    try #require(trained.code == 0, "\(trained.errors)")
    let model = workshop.path("model")
    let new = try table("new.csv", rows: 500, seed: 2, isNew: true)
    for (form, limit) in [("lightgbm", 1e-9), ("onnx", loss == "poisson" ? 0.02 : 1e-5)] {
      let (file, manifest) = try export(form, model)
      #expect(manifest["task"] as? String == "regression")
      let found = try differences(form, file, model: model, table: new)
      #expect(found["rows"] == 500)
      for (way, difference) in found where way != "rows" {
        #expect(difference < limit, "\(form) \(way)")
      }
      for name in [file, "\(file).json"] { try FileManager.default.removeItem(atPath: name) }
    }
  }

  @Test func `the manifest describes the file, the model folder stays as it was`() throws {
    let data = try table("train.csv", rows: 600, seed: 3)
    let model = try workshop.train(data)
    let before = try workshop.files(of: "model")
    let (file, manifest) = try export("lightgbm", model, ["--data", data])
    #expect(try workshop.files(of: "model") == before)
    #expect(manifest["checked_rows"] as? Int == 600 && manifest["checked_on"] as? String == data)
    #expect(manifest["size"] as? Int == (try Data(contentsOf: URL(filePath: file))).count)
    let inputs = try #require(manifest["inputs"] as? [[String: Any]])
    #expect(
      inputs.compactMap { $0["name"] as? String }
        == ["tenure", "net flow", "charge", "plan", "city", "since"])
    #expect(Set(inputs[3]["categories"] as? [String] ?? []).isSuperset(of: ["basic", "max"]))

    let inside = try Program.run([
      "export", "lightgbm", "--model", model, "--out", "\(model)/model/churn.txt",
    ])
    #expect(inside.code == 2 && inside.errors.contains("inside the model folder"))
    #expect(try workshop.files(of: "model") == before)
  }

  @Test func `an export that would predict otherwise is refused and not written`() throws {
    // LightGBM takes all of these numbers for 0.
    var text = "x,churn\n"
    for row in 0..<400 { text += "\(row % 20)e-40,\(row % 20 < 8 ? 1 : 0)\n" }
    let data = try workshop.file("tiny.csv", text)
    let trained = try Program.run([
      "train", "churn", "--data", data, "--target", "churn", "--num-trees", "5", "--out",
      workshop.path("m"),
    ])
    try #require(trained.code == 0, "\(trained.errors)")
    let out = workshop.path("m.txt")
    let result = try Program.run([
      "export", "lightgbm", "--model", workshop.path("m"), "--out", out,
    ])
    #expect(result.code == 1)
    #expect(result.errors.contains("differ by up to") && result.errorLines.count == 2)
    #expect(!FileManager.default.fileExists(atPath: out))
  }
}
