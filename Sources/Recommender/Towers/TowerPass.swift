// Forward and backward through one tower for a batch of entities. Rows go in blocks of a fixed size
// to the threads of the pool, and sums over rows have a fixed order, so that results do not depend
// on the number of threads.

internal import CKernels
internal import NumericCore

/// The results of a tower's layers for a batch, and the gradients on the way back.
final class TowerPass {
  /// The rows that one thread takes at a time.
  private static let rowBlock = 64
  /// The rows of a weight matrix whose gradient one thread computes at a time.
  private static let weightBlock = 64

  let shape: TowerShape
  private let parts: [TowerShape.Part]
  private var capacity = 0
  private var count = 0
  /// For each layer the results; ReLUs and unit length are applied in place.
  private var results: [AlignedBuffer<Float>] = []
  /// For each layer the gradient by the results.
  private var gradients: [AlignedBuffer<Float>] = []
  private var lengths = AlignedBuffer<Float>(count: 0)

  init(shape: TowerShape) {
    self.shape = shape
    parts = shape.parts
  }

  /// The vectors of the last batch, in unit length.
  var output: MatrixBlock { block(results[shape.hidden.count], width: shape.dimension) }
  /// Where the loss writes its gradient by `output`.
  var outputGradient: MatrixBlock { block(gradients[shape.hidden.count], width: shape.dimension) }
  /// The gradient by the sums of the first layer, after `backward`.
  var tableGradient: MatrixBlock { block(gradients[0], width: shape.firstWidth) }

  /// A copy of the vectors.
  var encoding: Tower.Encoding {
    let vectors = Matrix<Float>(
      rows: count, columns: shape.dimension,
      elements: Array(UnsafeBufferPointer(start: output.base, count: count * shape.dimension)))
    return Tower.Encoding(vectors: vectors, zeros: (0..<count).filter { lengths.base[$0] == 0 })
  }

  /// The first entity whose vector had no finite length, and so has no direction.
  var unboundedRow: Int? { (0..<count).first { !lengths.base[$0].isFinite } }

  /// Computes the vectors of a batch.
  func forward(_ batch: TowerBatch, parameters: UnsafeMutablePointer<Float>, pool: WorkerPool) {
    reserve(batch.count)
    count = batch.count
    let numbers = part("numbers.weight", parameters)
    let bias = shape.hidden.isEmpty ? nil : part("first.bias", parameters).base
    let dense = shape.hidden.indices.map {
      (part("dense.\($0).weight", parameters), part("dense.\($0).bias", parameters).base)
    }
    batch.offsets.withUnsafeBufferPointer { offsets in
      batch.rows.withUnsafeBufferPointer { rows in
        batch.numbers.withUnsafeBufferPointer { numberElements in
          let inputs = MatrixBlock(
            reading: numberElements, rows: count, columns: shape.numbers)
          pool.forEachRange(count: count, grain: Self.rowBlock) { range, _ in
            first(
              range, offsets, rows, table: parameters, inputs: inputs, numbers: numbers, bias: bias)
            for (layer, (weights, bias)) in dense.enumerated() {
              let input = block(results[layer], width: shape.widths[layer]).part(rows: range)
              let output = block(results[layer + 1], width: shape.widths[layer + 1])
                .part(rows: range)
              Self.relu(input)
              Self.setRows(output, to: bias)
              output.setProduct(input, weights, keep: 1)
            }
            let last = output.part(rows: range)
            mlk_unit_rows(last.base, last.rows, last.columns, lengths.base + range.lowerBound)
          }
        }
      }
    }
  }

