// A bounded search over a few parameters: one after the other goes up or down the list of its
// values, as long as that is better, while the others stay.

/// The values that a search tries for one parameter, ascending.
struct SearchedParameter<Configuration> {
  let field: WritableKeyPath<Configuration, Double?>
  let values: [Double]
}

/// Finds good values of some parameters.
///
/// Parameters that the user gave stay as they are in `start`. A value that is only as good as
/// another one does not replace it.
///
/// - Parameters:
///   - start: a configuration whose parameters each have one of their values.
///   - given: the configuration of the user, where open parameters are nil.
///   - score: how good a configuration is; more is better.
func searchCoordinates<Configuration: Equatable>(
  from start: Configuration, given: Configuration, _ parameters: [SearchedParameter<Configuration>],
  rounds: Int, score: (Configuration) throws -> Double
) rethrows -> Configuration {
  var known: [(configuration: Configuration, score: Double)] = []
  func judged(_ configuration: Configuration) throws -> Double {
    if let found = known.first(where: { $0.configuration == configuration }) { return found.score }
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
        while let next = parameter.neighbour(of: best, step: step), try judged(next) > judged(best)
        {
          best = next
        }
      }
    }
    if best == before { break }
  }
  return best
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
