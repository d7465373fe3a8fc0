// Histograms and the search for the best threshold in them.

import CKernels
import NumericCore

func histogramKernels() throws -> [Comparison] {
  try [
    histogramAdd(rows: 100_000), histogramAdd(rows: 1_000_000), histogramSubtract(), splitScan(),
  ]
}

private let cellsPerFeature = Int(MLK_FEATURE_CELLS)

private func histogramAdd(rows count: Int) throws -> Comparison {
  let rows = BinnedRows(count: count, features: 28)
  var cells = [Int64](repeating: 0, count: rows.features * cellsPerFeature)
  var naiveCells = cells
  return try Comparison(
    "histogram add", shape: "half of \(count) rows x \(rows.features)",
    elements: rows.entries.count * rows.features
  ) {
    cells == naiveCells
  } kernel: {
    mlk_histogram_add(
      rows.rowMajor, rows.stride, rows.features, rows.entries, rows.entries.count, &cells)
  } naive: {
    for entry in rows.entries {
      let row = Int(entry >> 32)
      let gradient = Int64(Int16(truncatingIfNeeded: entry >> 16))
      let sum = gradient << 32 + Int64(entry & 0xFFFF)
      for feature in 0..<rows.features {
        naiveCells[feature * cellsPerFeature + Int(rows.rowMajor[row * rows.stride + feature])] +=
          sum
      }
    }
  }
}

private func histogramSubtract() throws -> Comparison {
  var generator = SeededGenerator(seed: 2)
  let count = 28 * cellsPerFeature
  let child = (0..<count).map { _ in Int64.random(in: -1_000...1_000, using: &generator) }
  var parent = [Int64](repeating: 1 << 40, count: count)
  var naiveParent = parent
  return try Comparison(
    "histogram subtract", shape: "28 features x 256 bins", elements: count
  ) {
    parent == naiveParent
  } kernel: {
    mlk_histogram_subtract(&parent, child, count)
  } naive: {
    for cell in 0..<count { naiveParent[cell] -= child[cell] }
  }
}

private func splitScan() throws -> Comparison {
  var generator = SeededGenerator(seed: 3)
  let bins = 256
  let gradients = (0..<bins).map { _ in Int.random(in: -5_000...5_000, using: &generator) }
  let hessians = (0..<bins).map { _ in Int.random(in: 1...4_000, using: &generator) }
  let cells = zip(gradients, hessians).map { Int64($0) << 32 + Int64($1) }
  let padded = cells + [Int64](repeating: 0, count: Int(MLK_SCAN_PADDING))
  var node = mlk_scan_node(
    total: cells.reduce(0, &+), lambda_l1: 0, lambda_l2: 600, least_hessian: 5_000)
  var found = mlk_scan_split()
  var naiveGain = -1.0
  return try Comparison("split scan", shape: "256 bins, both sides of missing", elements: bins) {
    abs(Double(found.gain) - naiveGain) <= 1e-5 * naiveGain
  } kernel: {
    found = mlk_split_scan(padded, Int32(bins), &node)
  } naive: {
    naiveGain = bestGain(cells, lambda: 600, leastHessian: 5_000)
  }
}

/// The best gain of all thresholds, with missing values on either side.
private func bestGain(_ cells: [Int64], lambda: Double, leastHessian: Int64) -> Double {
  let total = cells.reduce(0, &+)
  var best = -1.0
  for start in [0, cells[0]] {
    var left = start
    for bin in 1..<cells.count {
      left += cells[bin]
      let right = total - left
      guard left & 0xFFFF_FFFF >= leastHessian, right & 0xFFFF_FFFF >= leastHessian else {
        continue
      }
      best = max(best, part(left, lambda) + part(right, lambda))
    }
  }
  return best
}

private func part(_ sums: Int64, _ lambda: Double) -> Double {
  let gradient = Double(sums >> 32)
  return gradient * gradient / (Double(sums & 0xFFFF_FFFF) + lambda)
}
