// Trees prepared to explain rows: a block of rows is binned once, then every tree adds to the
// contributions of all its rows while both are in the nearest caches.

internal import CKernels
internal import NumericCore
internal import Tables

/// Some trees of a model prepared to explain rows of tables.
///
/// It holds 200 to 500 bytes for each node of the trees.
struct ScoreExplainer: Sendable {
  private static let blockRows = 128

  private let model: BoostedTrees
  private let trees: [ShapleyTree]

  /// Prepares some trees of a model.
  init(_ model: BoostedTrees, trees: Range<Int>, pool: WorkerPool) {
    self.model = model
    self.trees = ShapleyTree.all(of: model, trees: trees, pool: pool)
  }

  /// Adds what the trees contribute, in their order, to the values of rows.
  ///
  /// - Throws: `GradientBoostingError.missingFeature`.
  func add(_ columns: [Column], to values: inout Matrix<Double>, pool: WorkerPool) throws {
    let encoders = try model.encoders(for: columns)
    let inputs = model.inputs.count
    let rowCount = values.rows
    values.elements.withUnsafeMutableBufferPointer { elements in
      nonisolated(unsafe) let elements = elements
      pool.forEachRange(count: rowCount, grain: Self.blockRows) { rows, _ in
        let own = rows.lowerBound * inputs..<rows.upperBound * inputs
        add(
          rows, encoders: encoders, to: UnsafeMutableBufferPointer(rebasing: elements[own]),
          inputs: inputs)
      }
    }
  }

  /// Adds what the trees contribute to the values of a block of rows, which lie row by row.
  private func add(
    _ rows: Range<Int>, encoders: [BinEncoder], to values: UnsafeMutableBufferPointer<Double>,
    inputs: Int
  ) {
    let groupRows = Int(MLK_GROUP_ROWS)
    let groups = GroupedBins.groups(rows: rows.count)
    let sumCount = groups * inputs * groupRows
    let scratchCount = trees.reduce(0) { max($0, $1.scratchCount) }
    let bytes = (sumCount + scratchCount) * MemoryLayout<Double>.stride
    withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 64) { memory in
      let doubles = memory.bindMemory(to: Double.self)
      doubles.initialize(repeating: 0)
      guard let sums = doubles.baseAddress else { return }
      /// A row's sum for its first input; the others follow group by group.
      func own(_ row: Int) -> UnsafeMutablePointer<Double> {
        sums + row / groupRows * inputs * groupRows + row % groupRows
      }
      for row in 0..<rows.count {
        for input in 0..<inputs { own(row)[input * groupRows] = values[row * inputs + input] }
      }
      GroupedBins.with(rows, encoders: encoders) { bins, groupBytes in
        for tree in trees {
          tree.add(
            bins: bins, groupBytes: groupBytes, groups: groups, scratch: sums + sumCount,
            contributions: sums, inputs: inputs)
        }
      }
      for row in 0..<rows.count {
        for input in 0..<inputs { values[row * inputs + input] = own(row)[input * groupRows] }
      }
    }
  }
}
