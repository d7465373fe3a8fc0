// A bounded search over a few parameters: one after the other goes up or down the list of its
// values, as long as that is better by more than chance, while the others stay. So a small table,
// which cannot tell what is better, keeps values that are known to work.

internal import Glibc

/// The values that a search tries for one parameter, ascending.
struct SearchedParameter<Configuration> {
  let field: WritableKeyPath<Configuration, Double?>
  let values: [Double]
}

/// Finds good values of some parameters.
///
/// Parameters that the user gave stay as they are in `start`.
///
/// - Parameters:
///   - start: a configuration whose parameters each have one of their values.
///   - given: the configuration of the user, where open parameters are nil.
///   - score: how good a configuration is for each of the same judges; more is better.
func searchCoordinates<Configuration: Equatable>(
  from start: Configuration, given: Configuration, _ parameters: [SearchedParameter<Configuration>],
  rounds: Int, score: (Configuration) throws -> [Double]
) rethrows -> Configuration {
  var known: [(configuration: Configuration, scores: [Double])] = []
  func judged(_ configuration: Configuration) throws -> [Double] {
    if let found = known.first(where: { $0.configuration == configuration }) { return found.scores }
    let result = try score(configuration)
    known.append((configuration, result))
    return result
  }
  let open = parameters.filter { given[keyPath: $0.field] == nil }
  var best = start
  for _ in 0..<rounds {
    let before = best
    for parameter in open {
      for step in [1, -1] {
        while let next = parameter.neighbour(of: best, step: step),
          try isBetter(judged(next), than: judged(best))
        {
          best = next
        }
      }
    }
    if best == before { break }
  }
  return best
}

/// Whether scores are higher by more than one standard error of their mean difference.
private func isBetter(_ scores: [Double], than others: [Double]) -> Bool {
  let count = Double(scores.count)
  let mean = zip(scores, others).reduce(0) { $0 + ($1.0 - $1.1) } / count
  let squares = zip(scores, others).reduce(0) { $0 + pow($1.0 - $1.1 - mean, 2) }
  return mean > (squares / max(1, count - 1) / count).squareRoot()
}

extension SearchedParameter {
  /// A configuration with the next or the previous value; nil if there is none.
  fileprivate func neighbour(of configuration: Configuration, step: Int) -> Configuration? {
    guard let place = values.firstIndex(where: { $0 == configuration[keyPath: field] }),
      values.indices.contains(place + step)
    else { return nil }
    var result = configuration
    result[keyPath: field] = values[place + step]
    return result
  }
}
