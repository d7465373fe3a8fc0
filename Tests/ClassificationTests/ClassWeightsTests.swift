// The weights of classes and the correction of what a weighted model says.
import TestSupport
import Testing

@testable import Classification
@testable import Tabular

@Suite(.onOwnThread) struct ClassWeightsTests {
  private func weights(positives: Int, negatives: Int) -> ClassWeights {
    var weighting = ChurnConfiguration.Weighting()
    weighting.isUnbalance = true
    let labels =
      [Bool](repeating: true, count: positives) + [Bool](repeating: false, count: negatives)
    return ClassWeights(weighting, labels: labels)
  }

  @Test func `balance raises the rarer class until both weigh the same`() {
    #expect(weights(positives: 2, negatives: 6).positive == 3)
    #expect(weights(positives: 2, negatives: 6).negative == 1)
    #expect(weights(positives: 6, negatives: 2).positive == 1)
    #expect(weights(positives: 6, negatives: 2).negative == 3)
    #expect(weights(positives: 4, negatives: 4).isEven)
    #expect(weights(positives: 0, negatives: 4).isEven)
  }

  @Test func `the correction takes the weight out of the odds`() {
    var weighting = ChurnConfiguration.Weighting()
    #expect(ClassWeights(weighting, labels: [true]).isEven)
    weighting.scalePosWeight = 1
    #expect(ClassWeights(weighting, labels: [true, false]).logOddsCorrection == 0)
    weighting.scalePosWeight = 4
    // log(1/4), added to the log-odds.
    let correction = ClassWeights(weighting, labels: [true, false]).logOddsCorrection
    #expect(abs(correction + 1.3862943611198906) < 1e-15)
    #expect(abs(weights(positives: 6, negatives: 2).logOddsCorrection - 1.0986122886681098) < 1e-15)
  }
}
