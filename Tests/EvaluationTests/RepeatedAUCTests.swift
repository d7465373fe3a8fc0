// The AUC of changing scores against the one that sorts everything anew.
import NumericCore
import TestSupport
import Testing

@testable import Evaluation

@Suite(.onOwnThread) struct RepeatedAUCTests {
  @Test(arguments: [2, 3, 50, 2_500])
  func `equals the AUC of the metrics, with ties, signs and zeros of both kinds`(rows: Int) throws {
    var generator = SeededGenerator(seed: UInt64(rows))
    let labels = (0..<rows).map { $0 == 0 || ($0 > 1 && generator.uniform() < 0.3) }
    var auc = try RepeatedAUC(labels: labels)
    for round in 0..<5 {
      let scores = (0..<rows).map { _ -> Float in
        let value = Float(generator.normal())
        // Spread out, with ties, far apart, crowded, and within the smallest range there is.
        switch round {
        case 0: return value
        case 1: return (value * 2).rounded() * 1e3
        case 2: return value * 1e37
        case 3: return value > 1 ? value * 1e6 : value
        default: return value.rounded() * .leastNonzeroMagnitude
        }
      }
      let ours = scores.withUnsafeBufferPointer { auc($0) }
      // The metrics take probabilities: any increasing function of the scores will do.
      let ranks = Dictionary(
        Set(scores.map { $0 + 0 }).sorted().enumerated().map { ($1, Double($0)) },
        uniquingKeysWith: { first, _ in first })
      let probabilities = scores.map { (ranks[$0 + 0] ?? 0) / Double(rows) }
      let expected = try BinaryMetrics(
        ScoredRows(labels: labels, probabilities: probabilities), drawsInterval: false,
        pool: WorkerPool(threads: 1)
      ).auc
      #expect(abs(ours - expected) < 1e-12)
    }
  }

  @Test func `one class has no AUC`() {
    #expect(throws: EvaluationError.self) { try RepeatedAUC(labels: [true, true]) }
  }
}
