// The densities of mixtures against twins that leave nothing out and share nothing.
import Glibc
import NumericCore
import TestSupport
import Testing

@testable import Tuning

@Suite(.onOwnThread) struct MixtureTests {
  /// A kernel's middle and width along one axis.
  private typealias Kernel = (mean: Double, deviation: Double)

  /// The kernels of some trials along an axis, from the definition.
  private static func kernels(
    _ coordinates: [Double], axis: NumberAxis, bandwidth: TPESettings.Bandwidth
  ) -> [Kernel] {
    let (low, high) = (axis.lowest, axis.highest)
    let (range, middle, count) = (high - low, 0.5 * (low + high), Double(coordinates.count))
    return coordinates.indices.map { index in
      let own = coordinates[index]
      let left = coordinates.indices
        .filter { (coordinates[$0], $0) < (own, index) }.map { own - coordinates[$0] }.min()
      let right = coordinates.indices
        .filter { (coordinates[$0], $0) > (own, index) }.map { coordinates[$0] - own }.min()
      var width: Double
      switch bandwidth {
      case .neighbours:
        width =
          left == nil && right == nil
          ? max(own - low, high - own) : max(left ?? 0, right ?? 0)
        width = max(width, range / min(100, 2 + count))
      case .neighboursAndPrior(let floor):
        let below = min(left ?? own - low, own >= middle ? own - middle : .infinity)
        let above = min(right ?? high - own, own <= middle ? middle - own : .infinity)
        width = max(below, above, range * max(floor, pow(2 + count, -2)))
      }
      return (own, min(width, range))
    } + [(middle, range)]
  }

  /// The logarithm of a kernel at a number.
  private static func logDensity(_ kernel: Kernel, at number: Double, axis: NumberAxis) -> Double {
    guard axis.highest > axis.lowest else { return 0 }
    func mass(_ low: Double, _ high: Double) -> Double {
      VectorMath.logNormalMasses(
        from: [(low - kernel.mean) / kernel.deviation],
        widths: [(high - low) / kernel.deviation])[0]
    }
    let inside = mass(axis.lowest, axis.highest)
    if axis.step > 0 {
      let cell = axis.cell(of: number)
      return mass(cell.lowerBound, cell.upperBound) - inside
    }
    let distance = (axis.coordinate(number) - kernel.mean) / kernel.deviation
    return -0.5 * distance * distance - 0.5 * log(2 * Double.pi) - log(kernel.deviation) - inside
  }

  /// The logarithm of a mixture's density at points.
  private static func slow(
    _ points: [[Double]], trials: [Int], weights: [Double], history: TrialHistory,
    settings: TPESettings
  ) -> [Double] {
    let axes = history.space.parameters.map(\.axis)
    let kernels = axes.enumerated().map { index, axis in
      axis.map {
        Self.kernels(
          trials.map { history.columns[index][$0] }, axis: $0, bandwidth: settings.bandwidth)
      }
    }
    return points.map { point in
      let sums = weights.indices.map { kernel in
        var sum = log(weights[kernel])
        for (index, number) in point.enumerated() {
          if let axis = axes[index], let kernels = kernels[index] {
            sum += logDensity(kernels[kernel], at: number, axis: axis)
          } else {
            let choices = Double(history.space.parameters[index].choiceCount)
            let share = 1 / Double(weights.count)
            let isOwn = kernel < trials.count && history.columns[index][trials[kernel]] == number
            sum +=
              kernel == trials.count
              ? -log(choices) : log((share + (isOwn ? 1 : 0)) / (1 + share * choices))
          }
        }
        return sum
      }
      let largest = sums.reduce(-.infinity, max)
      return largest + log(sums.reduce(0) { $0 + exp($1 - largest) })
    }
  }

  private static func spaces() throws -> [SearchSpace] {
    try [
      mixedSpace(),
      SearchSpace([
        SearchParameter("few", .integer(1...3)), SearchParameter("many", .integer(0...1 << 40)),
        SearchParameter("wide", .integer(1...1_000_000, isLog: true)),
        SearchParameter("one", .integer(7...7)),
      ]),
      SearchSpace([
        SearchParameter("rate", .float(1e-3...10, isLog: true)),
        SearchParameter("same", .float(0.5...0.5)), SearchParameter("share", .float(0...1)),
      ]),
    ]
  }

  @Test(arguments: 0..<3, [1, 2, 20, 400])
  func `densities are those of all kernels together`(space: Int, count: Int) throws {
    let space = try Self.spaces()[space]
    var history = TrialHistory(space: space, direction: .minimise)
    let random = CounterRandom(seed: UInt64(count))
    for number in 0..<count {
      var point = RandomSampler().point(after: history, random: random.split(UInt64(number)))
      // Some trials differ in one number from the one before, as they may late in a search.
      if number % 3 == 2 {
        let index = number % point.count
        let own = point[index]
        point = history.trials[history.trials.count - 1].point
        point[index] = own
      }
      _ = history.start(point)
      history.finish(number, complete(Double(number * 7_919 % 1_003)))
    }
    let points =
      history.trials.prefix(10).map(\.point)
      + (0..<30).map { RandomSampler().point(after: history, random: .init(seed: $0)) }
    for settings in [TPESettings(), .optuna] {
      let sampler = TPESampler(settings)
      let good = history.ranking.prefix(settings.goodCount(of: count)).map { Int($0) }.sorted()
      let others = (0..<count).filter { !good.contains($0) }
      let mixtures = sampler.mixtures(history)
      for (mixture, trials) in [(mixtures.good, good), (mixtures.others, others)] {
        let expected = Self.slow(
          points, trials: trials, weights: mixture.weights, history: history, settings: settings)
        for (own, slow) in zip(mixture.logDensities(points), expected) {
          #expect(abs(own - slow) < 1e-9 * max(1, abs(slow)), "\(own) against \(slow)")
        }
      }
    }
  }
}
