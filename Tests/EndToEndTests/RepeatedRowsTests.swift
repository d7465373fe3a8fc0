// Tables that hold rows more than once: no model is praised for what it remembers.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct RepeatedRowsTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  /// Rows of noise, each three times.
  ///
  /// - Parameter id: the identifier of a row and its repetition.
  private func noise(_ id: (_ row: Int, _ time: Int) -> String) throws -> String {
    var state: UInt64 = 7
    func random() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-53
    }
    let rows = (0..<300).map { _ in "\(random()),\(random()),\(random() < 0.5 ? "Yes" : "No")" }
    var text = "id,a,b,churn\n"
    for time in 0..<3 {
      for (row, cells) in rows.enumerated() { text += "\(id(row, time)),\(cells)\n" }
    }
    return try workshop.file("noise.csv", text)
  }

  private func run(_ verb: String, _ data: String, _ more: [String]) throws -> ProgramResult {
    try Program.run(
      [
        verb, "churn", "--data", data, "--target", "churn", "--id", "id", "--json", "--force",
        "--out", workshop.path("m"),
      ] + more)
  }

  private func checkNoise(_ result: ProgramResult) throws {
    try #require(result.code == 0, "\(result.errors)")
    #expect(result.errors.contains("900 rows share"), "\(result.errors)")
    #expect(result.errors.contains("in 300 groups"), "\(result.errors)")
    let json = try result.json()
    let repeats = try #require(json["repeats"] as? [String: Int])
    #expect(repeats == ["groups": 300, "rows": 900, "largest": 3])
    let metrics = try #require(json["metrics"] as? [String: Any])
    let auc = try #require(metrics["auc"] as? Double)
    let interval = try #require(metrics["auc_interval"] as? [Double])
    #expect(abs(auc - 0.5) < 0.15, "\(auc)")
    #expect(interval[0] < 0.5 && interval[1] > 0.5, "\(interval)")
  }

  @Test(arguments: [[], ["--folds", "5"], ["--calibration", "platt"]])
  func `noise that is there three times is noise`(_ more: [String]) throws {
    let flags = ["--learning-rate", "0.1", "--num-leaves", "31", "--min-data-in-leaf", "2"]
    try checkNoise(run("train", noise { row, _ in "c\(row)" }, flags + more))
    try checkNoise(run("train", noise { row, time in "c\(row)-\(time)" }, flags + more))
  }

  @Test func `a search finds nothing in it either`() throws {
    let data = try noise { row, _ in "c\(row)" }
    let result = try run("tune", data, ["--trials", "6", "--folds", "3", "--num-trees", "100"])
    try checkNoise(result)
    let best = try #require(try result.json()["best"] as? [String: Any])
    #expect(try #require(best["value"] as? Double) < 0.65)
  }

  @Test func `rows of a test table that are in the training table are counted`() throws {
    let data = try noise { row, time in "c\(row)-\(time)" }
    let lines = try String(contentsOfFile: data, encoding: .utf8).split(separator: "\n")
    let test = try workshop.file(
      "test.csv",
      ([lines[0]] + lines[1...100]).joined(separator: "\n").replacing("\nc", with: "\nd")
        + "\nc0-0,1,2,Yes\nc1-0,1,3,No\n,4,4,No\n,4,5,Yes\n")
    let result = try run("train", data, ["--test", test, "--num-trees", "5"])
    #expect(result.code == 0)
    #expect(result.errors.contains("2 of the 104 rows"), "\(result.errors)")
    #expect(result.errors.contains("100 of the 104 rows"), "\(result.errors)")
  }

  @Test func `one customer who holds nearly all rows leaves no split`() throws {
    var text = "id,a,churn\n"
    for row in 0..<400 {
      text += "\(row < 380 ? "same" : "c\(row)"),\(row),\(row < 380 ? row % 2 : 0)\n"
    }
    let result = try run("train", workshop.file("one.csv", text), [])
    #expect(result.code == 3 && result.errors.contains("380 rows"), "\(result.errors)")
  }
}
