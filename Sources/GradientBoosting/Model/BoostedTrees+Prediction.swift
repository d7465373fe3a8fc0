// Prediction in blocks of rows: a block's values are binned once, then every tree walks all rows of
// the block while bins and tree are in the nearest caches.

internal import CKernels
public import NumericCore
public import Tables
internal import Texts

extension BoostedTrees {
  private static let blockRows = 1_024

  /// Predicts rows of a table.
  ///
  /// - Parameter columns: the table's columns, found by name; all of one length.
  /// - Returns: for each row a probability (binary objective) or value (regression).
  /// - Throws: `GradientBoostingError.missingFeature` if a column that the model reads is not
  ///   there or of another kind.
  public func predict(_ columns: [Column], pool: WorkerPool) throws -> [Double] {
    var scores = try rawScores(columns, pool: pool)
    let objective = objective
    scores.withUnsafeMutableBufferPointer { scores in
      nonisolated(unsafe) let scores = scores
      pool.forEachRange(count: scores.count, grain: Self.blockRows) { rows, _ in
        for row in rows { scores[row] = objective.prediction(score: scores[row]) }
      }
    }
    return scores
  }

  /// Computes the raw scores of rows of a table: log-odds for the binary objective.
  public func rawScores(_ columns: [Column], pool: WorkerPool) throws -> [Double] {
    let encoders = try encoders(for: columns)
    let trees = FlatTrees(trees)
    let rowCount = columns.first?.count ?? 0
    var scores = [Double](repeating: initialScore, count: rowCount)
    scores.withUnsafeMutableBufferPointer { scores in
      nonisolated(unsafe) let scores = scores
      pool.forEachRange(count: rowCount, grain: Self.blockRows) { rows, _ in
        Self.add(trees, encoders: encoders, rows: rows, to: scores)
      }
    }
    return scores
  }

  /// Adds what the trees say of some rows to their scores.
  private static func add(
    _ trees: FlatTrees, encoders: [BinEncoder], rows: Range<Int>,
    to scores: UnsafeMutableBufferPointer<Double>
  ) {
    let groupRows = Int(MLK_GROUP_ROWS)
    let groups = (rows.count + groupRows - 1) / groupRows
    let stepRows = Int(MLK_STEP_ROWS)
    let groupBytes = encoders.count * groupRows
    let columnBytes = (rows.count + stepRows - 1) / stepRows * stepRows
    let bytes = encoders.count * columnBytes
    let needsGroups = trees.needsGroups
    let capacity = needsGroups ? 2 * bytes : bytes
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { memory in
      guard let columns = memory.baseAddress else { return }
      // Nothing is read there, nor is there anything, where no tree needs groups.
      let grouped = needsGroups ? columns + bytes : columns
      for feature in trees.features {
        let column = UnsafeMutableBufferPointer(
          start: columns + feature * columnBytes, count: columnBytes)
        encoders[feature].encode(range: rows, into: column)
        // The rows may be no multiple of what is read; what the other places hold does not matter.
        column[rows.count...].update(repeating: 0)
        if needsGroups {
          mlk_group_column(column.baseAddress, groups, groupBytes, grouped + feature * groupRows)
        }
      }
      withUnsafeTemporaryAllocation(of: Double.self, capacity: groups * groupRows) { sums in
        sums.initialize(repeating: 0)
        _ = sums.update(fromContentsOf: scores[rows])
        trees.add(
          columns: columns, columnBytes: columnBytes, groups: grouped, groupBytes: groupBytes,
          scores: sums)
        _ = UnsafeMutableBufferPointer(rebasing: scores[rows])
          .update(fromContentsOf: sums[..<rows.count])
      }
    }
  }

  /// What bins the rows of a table, for each feature.
  ///
  /// - Throws: `GradientBoostingError.missingFeature`.
  func encoders(for columns: [Column]) throws -> [BinEncoder] {
    let inputColumns = try inputColumns(of: columns)
    return features.map { BinEncoder(feature: $0, column: inputColumns[$0.input]) }
  }

  /// The column of each input.
  ///
  /// - Throws: `GradientBoostingError.missingFeature`.
  func inputColumns(of columns: [Column]) throws -> [Column] {
    let byName = Dictionary(
      columns.map { (ByteText($0.name), $0) }, uniquingKeysWith: { first, _ in first })
    return try inputs.map { input in
      guard let column = byName[ByteText(input.name)], column.kind == input.kind else {
        throw GradientBoostingError.missingFeature(name: input.name, kind: input.kind.rawValue)
      }
      return column
    }
  }
}
