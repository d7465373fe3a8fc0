// The kernels of a Parzen estimator along one parameter: one around each trial, and the prior,
// which comes last.

internal import CKernels
internal import Glibc
internal import NumericCore

/// Kernels over the number line of a parameter: normal distributions between its bounds.
struct NumberKernels {
  let axis: NumberAxis
  /// The middle of each kernel, as coordinates.
  private let means: [Double]
  private let deviations: [Double]
  /// One divided by each deviation; 0 where the bounds leave a single number, and nothing to tell.
  private let scales: [Double]
  /// For each kernel the first one, in the order of middles, that is the same.
  ///
  /// On an axis with steps most kernels are like others: trials share numbers, and widths are the
  /// least that is allowed.
  private let first: [Int]
  /// What does not depend on the number: for each kernel, less the logarithm of the mass between the
  /// bounds and, without steps, of the deviation and the square root of 2 pi.
  let constants: [Double]

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
    let means = coordinates + [middle]
    self.means = means
    self.deviations = deviations
    var first = Array(means.indices)
    if axis.step > 0 {
      for (own, next) in zip(order, order.dropFirst()).map({ (Int($0), Int($1)) })
      where means[own] == means[next] && deviations[own] == deviations[next] {
        first[next] = first[own]
      }
    }
    self.first = first
    guard high > low else {
      scales = deviations
      constants = deviations
      return
    }
    let scales = deviations.map { 1 / $0 }
    self.scales = scales
    // So far away the bounds cut nothing off that a double would notice.
    let far = 9.0
    let cut = means.indices.filter { min(means[$0] - low, high - means[$0]) * scales[$0] < far }
    let cutMasses = VectorMath.logNormalMasses(
      from: cut.map { (low - means[$0]) * scales[$0] },
      widths: cut.map { (high - low) * scales[$0] })
    var masses = [Double](repeating: 0, count: means.count)
    for (kernel, mass) in zip(cut, cutMasses) { masses[kernel] = mass }
    let shift = 0.5 * log(2 * Double.pi)
    constants =
      axis.step > 0
      ? masses.map { -$0 } : zip(VectorMath.log(scales), masses).map { $0 - shift - $1 }
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

  /// Adds to the sums what the logarithm of each kernel at a number has beyond its constant; with
  /// steps, not that but at least that.
  ///
  /// The mass of a cell at a distance of z deviations is at most `exp(-z^2 / 2)`.
  func addExponents(at number: Double, to sums: inout [Double]) {
    let cell = axis.step > 0 ? axis.cell(of: number) : nil
    let coordinate = axis.coordinate(number)
    mlk_add_normal_exponents(
      means, scales, means.count, cell?.lowerBound ?? coordinate, cell?.upperBound ?? coordinate,
      &sums)
  }

  /// Adds to the sums the logarithms of the masses that some kernels have, beyond their constants, in
  /// the cell of a number.
  func addMasses(at number: Double, of kernels: [Int], to sums: inout [Double]) {
    let cell = axis.cell(of: number)
    let width = cell.upperBound - cell.lowerBound
    var different: [Int] = []
    var places = [Int](repeating: -1, count: means.count)
    for kernel in kernels where places[first[kernel]] < 0 {
      places[first[kernel]] = different.count
      different.append(kernel)
    }
    let masses = VectorMath.logNormalMasses(
      from: different.map { (cell.lowerBound - means[$0]) * scales[$0] },
      widths: different.map { width * scales[$0] })
    for (index, kernel) in kernels.enumerated() { sums[index] += masses[places[first[kernel]]] }
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
  func add(_ choice: Int, to sums: inout [Double]) {
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
