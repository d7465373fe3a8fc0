// The number line of one parameter: between the bounds, on a log scale or not, with steps or not.
// Samplers work with coordinates: the numbers themselves, or their logarithms.

internal import Glibc

/// The numbers that a parameter can have.
struct NumberAxis: Sendable, Equatable {
  let low: Double
  let high: Double
  /// The distance between neighbours; 0 where there are none.
  let step: Double
  let isLog: Bool

  /// The coordinates that count as numbers of the axis: with steps, half a step beyond the bounds.
  var lowest: Double { coordinate(low - step / 2) }
  var highest: Double { coordinate(high + step / 2) }

  /// Where a number lies.
  func coordinate(_ number: Double) -> Double { isLog ? log(number) : number }

  /// The number of the axis that is nearest to a coordinate.
  func number(at coordinate: Double) -> Double {
    let number = isLog ? exp(coordinate) : coordinate
    guard step > 0 else { return min(max(number, low), high) }
    // Ties to even, as numpy rounds.
    let steps = ((number - low) / step).rounded(.toNearestOrEven)
    return min(max(low + steps * step, low), high)
  }

  /// The coordinates that round to a number of a stepped axis.
  func cell(of number: Double) -> ClosedRange<Double> {
    coordinate(number - step / 2)...coordinate(number + step / 2)
  }

  /// Whether the axis has a number.
  func holds(_ number: Double) -> Bool {
    guard number >= low, number <= high else { return false }
    let steps = step > 0 ? (number - low) / step : 0
    return abs(steps - steps.rounded()) < 1e-6
  }
}
