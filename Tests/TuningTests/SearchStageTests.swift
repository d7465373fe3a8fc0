// At which stages the trials of the tasks are left behind.
import TestSupport
import Testing

@testable import Recommendation
@testable import Tabular
@testable import Tuning

@Suite(.onOwnThread) struct SearchStageTests {
  /// The progress at which a trial that stays at some value would be stopped, beside nine others
  /// that have the values 1 to 9 all the way.
  private func stops(_ pruner: ASHAPruner, at value: Double, each step: Double, until last: Double)
    throws -> [Double]
  {
    func checkpoints(_ value: Double, _ count: Int) -> [Checkpoint] {
      (1...count).map { Checkpoint(step: $0, progress: Double($0) * step, value: value) }
    }
    let count = Int(last / step)
    var others = TrialHistory(
      space: try SearchSpace([SearchParameter("x", .float(0...1))]), direction: .maximise)
    for number in 0..<9 {
      _ = others.start([0.5])
      let value = Double(number + 1)
      others.finish(
        number,
        TrialResult(
          state: .complete, value: value, bestStep: 1, checkpoints: checkpoints(value, count),
          seconds: 0))
    }
    return (1...count).filter { pruner.shouldStop(checkpoints(value, $0), against: others) }
      .map { Double($0) * step }
  }

  @Test func `the best two fifths pass at 1.5, 3, 6 and 12 where trees are searched`() throws {
    #expect(
      try stops(BoosterSearchSpace.asha, at: 5.5, each: 0.25, until: 20) == [1.5, 3, 6, 12])
    #expect(try stops(BoosterSearchSpace.asha, at: 6.5, each: 0.25, until: 20).isEmpty)
  }

  @Test func `the better half passes after 3, 9 and 27 epochs where towers are searched`() throws {
    #expect(
      try stops(RecommenderSearch.asha, at: 4.5, each: 1, until: 60) == [3, 9, 27])
    #expect(try stops(RecommenderSearch.asha, at: 5.5, each: 1, until: 60).isEmpty)
  }
}
