// The parameters of a tower in training, and the rules by which they follow their gradients. A
// table row is updated where its gradient is summed, so the gradient of a table never exists.
// Adam: Kingma, Ba, "Adam: a method for stochastic optimization", 2015, arXiv:1412.6980; decoupled
// decay: Loshchilov, Hutter, 2019, arXiv:1711.05101. Adagrad: Duchi, Hazan, Singer, 2011; one
// accumulator for a row as in TorchRec.

internal import CKernels
internal import Glibc
internal import NumericCore

/// The parameters of one tower and what their optimiser remembers.
final class TowerOptimizer {
  /// The table rows, and the groups of dense parameters, that one thread updates at a time.
  private static let rowBlock = 32
  private static let denseBlock = 4_096

  let shape: TowerShape
  /// The current parameters.
  let parameters: AlignedBuffer<Float>
  /// The gradients of the parameters behind the table; those of the table stay zero.
  let gradients: AlignedBuffer<Float>
  private let configuration: TwoTowerConfiguration
  /// Adam's two means, or Adagrad's accumulators (the first of each row) in `second`.
  private let first: AlignedBuffer<Float>
  private let second: AlignedBuffer<Float>
  /// The steps taken so far, and the one up to which each table row has been brought.
  private var steps: Int32 = 0
  private var rowSteps: [Int32]
  private var scratch: [AlignedBuffer<Float>] = []

  /// The standard deviation of the first values of tables.
  private static let tableDeviation = 0.1
  private static let beta1 = 0.9
  private static let beta2 = 0.999
  private static let epsilon = 1e-8

  init(shape: TowerShape, configuration: TwoTowerConfiguration, random: CounterRandom) {
    self.shape = shape
    self.configuration = configuration
    let count = shape.parameterCount
    parameters = AlignedBuffer(count: count)
    let tableEnd = shape.tableRows * shape.firstWidth
    gradients = AlignedBuffer(count: count - tableEnd)
    let isAdam = configuration.optimizer == .adam
    first = AlignedBuffer(count: isAdam ? count : 0)
    second = AlignedBuffer(count: isAdam ? count : shape.tableRows + count - tableEnd)
    rowSteps = [Int32](repeating: 0, count: shape.tableRows)
    initialise(random)
  }

  /// Tables start small and without direction; dense layers keep the size of what they are given.
  private func initialise(_ random: CounterRandom) {
    for (number, part) in shape.parts.enumerated() {
      var generator = SeededGenerator(random.split(UInt64(number)))
      let reach: Double =
        if number == 0 { Self.tableDeviation } else if part.inputs == 0 { 0 } else {
          (6 / Double(part.inputs)).squareRoot()
        }
      guard reach > 0 else { continue }
      for place in part.range {
        parameters.base[place] = Float(
          number == 0 ? reach * generator.normal() : reach * (2 * generator.uniform() - 1))
      }
    }
    // Nothing is known of an unknown id, unless hiding ids at random teaches it.
    if shape.ids > 0 { parameters.base.update(repeating: 0, count: shape.firstWidth) }
  }

  /// Gives table rows other directions and the length that rows start with on average.
  ///
  /// Rows without a direction stay as they are.
  func setDirections(_ vectors: Matrix<Float>, firstRow: Int) {
    let width = shape.firstWidth
    precondition(vectors.columns == width && firstRow + vectors.rows <= shape.tableRows)
    let length = Self.tableDeviation * Double(width).squareRoot()
    for row in 0..<vectors.rows {
      let square = vectors.row(row).reduce(0.0) { $0 + Double($1) * Double($1) }
      guard square > 0 else { continue }
      let factor = Float(length / square.squareRoot())
      for (column, value) in vectors.row(row).enumerated() {
        parameters.base[(firstRow + row) * width + column] = value * factor
      }
    }
  }

  /// The address that turns places among all parameters into gradients behind the table.
  var denseGradients: UnsafeMutablePointer<Float> {
    gradients.base - shape.tableRows * shape.firstWidth
  }

  /// Takes a step along the dense gradients, and one for each table row that the batch used.
  ///
  /// - Parameter sums: the gradient by the first layer's sum of each place of the batch.
  func step(_ uses: TableRowUses, sums: MatrixBlock, pool: WorkerPool) {
    steps += 1
    let width = shape.firstWidth
    while scratch.count < pool.threadCount { scratch.append(AlignedBuffer(count: width)) }
    pool.forEachRange(count: uses.rows.count, grain: Self.rowBlock) { range, worker in
      let gradient = scratch[worker].base
      for number in range {
        gradient.update(repeating: 0, count: width)
        uses.places.withUnsafeBufferPointer { places in
          guard let base = places.baseAddress else { return }
          let start = uses.offsets[number]
          mlk_bag_add(sums.base, base + start, uses.offsets[number + 1] - start, width, gradient)
        }
        update(row: Int(uses.rows[number]), gradient)
      }
    }
    for row in uses.rows { rowSteps[Int(row)] = steps }
    updateDense(pool)
  }

