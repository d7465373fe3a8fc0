// One fold of one trial: a booster that goes on by a few rounds at a time.
import GradientBoosting

/// The training of one fold of one trial, and its score after every round.
final class FoldRun<Loss: Objective>: @unchecked Sendable {
  // Unchecked: one thread at a time works on a fold.
  private let training: FoldTraining<Loss>
  private let score: (UnsafeBufferPointer<Float>) -> Double
  private(set) var scores: [Double] = []
  private var hasEnded = false

  /// - Parameter score: measures the raw scores of the rows of the fold.
  init(
    _ training: FoldTraining<Loss>, score: @escaping (UnsafeBufferPointer<Float>) -> Double
  ) {
    self.training = training
    self.score = score
  }

  /// Trains up to a number of rounds, or to the end.
  func advance(to rounds: Int) {
    while !hasEnded, training.rounds < rounds {
      hasEnded = !training.advance()
      // Where not even the first tree helps, the score is that of the constant.
      if hasEnded && !scores.isEmpty { return }
      scores.append(training.withValidationScores { score($0) })
    }
  }
}
