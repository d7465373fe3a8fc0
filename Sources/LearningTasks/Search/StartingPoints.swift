// The points that a search tries before its sampler is asked: the best of an earlier study, then
// those that are known to be good as a rule.
package import Configuration
import Tables
package import Tuning

/// The first points of a search.
package struct StartingPoints {
  /// The most trials that are taken from an earlier study.
  private static let mostWarmTrials = 5

  /// The points, each once, in the order in which they are tried.
  let points: [[Double]]
  /// How many of them were taken from an earlier study.
  let warmCount: Int

  /// - Parameters:
  ///   - usual: points that are good as a rule, the defaults first.
  ///   - warm: an earlier study.
  ///   - champion: the point of the model in service, which is tried before all others and makes
  ///     the defaults come next.
  ///   - filling: the point from which comes what a trial of the earlier study has not searched; nil
  ///     for the defaults.
  package init(
    _ usual: [[Double]], warm: StudyFile?, space: SearchSpace, champion: [Double]? = nil,
    filling: ((StudyFile.FinishedTrial) -> [Double])? = nil
  ) {
    let warmPoints = (warm?.best(Self.mostWarmTrials) ?? []).map {
      space.point($0.params, otherwise: filling?($0) ?? usual[0])
    }
    warmCount = warmPoints.count
    // Points that the fixed parameters have made equal are tried once.
    let first = champion.map { [$0, usual[0]] } ?? []
    points = (first + warmPoints + usual).reduce(into: []) {
      if !$0.contains($1) { $0.append($1) }
    }
  }

  /// Says how many points of an earlier study are tried.
  ///
  /// - Parameter source: the folder of that study; nil for none.
  func tellWarmCount(from source: String?, context: RunContext) {
    guard let source else { return }
    context.progress(
      .note(
        "warm start: \(warmCount) configuration\(warmCount == 1 ? "" : "s") from "
          + LocationText.shown(source)))
  }
}

extension SearchSpace {
  /// The point of an earlier study's parameters; what that has not searched stays as it is.
  func point(_ params: [String: JSONValue], otherwise usual: [Double]) -> [Double] {
    zip(parameters, usual).map { parameter, number in
      switch params[parameter.name] {
      case .number(let wish): parameter.nearest(to: wish)
      case .integer(let wish): parameter.nearest(to: Double(wish))
      case .text(let wish): parameter.number(of: .category(wish)) ?? number
      default: number
      }
    }
  }
}

extension ParameterValue {
  /// The value as settings have it.
  package var configurationValue: ConfigurationValue {
    switch self {
    case .number(let number): .number(number)
    case .integer(let integer): .integer(integer)
    case .category(let text): .text(text)
    }
  }
}
