// The bins of a block of rows, as the kernels read them that explain rows.

internal import CKernels

/// Bins rows in groups (see mlk_forest.h).
enum GroupedBins {
  /// How many groups a number of rows takes.
  static func groups(rows: Int) -> Int {
    (rows + Int(MLK_GROUP_ROWS) - 1) / Int(MLK_GROUP_ROWS)
  }

  /// Passes the bins of rows, group by group.
  ///
  /// - Parameter encoders: one for each feature.
  static func with(
    _ rows: Range<Int>, encoders: [BinEncoder],
    _ body: (_ bins: UnsafePointer<UInt8>, _ groupBytes: Int) -> Void
  ) {
    let groupRows = Int(MLK_GROUP_ROWS)
    let groups = groups(rows: rows.count)
    let groupBytes = encoders.count * groupRows
    let bytes = groups * groupBytes
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes + groups * groupRows) { memory in
      // The last group may have fewer rows; what its other places hold does not matter.
      memory.initialize(repeating: 0)
      guard let bins = memory.baseAddress else { return }
      let column = UnsafeMutableBufferPointer(rebasing: memory[bytes...])
      for (feature, encoder) in encoders.enumerated() {
        encoder.encode(range: rows, into: column)
        mlk_group_column(column.baseAddress, groups, groupBytes, bins + feature * groupRows)
      }
      body(bins, groupBytes)
    }
  }
}