  /// Brings all table rows up to the last step, as they must be before they are read as a whole.
  func settle(pool: WorkerPool) {
    guard configuration.optimizer == .adam else { return }
    pool.forEachRange(count: shape.tableRows, grain: Self.rowBlock * 8) { range, _ in
      for row in range { coast(row: row, to: steps) }
    }
    for row in rowSteps.indices { rowSteps[row] = steps }
  }

  /// Brings the table rows of a batch up to the last step, before it is encoded.
  func settle(_ uses: TableRowUses, pool: WorkerPool) {
    guard configuration.optimizer == .adam else { return }
    pool.forEachRange(count: uses.rows.count, grain: Self.rowBlock) { range, _ in
      for number in range { coast(row: Int(uses.rows[number]), to: steps) }
    }
    for row in uses.rows { rowSteps[Int(row)] = steps }
  }

  /// Makes up for the steps in which a row was not used: its mean gradient goes on to move it.
  ///
  /// The bias corrections are those of the last of these steps, so that the sum of the fading means
  /// is a geometric series.
  private func coast(row: Int, to step: Int32) {
    let missed = Double(step - rowSteps[row])
    // A row that has had no step has no mean.
    guard missed > 0, rowSteps[row] > 0 else { return }
    let last = adamStep(Int(step))
    let ratio = Self.beta1 / Self.beta2.squareRoot()
    let series = ratio * (1 - pow(ratio, missed)) / (1 - ratio)
    let start = row * shape.firstWidth
    mlk_adam_coast(
      parameters.base + start, first.base + start, second.base + start, shape.firstWidth,
      last.rate * Float(series), last.epsilon, Float(pow(Self.beta1, missed)),
      Float(pow(Self.beta2, missed)), Float(pow(1 - Double(decay), missed)))
  }

  private func update(row: Int, _ gradient: UnsafePointer<Float>) {
    let width = shape.firstWidth
    switch configuration.optimizer {
    case .adam:
      var step = adamStep(Int(steps))
      mlk_adam(
        parameters.base + row * width, gradient, first.base + row * width,
        second.base + row * width, width, &step)
    case .rowWiseAdagrad:
      mlk_row_adagrad(
        parameters.base + row * width, gradient, second.base + row, width,
        Float(configuration.learningRate), Float(Self.epsilon), decay)
    }
  }

  private func updateDense(_ pool: WorkerPool) {
    let tableEnd = shape.tableRows * shape.firstWidth
    let count = shape.parameterCount - tableEnd
    guard count > 0 else { return }
    switch configuration.optimizer {
    case .adam:
      let step = adamStep(Int(steps))
      pool.forEachRange(count: count, grain: Self.denseBlock) { range, _ in
        var step = step
        let place = tableEnd + range.lowerBound
        mlk_adam(
          parameters.base + place, gradients.base + range.lowerBound, first.base + place,
          second.base + place, range.count, &step)
      }
    case .rowWiseAdagrad:
      // The number of rows of all dense arrays is small: one after the other.
      for part in shape.parts.dropFirst() where !part.range.isEmpty {
        let width = part.shape[part.shape.count - 1]
        for place in stride(from: part.range.lowerBound, to: part.range.upperBound, by: width) {
          mlk_row_adagrad(
            parameters.base + place, denseGradients + place,
            second.base + shape.tableRows + place - tableEnd, width,
            Float(configuration.learningRate), Float(Self.epsilon), decay)
        }
      }
    }
  }

  private var decay: Float { Float(configuration.learningRate * configuration.weightDecay) }

  private func adamStep(_ step: Int) -> mlk_adam_step {
    let rest1 = 1 - pow(Self.beta1, Double(step))
    let rest2 = (1 - pow(Self.beta2, Double(step))).squareRoot()
    return mlk_adam_step(
      rate: Float(configuration.learningRate * rest2 / rest1), beta1: Float(Self.beta1),
      beta2: Float(Self.beta2), epsilon: Float(Self.epsilon * rest2), decay: decay)
  }

  /// The tower as it is now.
  ///
  /// - Parameter unknownIDs: the table rows of ids that no step has trained; they become those of
  ///   an unknown id.
  func tower(unknownIDs: [Int]) -> Tower {
    var elements = Array(parameters.elements)
    let width = shape.firstWidth
    let unknown = Array(elements.prefix(width))
    for row in unknownIDs {
      elements.replaceSubrange(row * width..<(row + 1) * width, with: unknown)
    }
    return Tower(shape: shape, parameters: elements)
  }
}
