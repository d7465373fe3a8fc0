// How far predictions have moved, where they take any value and where they take few.
import Evaluation
import NumericCore
import TestSupport
import Testing

@testable import Tabular

@Suite(.onOwnThread) struct PredictionBinsTests {
  /// Predictions of these values, each a little beside it.
  private func jittered(_ values: [Double], seed: UInt64) -> [Double] {
    var random = SeededGenerator(seed: seed)
    return values.map { $0 + Double.random(in: -1e-5...1e-5, using: &random) }
  }

  private func index(_ champion: [Double], _ challenger: [Double]) -> Double {
    let bins = PredictionBins(of: champion)
    return PopulationStability.index(
      reference: bins.counts(of: champion), current: bins.counts(of: challenger))
  }

  @Test func `few values that move a little have not moved`() {
    let values = (0..<2_000).map { [0.5, 1, 1, 1, 2, 2, 4, 7][$0 % 8] }
    #expect(index(jittered(values, seed: 1), jittered(values, seed: 2)) < 0.001)
    #expect(PredictionBins(of: jittered(values, seed: 1)).edges.count == 5)
    // Half of the rows take the next value.
    let moved = values.indices.map { $0 / 8 % 2 == 0 ? values[$0] : 2 * values[$0] }
    #expect(index(jittered(values, seed: 1), jittered(moved, seed: 2)) > 0.25)
  }

  @Test func `predictions of any value fall into tenths`() {
    let values = (0..<1_000).map(Double.init)
    let bins = PredictionBins(of: values)
    #expect(bins.edges.count == 9)
    #expect(bins.counts(of: values).allSatisfy { (98...102).contains($0) })
    #expect(index(values, values) == 0)
    #expect(index(values, values.map { $0 + 300 }) > 0.25)
  }

  @Test func `one value is one bin`() {
    #expect(PredictionBins(of: [3, 3, 3]).counts(of: [2, 3, 4]) == [2, 1])
  }
}
