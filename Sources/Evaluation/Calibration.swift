// Calibration as a choice: none, Platt's curve, or an isotonic function.

internal import Glibc

/// A fitted way from log-odds to probabilities that can be taken at their word.
public enum Calibration: Sendable, Equatable {
  /// How probabilities are calibrated.
  public enum Method: String, Codable, Sendable, CaseIterable {
    /// The model's own probabilities.
    case none
    /// A logistic curve over the log-odds; see `PlattScaling`.
    case platt
    /// A non-decreasing function of the log-odds; see `IsotonicRegression`.
    case isotonic
  }

  /// The model's own probabilities.
  case none
  /// A logistic curve.
  case platt(PlattScaling)
  /// A non-decreasing function, kept within the smoothed targets of the rows that it was fitted on.
  ///
  /// Without these bounds a few rows that happen to agree would get the probability 0 or 1.
  case isotonic(IsotonicRegression, bounds: ClosedRange<Double>)

  /// Fits a calibration to log-odds of rows that the model which scored them has not seen.
  ///
  /// - Throws: `EvaluationError.empty`, or `.oneClass` if a class has no row.
  public init(_ method: Method, logOdds: [Double], labels: [Bool]) throws {
    switch method {
    case .none: self = .none
    case .platt: self = .platt(try PlattScaling(scores: logOdds, labels: labels))
    case .isotonic:
      let targets = try SmoothedTargets(labels)
      self = .isotonic(
        try IsotonicRegression(scores: logOdds, labels: labels),
        bounds: targets.negative...targets.positive)
    }
  }

  /// How probabilities are calibrated.
  public var method: Method {
    switch self {
    case .none: .none
    case .platt: .platt
    case .isotonic: .isotonic
    }
  }

  /// The probability of each of some log-odds.
  public func probabilities(_ logOdds: [Double]) -> [Double] {
    switch self {
    case .none: logOdds.map { 1 / (1 + exp(-$0)) }
    case .platt(let curve): logOdds.map(curve.probability)
    case .isotonic(let function, let bounds):
      logOdds.map { min(max(function.value($0), bounds.lowerBound), bounds.upperBound) }
    }
  }
}
