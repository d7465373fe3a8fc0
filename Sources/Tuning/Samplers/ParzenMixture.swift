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
  /// How far below the largest the logarithm of a sum of kernels is when they are left out: that
  /// would not change the last digit.
  private static let farBelow = 42.0

  /// For each parameter the kernels of the trials, then of the prior.
  private let kernels: [Kernels]
  /// The weight of each trial, then of the prior; the sum is 1.
  let weights: [Double]
  /// What does not depend on the point: the logarithm of each weight, and the constants of the
  /// numbers' kernels.
  private let constants: [Double]

  /// Places a kernel on each of some trials.
  ///
  /// - Parameters:
  ///   - trials: their numbers, ascending.
  ///   - weights: of the trials and the prior, in any unit.
  init(_ trials: [Int32], of history: TrialHistory, weights: [Double], settings: TPESettings) {
    let total = weights.reduce(0, +)
    self.weights = weights.map { $0 / total }
    var constants = VectorMath.log(self.weights)
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
      let numbers = NumberKernels(axis: axis, coordinates: own, order: order, settings: settings)
      for (kernel, constant) in numbers.constants.enumerated() { constants[kernel] += constant }
      return .numbers(numbers)
    }
    self.constants = constants
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
  func logDensities(_ points: [[Double]]) -> [Double] { points.map(logDensity) }

  /// The logarithm of the density at a point.
  ///
  /// The masses of cells are the expensive part. They are asked for only of the kernels that can
  /// contribute: bounds of all kernels, which cost little, and the true value of the one with the
  /// largest bound tell which these are.
  private func logDensity(_ point: [Double]) -> Double {
    var exact = constants
    var stepped: [(kernels: NumberKernels, number: Double)] = []
    for (kernels, number) in zip(kernels, point) {
      switch kernels {
      case .numbers(let numbers) where numbers.axis.step > 0: stepped.append((numbers, number))
      case .numbers(let numbers): numbers.addExponents(at: number, to: &exact)
      case .choices(let choices): choices.add(Int(number), to: &exact)
      }
    }
    var bounds = exact
    for (numbers, number) in stepped { numbers.addExponents(at: number, to: &bounds) }
    func values(_ kernels: [Int]) -> [Double] {
      var sums = kernels.map { exact[$0] }
      for (numbers, number) in stepped { numbers.addMasses(at: number, of: kernels, to: &sums) }
      return sums
    }
    var first = 0
    for kernel in bounds.indices where bounds[kernel] > bounds[first] { first = kernel }
    // However many they are, together they are no more than that.
    let least = values([first])[0] - Self.farBelow - log(Double(bounds.count))
    let sums = values(bounds.indices.filter { bounds[$0] >= least })
    let largest = sums.reduce(-.infinity, max)
    guard largest > -.infinity else { return -.infinity }
    return largest + log(VectorMath.sum(VectorMath.exp(sums.map { $0 - largest })))
  }
}
