// Weighted classes: another model, but probabilities of the true rate.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct ClassWeightTests {
  let workshop: Workshop
  let data: String

  init() throws {
    workshop = try Workshop()
    // 100 of 400 rows churn, which the value says something about.
    var text = "id,value,churn\n"
    for row in 0..<400 {
      text += "C\(row),\(row * 7919 % 23 + (row % 4 == 0 ? 6 : 0)),\(row % 4 == 0 ? 1 : 0)\n"
    }
    data = try workshop.file("rare.csv", text)
  }

  private func meanProbability(_ model: String) throws -> Double {
    let result = try Program.run([
      "predict", "--model", model, "--data", data, "--force", "--out",
      workshop.path("p.csv"), "--json",
    ])
    return try #require(result.json()["mean_probability"] as? Double)
  }

  @Test(arguments: ["0.2", "3", "20"])
  func `probabilities stay those of the data whatever the weight`(weight: String) throws {
    let plain = try workshop.train(data, out: "plain")
    let model = try workshop.train(data, out: "m", ["--scale-pos-weight", weight])
    let name = "model/churn.safetensors"
    #expect(try workshop.files(of: "m")[name] != workshop.files(of: "plain")[name])
    #expect(abs(try meanProbability(plain) - 0.25) < 0.02)
    #expect(abs(try meanProbability(model) - 0.25) < 0.05)
  }

  @Test func `balance is the weight that makes both classes weigh the same`() throws {
    try workshop.train(data, out: "balanced", ["--is-unbalance"])
    try workshop.train(data, out: "weighted", ["--scale-pos-weight", "3"])
    let name = "model/churn.safetensors"
    #expect(try workshop.files(of: "balanced")[name] == workshop.files(of: "weighted")[name])
  }

  @Test(arguments: [
    ["--scale-pos-weight", "0"], ["--scale-pos-weight", "-2"], ["--scale-pos-weight", "inf"],
    ["--scale-pos-weight", "2", "--is-unbalance"],
  ])
  func `weights that are absurd or contradictory are refused`(flags: [String]) throws {
    let result = try Program.run(
      ["train", "churn", "--data", data, "--target", "churn", "--out", workshop.path("m")] + flags)
    #expect(result.code == 2 && result.errors.contains("scale_pos_weight"), "\(result.errors)")
  }
}
