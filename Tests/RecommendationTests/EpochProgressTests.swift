// When a trial of a recommender ends, against a slow and obvious twin.
import NumericCore
import TestSupport
import Testing
import Tuning

@testable import Recommendation

@Suite(.onOwnThread) struct EpochProgressTests {
  /// Runs scores through a progress, and returns how it ended and after how many of them.
  private func end(
    _ scores: [Double], _ progress: inout EpochProgress, pruneAt: Int = .max
  ) -> (state: TrialState, epochs: Int)? {
    for (index, score) in scores.enumerated() {
      let state = progress.look(score) { $0.count >= pruneAt }
      if let state { return (state, index + 1) }
    }
    return nil
  }

  @Test(arguments: [SearchDirection.maximise, .minimise], 0..<40)
  func `a trial ends where a twin that looks at all scores says`(
    direction: SearchDirection, seed: Int
  ) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let most = Int.random(in: 1...20, using: &random)
    let patience = Int.random(in: 0...5, using: &random)
    // Few different scores, so that some are equal.
    let scores = (0..<most).map { _ in Double(Int.random(in: 0...6, using: &random)) }
    var progress = EpochProgress(direction: direction, mostEpochs: most, patience: patience)
    let found = try #require(end(scores, &progress))
    func best(_ count: Int) -> (value: Double, epoch: Int) {
      let part = scores.prefix(count)
      let value = direction == .maximise ? part.max()! : part.min()!
      return (value, part.firstIndex(of: value)! + 1)
    }
    let expected =
      (1...most).first { patience > 0 && $0 - best($0).epoch >= patience } ?? most
    #expect(found.state == .complete && found.epochs == expected)
    let result = progress.result(.complete, worst: -1, seconds: 0)
    #expect(result.value == best(expected).value && result.bestStep == best(expected).epoch)
    #expect(result.checkpoints.map(\.step) == Array(1...expected))
    #expect(result.checkpoints.map(\.progress) == (1...expected).map(Double.init))
    #expect(result.checkpoints.map(\.value) == (1...expected).map { best($0).value })
  }

  @Test func `a trial that is left behind keeps its best score, and one at its end is complete`() {
    var behind = EpochProgress(direction: .maximise, mostEpochs: 9, patience: 3)
    #expect(end([1, 3, 2], &behind, pruneAt: 3)! == (.pruned, 3))
    #expect(behind.result(.pruned, worst: 0, seconds: 0).value == 3)
    #expect(behind.result(.pruned, worst: 0, seconds: 0).bestStep == 2)
    var last = EpochProgress(direction: .maximise, mostEpochs: 3, patience: 0)
    #expect(end([3, 2, 1], &last, pruneAt: 3)! == (.complete, 3))
  }

  @Test func `a trial without an epoch has the worst value`() {
    let progress = EpochProgress(direction: .minimise, mostEpochs: 3, patience: 1)
    let result = progress.result(.pruned, worst: 4, seconds: 0)
    #expect(result.value == 4 && result.bestStep == 0 && result.checkpoints.isEmpty)
  }
}
