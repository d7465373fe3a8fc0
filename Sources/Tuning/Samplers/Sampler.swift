// Who chooses the next point.

public import NumericCore

/// Chooses the points of trials.
///
/// A sampler is a value without memory: the point is a function of the history, which holds the
/// trials that run as well, and of the random numbers, which belong to the trial.
public protocol Sampler: Sendable {
  /// The point of the next trial.
  ///
  /// - Returns: a point that the history's space holds.
  func point(after history: TrialHistory, random: CounterRandom) -> [Double]
}

/// Draws every point evenly from the space, on the scale of each parameter.
public struct RandomSampler: Sampler {
  /// Creates the sampler.
  public init() {}

  public func point(after history: TrialHistory, random: CounterRandom) -> [Double] {
    var generator = SeededGenerator(random)
    return history.space.parameters.map { parameter in
      let share = generator.uniform()
      guard let axis = parameter.axis else {
        return Double(min(Int(share * Double(parameter.choiceCount)), parameter.choiceCount - 1))
      }
      return axis.number(at: axis.lowest + share * (axis.highest - axis.lowest))
    }
  }
}
