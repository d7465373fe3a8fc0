// What is told about one trial: while a search runs, and in its results.
package import Tuning

/// A trial of a search that has ended.
package struct TrialReport: Encodable, Sendable {
  /// The number, counted from 0.
  package let number: Int
  /// "complete" or "pruned".
  package let state: TrialState
  /// The best score.
  package let value: Double
  /// The hyperparameters by their names.
  package let params: [String: JSONValue]
  /// How long it took.
  package let seconds: Double
  /// The best value of any complete trial so far; nil while there is none.
  package let best: Double?
  /// How many trials have ended, and how many there will be.
  package let ended: Int
  package let count: Int

  enum CodingKeys: String, CodingKey { case number, state, value, params, seconds }

  init(
    _ trial: Trial, result: TrialResult, space: SearchSpace, best: Double?, ended: Int, count: Int
  ) {
    number = trial.number
    state = result.state
    value = result.value
    params = space.parameterValues(of: trial.point)
    seconds = result.seconds
    self.best = best
    self.ended = ended
    self.count = count
  }

  /// The finished trials of a study that has ended, in the order of their numbers.
  static func all(of history: TrialHistory) -> [TrialReport] {
    let count = history.trials.count
    return history.trials.compactMap { trial in
      trial.result.map {
        TrialReport(
          trial, result: $0, space: history.space, best: history.best?.result?.value, ended: count,
          count: count)
      }
    }
  }
}

extension SearchSpace {
  /// The values of a point by the names of the parameters, for JSON.
  func parameterValues(of point: [Double]) -> [String: JSONValue] {
    Dictionary(
      uniqueKeysWithValues: values(of: point).map { name, value -> (String, JSONValue) in
        switch value {
        case .number(let number): (name, .number(number))
        case .integer(let integer): (name, .integer(integer))
        case .category(let text): (name, .text(text))
        }
      })
  }
}
