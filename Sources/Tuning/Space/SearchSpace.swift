// What is searched: named parameters with their domains, and points of the space they span.
//
// A point is one number for each parameter, in the order of the space: the value itself, or the
// index of a category. That is also how other libraries store trials internally.

internal import Glibc

/// One thing to choose.
public struct SearchParameter: Sendable, Equatable {
  /// The values that a parameter can have.
  public enum Domain: Sendable, Equatable {
    /// Real numbers; with a step, the lower bound and whole steps above it.
    case float(ClosedRange<Double>, isLog: Bool = false, step: Double? = nil)
    /// Whole numbers: the lower bound and whole steps above it.
    case integer(ClosedRange<Int>, isLog: Bool = false, step: Int = 1)
    /// One of some texts, without order.
    case category([String])
  }

  /// The name.
  public let name: String
  /// The values it can have.
  public let domain: Domain

  /// Creates a parameter.
  ///
  /// - Throws: `TuningError.unusableDomain`.
  public init(_ name: String, _ domain: Domain) throws {
    self.name = name
    self.domain = domain
    func check(_ holds: Bool, _ expected: String) throws {
      guard holds else { throw TuningError.unusableDomain(parameter: name, expected: expected) }
    }
    switch domain {
    case .float(let range, let isLog, let step):
      try check(
        range.lowerBound.isFinite && range.upperBound.isFinite, "finite bounds")
      try check(!isLog || range.lowerBound > 0, "bounds above 0 on a log scale")
      try check(!isLog || step == nil, "no step on a log scale")
      try check(step.map { $0 > 0 && $0.isFinite } ?? true, "a step above 0")
    case .integer(let range, let isLog, let step):
      try check(step >= 1, "a step of at least 1")
      try check(!isLog || (range.lowerBound >= 1 && step == 1), "bounds of at least 1 and step 1")
      // Larger ones would not be told apart as doubles.
      try check(range.lowerBound > -(1 << 53) && range.upperBound < 1 << 53, "bounds below 2^53")
    case .category(let choices):
      try check(!choices.isEmpty && Set(choices).count == choices.count, "different choices")
    }
  }

  /// The number line of a parameter that is not a category.
  var axis: NumberAxis? {
    switch domain {
    case .float(let range, let isLog, let step):
      NumberAxis(
        low: range.lowerBound, high: Self.last(range.lowerBound, range.upperBound, step ?? 0),
        step: step ?? 0, isLog: isLog)
    case .integer(let range, let isLog, let step):
      NumberAxis(
        low: Double(range.lowerBound),
        high: Double(range.lowerBound + (range.upperBound - range.lowerBound) / step * step),
        step: Double(step), isLog: isLog)
    case .category: nil
    }
  }

  /// The number of categories; 0 for numbers.
  var choiceCount: Int {
    if case .category(let choices) = domain { choices.count } else { 0 }
  }

  /// The last number that whole steps from the first reach.
  private static func last(_ low: Double, _ high: Double, _ step: Double) -> Double {
    // A step too many or too few by rounding is put right by the small tolerance.
    step > 0 ? min(high, low + ((high - low) / step + 1e-9).rounded(.down) * step) : high
  }

  /// The value that a number of a point stands for.
  public func value(of number: Double) -> ParameterValue {
    switch domain {
    case .float: .number(number)
    case .integer: .integer(Int(number))
    case .category(let choices): .category(choices[Int(number)])
    }
  }

  /// The number that stands for a value in a point; nil if the domain does not have it.
  public func number(of value: ParameterValue) -> Double? {
    switch (domain, value) {
    case (.float, .number(let number)): axis.flatMap { $0.holds(number) ? number : nil }
    case (.integer, .integer(let integer)):
      axis.flatMap { $0.holds(Double(integer)) ? Double(integer) : nil }
    case (.category(let choices), .category(let choice)):
      choices.firstIndex(of: choice).map(Double.init)
    default: nil
    }
  }
}

/// A value of a parameter.
public enum ParameterValue: Sendable, Equatable {
  /// A real number.
  case number(Double)
  /// A whole number.
  case integer(Int)
  /// One of the choices.
  case category(String)
}

/// The parameters of a search.
public struct SearchSpace: Sendable, Equatable {
  /// The parameters, in the order of a point's numbers.
  public let parameters: [SearchParameter]

  /// Creates a space.
  ///
  /// - Throws: `TuningError.unusableDomain` if two parameters have one name or there are none.
  public init(_ parameters: [SearchParameter]) throws {
    guard !parameters.isEmpty else {
      throw TuningError.unusableDomain(parameter: "", expected: "at least one parameter")
    }
    var names: Set<String> = []
    for parameter in parameters where !names.insert(parameter.name).inserted {
      throw TuningError.unusableDomain(parameter: parameter.name, expected: "a name of its own")
    }
    self.parameters = parameters
  }

  /// The values of a point, by the names of the parameters, in their order.
  public func values(of point: [Double]) -> [(name: String, value: ParameterValue)] {
    zip(parameters, point).map { ($0.name, $0.value(of: $1)) }
  }

  /// Whether every number of a point is in its domain.
  public func holds(_ point: [Double]) -> Bool {
    point.count == parameters.count
      && zip(parameters, point).allSatisfy { parameter, number in
        parameter.axis?.holds(number)
          ?? (0..<parameter.choiceCount).contains(Int(exactly: number) ?? -1)
      }
  }
}

extension SearchParameter {
  /// The number of a parameter that is no category which is nearest to a wish.
  public func nearest(to wish: Double) -> Double {
    guard let axis else { return 0 }
    let near = min(max(wish, axis.low), axis.high)
    return axis.step > 0 ? axis.number(at: axis.coordinate(near)) : near
  }
}
