// When a trial of boosters ends, against a slow and obvious twin.
import NumericCore
import TestSupport
import Testing

@testable import Tabular
@testable import Tuning

@Suite(.onOwnThread) struct TrialProgressTests {
  private typealias End = (
    state: TrialState, value: Double, bestStep: Int, checkpoints: [Checkpoint]
  )

  /// Lets a trial look at scores of its folds until it ends.
  private func end(
    _ scores: [[Double]], _ progress: inout TrialProgress,
    shouldStop: ([Checkpoint]) -> Bool = { _ in false }
  ) -> End {
    while true {
      if let end = progress.look(scores, shouldStop: shouldStop) { return end }
    }
  }

  @Test(arguments: [
    (0.3, 20), (0.1, 20), (0.095, 22), (0.07, 29), (0.05, 40), (0.041, 49), (0.04, 50), (0.01, 50),
  ])
  func `a trial waits for as many rounds as its learning rate makes two of, 20 to 50`(
    rate: Double, patience: Int
  ) {
    // The first round is the best.
    let scores = [1] + [Double](repeating: 0, count: 499)
    let cases: [(given: Int?, expected: Int)] = [(nil, patience), (3, 3)]
    for (given, expected) in cases {
      var progress = TrialProgress(
        direction: .maximise, learningRate: rate, mostRounds: 500, patience: given)
      let found = end([scores, scores], &progress)
      #expect(found.state == .complete && found.value == 1 && found.bestStep == 1)
      let stride = TrialProgress.stride
      let looks = (1 + expected + stride - 1) / stride
      #expect(found.checkpoints.map(\.step) == (1...looks).map { $0 * stride })
      #expect(found.checkpoints.map(\.progress) == (1...looks).map { Double($0 * stride) * rate })
    }
    // What gets better one round before the end of the patience goes on.
    var late = scores
    late[patience] = 2
    var progress = TrialProgress(
      direction: .maximise, learningRate: rate, mostRounds: 500, patience: nil)
    #expect(end([late], &progress).bestStep == patience + 1)
  }

  @Test(arguments: [SearchDirection.maximise, .minimise], 0..<40)
  func `a trial ends where a twin that looks at all means says`(
    direction: SearchDirection, seed: Int
  ) {
    var random = SeededGenerator(seed: UInt64(seed))
    let most = Int.random(in: 1...60, using: &random)
    let patience = Int.random(in: 1...12, using: &random)
    let folds = Int.random(in: 1...4, using: &random)
    // Few different scores, so that some are equal.
    let scores = (0..<folds).map { _ in
      (0..<most).map { _ in Double(Int.random(in: 0...9, using: &random)) }
    }
    let means = (0..<most).map { round in
      scores.reduce(0) { $0 + $1[round] } / Double(folds)
    }
    func best(_ count: Int) -> (value: Double, round: Int) {
      let part = means.prefix(count)
      let value = direction == .maximise ? part.max()! : part.min()!
      return (value, part.firstIndex(of: value)! + 1)
    }
    let last = (1...most).first { $0 - best($0).round >= patience } ?? most
    var progress = TrialProgress(
      direction: direction, learningRate: 0.1, mostRounds: most, patience: patience)
    let found = end(scores, &progress)
    #expect(found.state == .complete)
    #expect(found.value == best(last).value && found.bestStep == best(last).round)
    let stride = TrialProgress.stride
    #expect(found.checkpoints.last?.step == min(most, (last + stride - 1) / stride * stride))
    // One that others leave behind at its first look has what it had then.
    var behind = TrialProgress(
      direction: direction, learningRate: 0.1, mostRounds: 100, patience: 100)
    let pruned = end(scores.map { $0 + $0 + [0, 1, 2, 3, 4, 5] }, &behind) { _ in true }
    #expect(pruned.state == .pruned && pruned.checkpoints.count == 1)
  }

  @Test func `folds that no tree helps any more end a trial together`() {
    var progress = TrialProgress(
      direction: .minimise, learningRate: 0.1, mostRounds: 500, patience: nil)
    let found = end([[3, 2], [5, 4, 3]], &progress)
    #expect(found.state == .complete && found.value == 2.5 && found.bestStep == 3)
    #expect(found.checkpoints.map(\.step) == [5])
  }
}
