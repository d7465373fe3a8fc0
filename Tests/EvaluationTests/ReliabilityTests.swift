// Bins of probabilities.
import Evaluation
import NumericCore
import TestSupport
import Testing

@Suite(.onOwnThread) struct ReliabilityTests {
  @Test(arguments: RowShape.all, [1, 3, 15])
  func `reliability bins hold each row once`(shape: RowShape, binCount: Int) throws {
    let rows = try shape.make()
    let table = ReliabilityTable(rows, binCount: binCount)
    #expect(table.bins.count == binCount)
    #expect(table.bins.reduce(0) { $0 + $1.count } == rows.count)
    var error = 0.0
    var total = 0.0
    for bin in table.bins {
      let members = (0..<rows.count).filter {
        let probability = rows.probabilities[$0]
        return (probability > bin.lower || bin.lower == 0) && probability <= bin.upper
      }
      #expect(members.count == bin.count)
      let weights = members.map { rows.weights?[$0] ?? 1 }
      let weight = weights.reduce(0, +)
      total += weight
      guard weight > 0 else {
        #expect(bin.meanPrediction == nil && bin.observedRate == nil)
        continue
      }
      let mean = zip(members, weights).reduce(0) { $0 + rows.probabilities[$1.0] * $1.1 } / weight
      let rate = zip(members, weights).reduce(0) { $0 + (rows.labels[$1.0] ? $1.1 : 0) } / weight
      #expect(abs((bin.meanPrediction ?? -1) - mean) < 1e-12)
      #expect(abs((bin.observedRate ?? -1) - rate) < 1e-12)
      error += weight * abs(mean - rate)
    }
    #expect(abs(table.expectedCalibrationError - error / total) < 1e-12)
  }
}
