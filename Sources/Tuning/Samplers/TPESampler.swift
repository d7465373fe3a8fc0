// The tree-structured Parzen estimator over all parameters together: two densities, one of the good
// trials and one of the others, and the candidate where they differ most in favour of the good ones
// (Bergstra et al., "Algorithms for hyper-parameter optimization", 2011). Trials that run count
// among the others, so that those which are asked for side by side keep away from each other.

public import NumericCore

/// Chooses points that good trials make likely and the others do not.
public struct TPESampler: Sampler {
  /// How the sampler works.
  public let settings: TPESettings

  /// Creates the sampler.
  public init(_ settings: TPESettings = TPESettings()) { self.settings = settings }

  public func point(after history: TrialHistory, random: CounterRandom) -> [Double] {
    guard history.finishedCount >= settings.startupTrials else {
      return RandomSampler().point(after: history, random: random)
    }
    let (good, others) = mixtures(history)
    var generator = SeededGenerator(random)
    let candidates = (0..<settings.candidates).map { _ in good.draw(&generator) }
    let promise = zip(good.logDensities(candidates), others.logDensities(candidates)).map(-)
    var best = 0
    for index in candidates.indices where promise[index] > promise[best] { best = index }
    return candidates[best]
  }

  /// The densities of the good trials and of the others.
  func mixtures(_ history: TrialHistory) -> (good: ParzenMixture, others: ParzenMixture) {
    let count = settings.goodCount(of: history.finishedCount)
    let ranked = history.ranking
    let good = ranked.prefix(count).sorted()
    var isGood = [Bool](repeating: false, count: history.trials.count)
    for trial in good { isGood[Int(trial)] = true }
    let others = (0..<Int32(history.trials.count)).filter { !isGood[Int($0)] }
    return (
      ParzenMixture(good, of: history, weights: goodWeights(good, history), settings: settings),
      ParzenMixture(
        others, of: history, weights: TPESettings.ageWeights(others.count) + [1],
        settings: settings)
    )
  }

  private func goodWeights(_ good: [Int32], _ history: TrialHistory) -> [Double] {
    switch settings.weights {
    case .age: return TPESettings.ageWeights(good.count) + [1]
    case .improvement:
      let rest = history.ranking.dropFirst(good.count)
      // Pruned trials have values of an earlier stage, which say little about the end.
      guard let next = rest.first(where: { history.trials[Int($0)].state == .complete }) else {
        return [Double](repeating: 1, count: good.count + 1)
      }
      let border = history.loss(Int(next))
      let weights = good.map { trial -> Double in
        let gain = border - history.loss(Int(trial))
        return gain.isFinite ? max(gain, 1e-12) : 1e-12
      }
      return weights + [weights.reduce(0, +) / Double(max(1, weights.count))]
    }
  }
}
