// A bounded search over a few parameters: one after the other takes the best of its values while
// the others stay, for as many rounds as ask for it.

/// The values that a search tries for one parameter.
struct SearchedParameter<Configuration> {
  let field: WritableKeyPath<Configuration, Double?>
  let values: [Double]
}

/// Finds the best of some values of each parameter.
///
/// Parameters that have a value already keep it. Of equally good values the first one wins, and the
/// value of the start is the first of all.
///
/// - Parameters:
///   - start: a configuration with a value for each parameter.
///   - fixed: the configuration that the user gave.
///   - score: how good a configuration is; more is better.
func searchCoordinates<Configuration: Equatable>(
  from start: Configuration, fixed: Configuration, _ parameters: [SearchedParameter<Configuration>],
  rounds: Int, score: (Configuration) throws -> Double
) rethrows -> Configuration {
  let open = parameters.filter { fixed[keyPath: $0.field] == nil }
  guard !open.isEmpty else { return start }
  var known: [(Configuration, Double)] = []
  func judged(_ configuration: Configuration) throws -> Double {
    if let found = known.first(where: { $0.0 == configuration }) { return found.1 }
    let result = try score(configuration)
    known.append((configuration, result))
    return result
  }
  var best = start
  for _ in 0..<rounds {
    let before = best
    for parameter in open {
      var winner = best
      for value in parameter.values {
        var tried = best
        tried[keyPath: parameter.field] = value
        if try judged(tried) > judged(winner) { winner = tried }
      }
      best = winner
    }
    if best == before { break }
  }
  return best
}
