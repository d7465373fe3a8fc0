// A density over the whole space as the weighted sum of one product of kernels for each trial, and
// of the prior: the kernels of one trial stay together, so that parameters that belong together do.

internal import Glibc
internal import NumericCore

/// Where the kernels of a mixture draw from.
protocol KernelRandomness {
  mutating func uniform() -> Double
  mutating func normal() -> Double
  mutating func index(below count: Int) -> Int
}

extension SeededGenerator: KernelRandomness {
  mutating func index(below count: Int) -> Int {
    min(Int(uniform() * Double(count)), count - 1)
  }
}

/// A Parzen estimator over some trials of a history.
struct ParzenMixture {
  private enum Kernels {
    case numbers(NumberKernels)
    case choices(ChoiceKernels)
  }
  private let kernels: [Kernels]
  /// The weight of each trial, then of the prior; the sum is 1.
  let weights: [Double]
  private let logWeights: [Double]

  /// Places a kernel on each of some trials.
  ///
  /// - Parameters:
  ///   - trials: their numbers, ascending.
  ///   - weights: of the trials and the prior, in any unit.
  init(_ trials: [Int32], of history: TrialHistory, weights: [Double], settings: TPESettings) {
    let total = weights.reduce(0, +)
    self.weights = weights.map { $0 / total }
    logWeights = self.weights.map { log($0) }
    var position = [Int32](repeating: -1, count: history.trials.count)
    for (index, trial) in trials.enumerated() { position[Int(trial)] = Int32(index) }
    kernels = history.space.parameters.enumerated().map { index, parameter in
      let column = history.columns[index]
      let own = trials.map { column[Int($0)] }
      guard let axis = parameter.axis else {
        return .choices(
          ChoiceKernels(choices: parameter.choiceCount, chosen: own.map { Int($0) }))
      }
      var order: [Int32] = []
      order.reserveCapacity(trials.count)
      for trial in history.orders[index] where position[Int(trial)] >= 0 {
        order.append(position[Int(trial)])
      }
      return .numbers(
        NumberKernels(axis: axis, coordinates: own, order: order, settings: settings))
    }
  }

  /// Draws a point: a trial or the prior, then a number from each of its kernels.
  func draw(_ random: inout some KernelRandomness) -> [Double] {
    var rest = random.uniform()
    var kernel = 0
    while kernel + 1 < weights.count, rest >= weights[kernel] {
      rest -= weights[kernel]
      kernel += 1
    }
    return kernels.map {
      switch $0 {
      case .numbers(let numbers): numbers.draw(kernel, &random)
      case .choices(let choices): Double(choices.draw(kernel, &random))
      }
    }
  }

  /// The logarithm of the density at each of some points.
  func logDensities(_ points: [[Double]]) -> [Double] {
    let count = weights.count
    return points.map { point in
      var sums = logWeights
      sums.withUnsafeMutableBufferPointer { buffer in
        guard let sums = buffer.baseAddress else { return }
        for (kernels, number) in zip(kernels, point) {
          switch kernels {
          case .numbers(let numbers): numbers.add(number, to: sums)
          case .choices(let choices): choices.add(Int(number), to: sums)
          }
        }
      }
      let largest = sums.reduce(-.infinity, max)
      guard largest > -.infinity else { return -.infinity }
      for kernel in 0..<count { sums[kernel] -= largest }
      return largest + log(VectorMath.sum(VectorMath.exp(sums)))
    }
  }
}
