// What trials of a search over a table are compared by.
package import GradientBoosting
package import Tuning

/// Makes what measures raw scores of the rows of a fold, again and again.
package typealias TrialMeter = @Sendable () -> (UnsafeBufferPointer<Float>) -> Double

/// A measure that trials are compared by, as the mean over the folds.
package protocol TabularMetric: RawRepresentable<String>, CaseIterable, Equatable, Sendable {
  associatedtype Scores
  /// Which values are better.
  var direction: SearchDirection { get }
  /// The same measure among the scores of a model.
  func value(of scores: Scores) -> Double
  /// How much better a score of a search is than the same measure of the test part.
  func optimism(of value: Double, on test: Scores) -> Double
  /// Prepares to measure the rows of a fold.
  ///
  /// - Parameter shift: what is added to raw scores before they are those of the data.
  /// - Throws: `EvaluationError`.
  func meter(labels: [Double], objective: any Objective, shift: Double) throws -> TrialMeter
}

extension TabularMetric {
  package var direction: SearchDirection { .minimise }

  package func optimism(of value: Double, on test: Scores) -> Double {
    let reached = self.value(of: test)
    return direction == .maximise ? value - reached : reached - value
  }
}
