// The kernels of a Parzen estimator along one parameter: one around each trial, and the prior,
// which comes last.

internal import Glibc

/// Kernels over the number line of a parameter.
struct NumberKernels {
  let axis: NumberAxis
  /// The middle of each kernel, as coordinates.
  private let means: [Double]
  private let deviations: [Double]
  /// One divided by each deviation.
  private let scales: [Double]
  /// What does not depend on the point: for each kernel, less the logarithm of the mass between the
  /// bounds and, for densities, of the deviation and the square root of 2 pi.
  private let massConstants: [Double]
  private let densityConstants: [Double]
  /// The widest cell whose mass is taken as density times width.
  private let widestFlatCell: Double

  /// Places kernels.
  ///
  /// - Parameters:
  ///   - coordinates: of the trials, in the order of the kernels.
  ///   - order: the indices of the coordinates in ascending order.
  init(axis: NumberAxis, coordinates: [Double], order: [Int32], settings: TPESettings) {
    self.axis = axis
    let (low, high) = (axis.lowest, axis.highest)
    let middle = 0.5 * (low + high)
    let widths = Self.widths(
      order.map { coordinates[Int($0)] }, low: low, high: high, bandwidth: settings.bandwidth)
    var deviations = [Double](repeating: high - low, count: coordinates.count + 1)
    for (place, index) in order.enumerated() { deviations[Int(index)] = widths[place] }
    means = coordinates + [middle]
    self.deviations = deviations
    scales = deviations.map { 1 / $0 }
    var masses: [Double] = []
    var densities: [Double] = []
    masses.reserveCapacity(means.count)
    densities.reserveCapacity(means.count)
    for (mean, scale) in zip(means, scales) {
      let mass = high > low ? NormalMass.log((low - mean) * scale, (high - mean) * scale) : 0
      masses.append(-mass)
      densities.append(log(scale) - 0.5 * log(2 * Double.pi) - mass)
    }
    massConstants = masses
    densityConstants = densities
    widestFlatCell = settings.approximatesCells ? deviations.reduce(.infinity, min) : 0
  }

  /// The widths of kernels in ascending order of their coordinates.
  private static func widths(
    _ sorted: [Double], low: Double, high: Double, bandwidth: TPESettings.Bandwidth
  ) -> [Double] {
    let count = sorted.count
    let kernels = Double(count + 1)
    guard count > 0 else { return [] }
    switch bandwidth {
    case .neighbours:
      let least = (high - low) / min(100, 1 + kernels)
      return (0..<count).map { place in
        let below = place > 0 ? sorted[place] - sorted[place - 1] : nil
        let above = place + 1 < count ? sorted[place + 1] - sorted[place] : nil
        let width =
          if count == 1 {
            max(sorted[0] - low, high - sorted[0])
          } else {
            max(below ?? 0, above ?? 0)
          }
        return min(max(width, least), high - low)
      }
    case .neighboursAndPrior(let floor):
      let least = (high - low) * max(floor, 1 / ((1 + kernels) * (1 + kernels)))
      let middle = 0.5 * (low + high)
      return (0..<count).map { place in
        let number = sorted[place]
        var below = place > 0 ? sorted[place - 1] : low
        var above = place + 1 < count ? sorted[place + 1] : high
        if middle <= number { below = max(below, middle) }
        if middle >= number { above = min(above, middle) }
        return min(max(number - below, above - number, least), high - low)
      }
    }
  }

  /// Adds the logarithm of each kernel at a number to the sums.
  func add(_ number: Double, to sums: UnsafeMutablePointer<Double>) {
    let cell = axis.step > 0 ? axis.cell(of: number) : nil
    let width = cell.map { $0.upperBound - $0.lowerBound } ?? 0
    if let cell, width > widestFlatCell {
      for kernel in means.indices {
        let (mean, scale) = (means[kernel], scales[kernel])
        sums[kernel] +=
          massConstants[kernel]
          + NormalMass.log((cell.lowerBound - mean) * scale, (cell.upperBound - mean) * scale)
      }
      return
    }
    let coordinate = axis.coordinate(number)
    let constant = cell == nil ? 0 : log(width)
    means.withUnsafeBufferPointer { means in
      scales.withUnsafeBufferPointer { scales in
        densityConstants.withUnsafeBufferPointer { constants in
          for kernel in 0..<means.count {
            let distance = (coordinate - means[kernel]) * scales[kernel]
            sums[kernel] += constants[kernel] + constant - 0.5 * distance * distance
          }
        }
      }
    }
  }

  /// Draws a number from a kernel.
  func draw(_ kernel: Int, _ random: inout some KernelRandomness) -> Double {
    let (low, high) = (axis.lowest, axis.highest)
    guard high > low else { return axis.low }
    // Every kernel lies within the bounds and is at most as wide as they are: at least a third of
    // what is drawn lies within them.
    while true {
      let coordinate = means[kernel] + deviations[kernel] * random.normal()
      if coordinate >= low, coordinate <= high { return axis.number(at: coordinate) }
    }
  }
}

/// Kernels over the choices of a parameter.
struct ChoiceKernels {
  private let choices: Int
  /// The choice of each kernel; the prior has none.
  private let chosen: [Int]
  private let logRest: Double
  private let logChosen: Double
  /// The probability of each choice that is not the kernel's own.
  private let rest: Double

  /// Places kernels on the choices of trials; the prior has the weight 1.
  init(choices: Int, chosen: [Int]) {
    self.choices = choices
    self.chosen = chosen
    let share = 1 / Double(chosen.count + 1)
    let total = 1 + share * Double(choices)
    rest = share / total
    logRest = log(rest)
    logChosen = log((1 + share) / total)
  }

  /// Adds the logarithm of each kernel at a choice to the sums.
  func add(_ choice: Int, to sums: UnsafeMutablePointer<Double>) {
    for (kernel, own) in chosen.enumerated() { sums[kernel] += own == choice ? logChosen : logRest }
    sums[chosen.count] -= log(Double(choices))
  }

  /// Draws a choice from a kernel.
  func draw(_ kernel: Int, _ random: inout some KernelRandomness) -> Int {
    guard kernel < chosen.count else { return random.index(below: choices) }
    // Anything for all choices alike, else the kernel's own.
    return random.uniform() < rest * Double(choices)
      ? random.index(below: choices) : chosen[kernel]
  }
}
