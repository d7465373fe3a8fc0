// Interactions of a table's rows: a block of rows is binned once, then every tree adds to the values
// of all its rows.

internal import CKernels
public import NumericCore
public import Tables

/// A model prepared to tell how much pairs of columns move scores together.
///
/// It holds 200 to 500 bytes for each node of trees whose paths ask about 16 columns or fewer, and 12
/// more for each further column. Each thread that computes takes 512 KB, or
/// 64 bytes for each pair if that is more.
public struct InteractionExplainer: Sendable {
  /// The pairs of inputs that some path asks about (`BoostedTrees.joinedInputs`); all others have a
  /// value of 0.
  public let pairs: [InputPair]
  private let model: BoostedTrees
  private let trees: [InteractionTree]

  /// The most values that a thread works on at a time, for at least one group of rows: 512 KB.
  private static let blockValues = 65_536
  private static let blockRows = 128

  /// Prepares a model.
  public init(_ model: BoostedTrees, pool: WorkerPool) {
    self.model = model
    let inputOf = model.features.map(\.input)
    pairs = model.joinedInputs
    let pairNumbers = Dictionary(uniqueKeysWithValues: zip(pairs, pairs.indices))
    var prepared = [InteractionTree?](repeating: nil, count: model.trees.count)
    prepared.withUnsafeMutableBufferPointer { prepared in
      nonisolated(unsafe) let prepared = prepared
      pool.forEach(count: prepared.count) { index, _ in
        prepared[index] = InteractionTree(
          model.trees[index], inputOf: inputOf, pairNumbers: pairNumbers)
      }
    }
    trees = prepared.compactMap { $0 }
  }

  /// Computes exact path-dependent Shapley interaction values for rows of a table.
  ///
  /// The value of a pair is that in its two cells of shap's symmetric matrix, half of what the two
  /// columns change together: the Shapley value of a column is its main effect and the values of all
  /// its pairs, added up.
  ///
  /// - Parameter columns: the table's columns, found by name; all of one length.
  /// - Returns: for each row (matrix row) the value of each of `pairs` (matrix column), in log-odds
  ///   for the binary objective.
  /// - Throws: `GradientBoostingError.missingFeature`.
  public func values(_ columns: [Column], pool: WorkerPool) throws -> Matrix<Double> {
    let encoders = try model.encoders(for: columns)
    var values = Matrix<Double>(rows: columns.first?.count ?? 0, columns: pairs.count)
    let (rowCount, pairCount, groupRows) = (values.rows, pairs.count, Int(MLK_GROUP_ROWS))
    guard pairCount > 0 else { return values }
    let affordable = Self.blockValues / pairCount / groupRows * groupRows
    let grain = min(max(affordable, groupRows), Self.blockRows)
    values.elements.withUnsafeMutableBufferPointer { elements in
      nonisolated(unsafe) let elements = elements
      pool.forEachRange(count: rowCount, grain: grain) { rows, _ in
        let own = rows.lowerBound * pairCount..<rows.upperBound * pairCount
        write(rows, encoders: encoders, to: UnsafeMutableBufferPointer(rebasing: elements[own]))
      }
    }
    return values
  }

  /// Writes the values of a block of rows, which lie row by row.
  private func write(
    _ rows: Range<Int>, encoders: [BinEncoder], to values: UnsafeMutableBufferPointer<Double>
  ) {
    let groupRows = Int(MLK_GROUP_ROWS)
    let groups = GroupedBins.groups(rows: rows.count)
    let sumCount = groups * pairs.count * groupRows
    let scratchCount = trees.reduce(0) { max($0, $1.scratchCount) }
    let bytes = (sumCount + scratchCount) * MemoryLayout<Double>.stride
    withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 64) { memory in
      let doubles = memory.bindMemory(to: Double.self)
      doubles.initialize(repeating: 0)
      guard let sums = doubles.baseAddress else { return }
      GroupedBins.with(rows, encoders: encoders) { bins, groupBytes in
        for tree in trees {
          tree.add(
            bins: bins, groupBytes: groupBytes, groups: groups, scratch: sums + sumCount,
            values: sums, pairs: pairs.count)
        }
      }
      // Half of what the kernel adds up is the value of a cell.
      for row in 0..<rows.count {
        let own = sums + row / groupRows * pairs.count * groupRows + row % groupRows
        for pair in pairs.indices {
          values[row * pairs.count + pair] = own[pair * groupRows] / 2
        }
      }
    }
  }
}