  /// Turns the gradient by the vectors into those by the dense parameters and the table's sums.
  ///
  /// - Parameter dense: receives the gradients of all parameters but the table's, at their places.
  func backward(
    _ batch: TowerBatch, parameters: UnsafeMutablePointer<Float>,
    dense: UnsafeMutablePointer<Float>, pool: WorkerPool
  ) {
    let weights = shape.hidden.indices.map { part("dense.\($0).weight", parameters) }
    pool.forEachRange(count: count, grain: Self.rowBlock) { range, _ in
      let last = outputGradient.part(rows: range)
      mlk_unit_rows_gradient(
        output.part(rows: range).base, lengths.base + range.lowerBound, last.rows, last.columns,
        last.base)
      for layer in shape.hidden.indices.reversed() {
        let behind = block(gradients[layer + 1], width: shape.widths[layer + 1]).part(rows: range)
        let before = block(gradients[layer], width: shape.widths[layer]).part(rows: range)
        before.setProduct(behind, weights[layer], transposed: .right)
        let result = block(results[layer], width: shape.widths[layer]).part(rows: range)
        mlk_relu_gradient(result.base, result.rows * result.columns, before.base)
      }
    }
    for layer in shape.hidden.indices {
      addDense(
        input: block(results[layer], width: shape.widths[layer]),
        gradient: block(gradients[layer + 1], width: shape.widths[layer + 1]),
        weights: part("dense.\(layer).weight", dense), pool)
      Self.setColumnSums(
        part("dense.\(layer).bias", dense),
        block(gradients[layer + 1], width: shape.widths[layer + 1]))
    }
    if !shape.hidden.isEmpty { Self.setColumnSums(part("first.bias", dense), tableGradient) }
    guard shape.numbers > 0 else { return }
    batch.numbers.withUnsafeBufferPointer {
      addDense(
        input: MatrixBlock(reading: $0, rows: count, columns: shape.numbers),
        gradient: tableGradient, weights: part("numbers.weight", dense), pool)
    }
  }

  private func first(
    _ range: Range<Int>, _ offsets: UnsafeBufferPointer<Int>, _ rows: UnsafeBufferPointer<Int32>,
    table: UnsafeMutablePointer<Float>, inputs: MatrixBlock, numbers: MatrixBlock,
    bias: UnsafeMutablePointer<Float>?
  ) {
    let width = shape.firstWidth
    let sums = block(results[0], width: width).part(rows: range)
    if let bias {
      Self.setRows(sums, to: bias)
    } else {
      sums.base.update(repeating: 0, count: sums.rows * width)
    }
    for place in range where offsets[place] < offsets[place + 1] {
      guard let used = rows.baseAddress else { break }
      mlk_bag_add(
        table, used + offsets[place], offsets[place + 1] - offsets[place], width,
        sums.base + (place - range.lowerBound) * width)
    }
    if shape.numbers > 0 { sums.setProduct(inputs.part(rows: range), numbers, keep: 1) }
  }

  /// The gradient of weights, in blocks of their rows.
  private func addDense(
    input: MatrixBlock, gradient: MatrixBlock, weights: MatrixBlock, _ pool: WorkerPool
  ) {
    pool.forEachRange(count: weights.rows, grain: Self.weightBlock) { range, _ in
      weights.part(rows: range).setProduct(
        input.part(rows: 0..<count, columns: range), gradient, transposed: .left)
    }
  }

  private func part(_ name: String, _ base: UnsafeMutablePointer<Float>) -> MatrixBlock {
    guard let part = parts.first(where: { $0.name == name }) else {
      preconditionFailure("a tower has no array \(name)")
    }
    return MatrixBlock(
      base + part.range.lowerBound, rows: part.shape.count == 2 ? part.shape[0] : 1,
      columns: part.shape[part.shape.count - 1])
  }

  private func block(_ buffer: AlignedBuffer<Float>, width: Int) -> MatrixBlock {
    MatrixBlock(buffer.base, rows: count, columns: width)
  }

  private func reserve(_ rows: Int) {
    guard rows > capacity || results.isEmpty else { return }
    capacity = rows
    results = shape.widths.map { AlignedBuffer(count: rows * $0) }
    gradients = shape.widths.map { AlignedBuffer(count: rows * $0) }
    lengths = AlignedBuffer(count: rows)
  }

  private static func relu(_ block: MatrixBlock) {
    for place in 0..<block.rows * block.columns {
      block.base[place] = max(0, block.base[place])
    }
  }

  private static func setRows(_ block: MatrixBlock, to row: UnsafeMutablePointer<Float>) {
    for index in 0..<block.rows {
      (block.base + index * block.stride).update(from: row, count: block.columns)
    }
  }

  private static func setColumnSums(_ sums: MatrixBlock, _ block: MatrixBlock) {
    sums.base.update(repeating: 0, count: block.columns)
    mlk_column_sums(block.base, block.rows, block.columns, sums.base)
  }
}
