// What every pruner must do, and which trials each stops.
import TestSupport
import Testing

@testable import Tuning

@Suite(.onOwnThread) struct PrunerTests {
  static let pruners: [any Pruner] = [
    NoPruner(), MedianPruner(startupTrials: 4), ASHAPruner(firstStage: 1, startupTrials: 4),
  ]

  /// Trials that ended with these values after four steps, one unit of progress each.
  private func history(_ values: [Double], direction: SearchDirection = .maximise) throws
    -> TrialHistory
  {
    var history = TrialHistory(
      space: try SearchSpace([SearchParameter("x", .float(0...1))]), direction: direction)
    for (number, value) in values.enumerated() {
      _ = history.start([0.5])
      history.finish(
        number,
        TrialResult(
          state: .complete, value: value, bestStep: 4, checkpoints: checkpoints(value), seconds: 0))
    }
    return history
  }

  private func checkpoints(_ value: Double, steps: Int = 4) -> [Checkpoint] {
    (1...steps).map { Checkpoint(step: $0, progress: Double($0), value: value) }
  }

  @Test(arguments: 0..<3)
  func `the best is never stopped, nor anything while there is nothing to compare with`(index: Int)
    throws
  {
    for direction in [SearchDirection.maximise, .minimise] {
      let best = direction == .maximise ? 1.0 : 0.0
      for steps in 1...4 {
        #expect(
          !Self.pruners[index].shouldStop(
            checkpoints(best, steps: steps),
            against: try history([0.5, 0.4, 0.3, 0.2, 0.6], direction: direction)))
        #expect(
          !Self.pruners[index].shouldStop(
            checkpoints(1 - best, steps: steps), against: try history([], direction: direction)))
      }
    }
  }

  @Test(arguments: [(1, true), (2, true), (0, false)])
  func `the worst of many is stopped by all but the one that stops none`(index: Int, stops: Bool)
    throws
  {
    let others = try history([0.5, 0.4, 0.3, 0.2, 0.6, 0.7])
    #expect(Self.pruners[index].shouldStop(checkpoints(0.1, steps: 1), against: others) == stops)
  }

  @Test func `the median decides, whether their number is odd or even`() throws {
    let pruner = MedianPruner(startupTrials: 1)
    func stops(_ value: Double, _ others: [Double]) throws -> Bool {
      pruner.shouldStop(checkpoints(value, steps: 2), against: try history(others))
    }
    #expect(try stops(0.29, [0.1, 0.3, 0.5]) && !stops(0.3, [0.1, 0.3, 0.5]))
    #expect(try stops(0.39, [0.1, 0.3, 0.5, 0.7]) && !stops(0.41, [0.1, 0.3, 0.5, 0.7]))
  }

  @Test func `a stage is judged once, when it is reached, and only the best share passes`() throws {
    let pruner = ASHAPruner(firstStage: 2, stageFactor: 2, passingShare: 1.0 / 3, startupTrials: 2)
    let others = try history([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
    // Nine have come to the stage, so three pass.
    #expect(!pruner.shouldStop(checkpoints(0.65, steps: 2), against: others))
    #expect(pruner.shouldStop(checkpoints(0.55, steps: 2), against: others))
    #expect(!pruner.shouldStop(checkpoints(0.55, steps: 1), against: others), "not there yet")
    #expect(!pruner.shouldStop(checkpoints(0.55, steps: 3), against: others), "judged before")
    #expect(pruner.shouldStop(checkpoints(0.55, steps: 4), against: others), "the next stage")
  }

  @Test func `a trial that was stopped does not count at later stages`() throws {
    let result = TrialResult(
      state: .pruned, value: 0.9, bestStep: 2, checkpoints: checkpoints(0.9, steps: 2), seconds: 0)
    #expect(result.value(at: 2) == 0.9 && result.value(at: 3) == nil)
    #expect(complete(0.9).value(at: 7) == 0.9)
  }
}
