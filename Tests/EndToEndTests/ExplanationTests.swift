// Reasons beside predictions: `predict --explain` and `predict --interactions`.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct ExplanationTests {
  let workshop: Workshop
  let data: String
  let model: String

  init() throws {
    workshop = try Workshop()
    data = try workshop.customers()
    model = try workshop.train(data)
  }

  private func predict(_ more: [String]) throws -> ProgramResult {
    try Program.run(["predict", "--model", model, "--data", data, "--out", "-"] + more)
  }

  private func cells(_ result: ProgramResult) -> [[String]] {
    result.output.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  @Test func `reasons are columns with their values, strongest first, and add up to the score`()
    throws
  {
    let result = try predict(["--explain", "3"])
    #expect(result.code == 0, "\(result.errors)")
    let lines = cells(result)
    #expect(
      lines[0] == [
        "id", "churn_probability", "churn_label", "model_version", "reason_1", "reason_1_effect",
        "reason_2", "reason_2_effect", "reason_3", "reason_3_effect",
      ])
    let table = try String(contentsOfFile: data, encoding: .utf8).split(separator: "\n")
    var bases: [Double] = []
    for (line, source) in zip(lines.dropFirst(), table.dropFirst()) {
      let values = source.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      let effects = try [5, 7, 9].map { try #require(Double(line[$0])) }
      #expect(effects.map(abs) == effects.map(abs).sorted(by: >))
      #expect(
        Set([4, 6, 8].map { line[$0] }) == [
          "tenure = \(values[1])", "charge = \(try #require(Double(values[2])).shortest)",
          values[3].isEmpty ? "plan is missing" : "plan = \(values[3])",
        ])
      let probability = try #require(Double(line[1]))
      bases.append(log(probability / (1 - probability)) - effects.reduce(0, +))
    }
    // All columns are given as reasons, so what is left of the score is the same in all rows.
    #expect(try #require(bases.max()) - #require(bases.min()) < 1e-9)
  }

  @Test func `fewer reasons are the first of them, and predictions stay the same`() throws {
    let all = cells(try predict(["--explain", "3"]))
    let two = cells(try predict(["--explain", "2", "--threads", "2"]))
    let none = cells(try predict([]))
    #expect(two == all.map { Array($0.prefix(8)) })
    #expect(none == all.map { Array($0.prefix(4)) })
  }

  @Test(arguments: ["0", "-1", "4"])
  func `a number of reasons that the model cannot give is refused with the range`(count: String)
    throws
  {
    let result = try predict(["--explain", count])
    #expect(result.code == 2 && result.output.isEmpty)
    #expect(
      result.errorLines.first
        == "mlcore: --explain is \(count), expected a whole number from 1 to 3")
  }

  @Test func `interactions are pairs of columns, strongest first, with or without reasons`()
    throws
  {
    let found = cells(try predict(["--explain", "1", "--interactions", "2"]))
    #expect(
      found[0][4...] == [
        "reason_1", "reason_1_effect", "interaction_1", "interaction_1_effect", "interaction_2",
        "interaction_2_effect",
      ])
    let columns = ["tenure", "charge", "plan"]
    for line in found.dropFirst() {
      let effects = try [7, 9].map { abs(try #require(Double(line[$0]))) }
      #expect(effects[0] >= effects[1])
      for place in [6, 8] {
        let both = line[place].components(separatedBy: " and ")
        #expect(both.count == 2)
        #expect(columns.filter { both[0].hasPrefix($0) || both[1].hasPrefix($0) }.count == 2)
      }
    }
    let alone = cells(try predict(["--interactions", "1", "--threads", "2"]))
    let expected: [[String]] = found.map { line in [0, 1, 2, 3, 6, 7].map { line[$0] } }
    #expect(alone == expected)
  }

  @Test(arguments: ["0", "-1", "4"])
  func `a number of interactions that the model does not have is refused`(count: String) throws {
    let result = try predict(["--interactions", count])
    #expect(result.code == 2 && result.output.isEmpty)
    #expect(
      result.errorLines.first
        == "mlcore: --interactions is \(count), expected a whole number from 1 to 3")
  }

  @Test func `reasons are written to Parquet too`() throws {
    let out = workshop.path("p.parquet")
    let result = try Program.run([
      "predict", "--model", model, "--data", data, "--out", out, "--explain", "1",
    ])
    #expect(result.code == 0, "\(result.errors)")
    let bytes = try Data(contentsOf: URL(filePath: out))
    #expect(bytes.range(of: Data("reason_1_effect".utf8)) != nil)
  }

  @Test func `an identifier that is called like a prediction is refused`() throws {
    var text = "reason_1,tenure,churn\n"
    for row in 0..<100 { text += "C\(row),\(row % 30),\(row % 30 < 10 ? 1 : 0)\n" }
    let data = try workshop.file("named.csv", text)
    let trained = try Program.run([
      "train", "churn", "--data", data, "--target", "churn", "--id", "reason_1", "--num-trees",
      "3", "--out", workshop.path("named"),
    ])
    #expect(trained.code == 0, "\(trained.errors)")
    let base = ["predict", "--model", workshop.path("named"), "--data", data, "--out", "-"]
    #expect(try Program.run(base).code == 0)
    let result = try Program.run(base + ["--explain", "1"])
    #expect(result.code == 3 && result.errors.contains("'reason_1'"), "\(result.errors)")
  }

  @Test func `training tells how much each column moves predictions on the whole`() throws {
    let inspected = try Program.run(["inspect", model, "--json"]).json()
    let importances = try #require(inspected["importances"] as? [[String: Any]])
    let rows = cells(try predict(["--explain", "3"])).dropFirst()
    for importance in importances {
      let feature = try #require(importance["feature"] as? String)
      let mean = try #require(importance["mean_abs_contribution"] as? Double)
      var sum = 0.0
      for row in rows {
        for place in [4, 6, 8] where row[place].hasPrefix(feature) {
          sum += abs(try #require(Double(row[place + 1])))
        }
      }
      #expect(abs(sum / Double(rows.count) - mean) < 1e-9)
    }
  }
}

extension Double {
  /// The number as the program writes it.
  fileprivate var shortest: String { self == rounded() ? String(Int(self)) : description }
}
