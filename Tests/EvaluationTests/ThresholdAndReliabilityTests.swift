// Decisions at a threshold, and bins of probabilities.
import Evaluation
import NumericCore
import TestSupport
import Testing

@Suite(.onOwnThread) struct ThresholdAndReliabilityTests {
  @Test func `the confusion matrix counts rows at the threshold as positive`() throws {
    let rows = try ScoredRows(
      labels: [true, true, false, false, true], probabilities: [0.9, 0.5, 0.5, 0.1, 0.2])
    let matrix = ConfusionMatrix(rows, threshold: 0.5)
    #expect(matrix.truePositives == 2 && matrix.falsePositives == 1)
    #expect(matrix.trueNegatives == 1 && matrix.falseNegatives == 1)
    #expect(matrix.precision == 2.0 / 3 && matrix.recall == 2.0 / 3 && matrix.f1 == 2.0 / 3)
    #expect(matrix.accuracy == 0.6)
    let none = ConfusionMatrix(rows, threshold: 1)
    #expect(none.precision == 0 && none.recall == 0 && none.f1 == 0 && none.accuracy == 0.4)
  }

  @Test(arguments: RowShape.all)
  func `no threshold has a higher f1 than the best`(shape: RowShape) throws {
    let rows = try shape.make()
    let best = try ConfusionMatrix.bestF1(rows)
    var highest = (f1: 0.0, threshold: 1.0)
    for threshold in Set(rows.probabilities).sorted(by: >) {
      let f1 = ConfusionMatrix(rows, threshold: threshold).f1
      if f1 > highest.f1 + 1e-12 { highest = (f1, threshold) }
    }
    #expect(abs(best.f1 - highest.f1) < 1e-12)
    #expect(best.threshold == highest.threshold)
  }

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
