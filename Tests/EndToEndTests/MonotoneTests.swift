// Monotone constraints from the command line to the file of predictions.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct MonotoneTests {
  let workshop: Workshop
  let data: String

  init() throws {
    workshop = try Workshop()
    data = try workshop.customers()
  }

  /// The probabilities of customers who differ in nothing but their tenure, the shortest first.
  private func probabilities(_ model: String) throws -> [Double] {
    let table = try workshop.file(
      "grid.csv",
      "id,tenure,charge,plan\n" + (0...60).map { "G\($0),\($0),40.5,plus\n" }.joined())
    let result = try Program.run([
      "predict", "--model", model, "--data", table, "--force", "--out",
      workshop.path("p.csv"),
    ])
    try #require(result.code == 0, "\(result.errors)")
    let lines = try String(contentsOfFile: workshop.path("p.csv"), encoding: .utf8)
      .split(separator: "\n").map { $0.split(separator: ",") }
    let column = try #require(lines[0].firstIndex(of: "churn_probability"))
    return try lines.dropFirst().map { try #require(Double($0[column])) }
  }

  @Test(arguments: [1, -1])
  func `probabilities follow the direction and run.toml repeats the run`(direction: Int) throws {
    let model = try workshop.train(
      data, out: "m", ["--monotone-constraints", "tenure=\(direction),charge=-1"])
    let found = try probabilities(model)
    #expect(zip(found, found.dropFirst()).allSatisfy { Double(direction) * ($1 - $0) >= 0 })
    #expect(direction == 1 || Set(found).count > 1)
    let again = try Program.run([
      "train", "--config", "\(model)/run.toml", "--out", workshop.path("again"),
    ])
    #expect(again.code == 0, "\(again.errors)")
    for name in ["model/churn.safetensors", "run.toml"] {
      #expect(try workshop.files(of: "again")[name] == workshop.files(of: "m")[name])
    }
  }

  @Test(arguments: [
    (3, "tenur=1", "Did you mean 'tenure'?"), (2, "plan=1", "which is a category column"),
    (2, "tenure=2", "'tenure=2', expected columns with -1, 0 or 1 each"),
    (2, "tenure", "'tenure', expected columns with -1, 0 or 1 each"),
  ])
  func `constraints that make no sense are refused`(code: Int32, text: String, message: String)
    throws
  {
    let result = try Program.run([
      "train", "churn", "--data", data, "--target", "churn", "--id", "id",
      "--monotone-constraints", text, "--out", workshop.path("m"),
    ])
    #expect(result.code == code && result.errors.contains(message), "\(result.errors)")
    #expect(try !workshop.contents().contains("m"))
  }
}
