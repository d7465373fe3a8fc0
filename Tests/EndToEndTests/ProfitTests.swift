// The threshold that earns most: `evaluate --value-of-save --cost-of-offer`.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct ProfitTests {
  let workshop: Workshop
  let base: [String]

  init() throws {
    workshop = try Workshop()
    let data = try workshop.customers()
    base = ["evaluate", "--model", try workshop.train(data), "--data", data]
  }

  @Test func `the best threshold earns what its rows do, and no less than the simple choices`()
    throws
  {
    let terms = ["--value-of-save", "50", "--cost-of-offer", "10", "--save-rate", "0.5"]
    let result = try Program.run(base + terms + ["--json"])
    #expect(result.code == 0, "\(result.errors)")
    let json = try result.json()
    let profit = try #require(json["profit"] as? [String: Any])
    #expect(
      Set(profit.keys) == [
        "threshold", "profit", "interval", "threshold_interval", "contacted", "at_half",
        "everyone", "nobody",
      ])
    let best = try #require(profit["profit"] as? Double)
    let interval = try #require(profit["interval"] as? [Double])
    #expect(interval[0] < best && best < interval[1])
    for other in ["at_half", "everyone", "nobody"] {
      #expect(try #require(profit[other] as? Double) <= best)
    }
    let positives = Double(try #require(json["positives"] as? Int))
    #expect(profit["everyone"] as? Double == 25 * positives - 10 * 400)
    let text = try Program.run(base + terms).output
    #expect(text.contains("profit of contacting") && text.contains("earns most"))
  }

  @Test func `without terms there is no profit`() throws {
    #expect(try Program.run(base + ["--json"]).json()["profit"] == nil)
  }

  @Test(arguments: [
    ["--value-of-save", "5"], ["--cost-of-offer", "5"], ["--save-rate", "0.5"],
    ["--value-of-save", "-1", "--cost-of-offer", "1"],
    ["--value-of-save", "nan", "--cost-of-offer", "1"],
    ["--value-of-save", "1", "--cost-of-offer", "inf"],
    ["--value-of-save", "1", "--cost-of-offer", "1", "--save-rate", "1.5"],
  ])
  func `terms that are incomplete or absurd are refused`(terms: [String]) throws {
    let result = try Program.run(base + terms)
    #expect(result.code == 2 && result.output.isEmpty && result.errorLines.count == 2)
  }
}
