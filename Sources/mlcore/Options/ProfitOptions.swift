// The flags for the cost and the value of contacting a customer.
import ArgumentParser
import Evaluation
import LearningTasks

/// The terms of a profit curve.
struct ProfitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The value of a customer who stays; the report adds the most profitable threshold.",
      valueName: "v"))
  var valueOfSave: Double?
  @Option(
    help: ArgumentHelp("The cost of the offer for each contacted customer.", valueName: "c"))
  var costOfOffer: Double?
  @Option(
    help: ArgumentHelp(
      "The share of contacted churners who then stay (default: 1).", valueName: "r"))
  var saveRate: Double?

  /// The terms; nil where no flag was given.
  func terms() throws -> ProfitTerms? {
    try check(valueOfSave, "--value-of-save", most: 1e15)
    try check(costOfOffer, "--cost-of-offer", most: 1e15)
    try check(saveRate, "--save-rate", most: 1)
    guard let valueOfSave, let costOfOffer else {
      guard valueOfSave == nil, costOfOffer == nil, saveRate == nil else {
        throw CommandLineError(
          facts: "a profit needs both --value-of-save and --cost-of-offer",
          advice: "give both flags, or leave the flags for profit out", code: .usage)
      }
      return nil
    }
    return ProfitTerms(
      valueOfSave: valueOfSave, costOfOffer: costOfOffer, saveRate: saveRate ?? 1)
  }

  private func check(_ value: Double?, _ flag: String, most: Double) throws {
    guard let value, !(0...most).contains(value) else { return }
    throw CommandLineError(
      facts:
        "\(flag) is \(value.asWritten), expected a number from 0 to \(most == 1 ? "1" : "1e15")",
      advice: "give \(flag) a number in that range", code: .usage)
  }
}
