// Dividing the rows of a node, and turning values into bins.

import CKernels
import NumericCore

func partitionKernels() throws -> [Comparison] {
  try [partitionInterval(), partitionSet(), binning()]
}

/// Entries divided by a rule, in the order in which the kernels write them.
private func divided(_ entries: [UInt64], _ column: [UInt8], _ rule: (UInt8) -> Bool) -> [UInt64] {
  var left: [UInt64] = []
  var right: [UInt64] = []
  for entry in entries {
    if rule(column[Int(entry >> 32)]) { left.append(entry) } else { right.append(entry) }
  }
  return left + right.reversed()
}

private func partitionInterval() throws -> Comparison {
  let rows = BinnedRows(count: 200_000, features: 1)
  let (column, entries) = (rows.columns[0], rows.entries)
  var target = [UInt64](repeating: 0, count: entries.count)
  var naiveTarget = target
  return try Comparison(
    "partition by interval", shape: "half of 200000 rows", elements: entries.count
  ) {
    target == naiveTarget
  } kernel: {
    target.withUnsafeMutableBufferPointer { target in
      guard let base = target.baseAddress else { return }
      _ = mlk_partition_interval(
        column, 1, 0, 1, 120, entries, entries.count, base, base + entries.count)
    }
  } naive: {
    naiveTarget = divided(entries, column) { 1...121 ~= $0 }
  }
}

private func partitionSet() throws -> Comparison {
  let rows = BinnedRows(count: 200_000, features: 1)
  let (column, entries) = (rows.columns[0], rows.entries)
  let mask: [UInt64] = [0x1234_5678_9ABC_DEF0, 0xF0F0_F0F0_F0F0_F0F0, 1, 0xFFFF]
  let bins = Set((0..<256).filter { mask[$0 >> 6] >> UInt64($0 & 63) & 1 == 1 })
  let contains = (0..<256).map { bins.contains($0) }
  var target = [UInt64](repeating: 0, count: entries.count)
  var naiveTarget = target
  return try Comparison(
    "partition by set", shape: "half of 200000 rows", elements: entries.count
  ) {
    target == naiveTarget
  } kernel: {
    target.withUnsafeMutableBufferPointer { target in
      guard let base = target.baseAddress else { return }
      _ = mlk_partition_set(
        column, 1, 0, mask, entries, entries.count, base, base + entries.count)
    }
  } naive: {
    naiveTarget = divided(entries, column) { contains[Int($0)] }
  }
}

private func binning() throws -> Comparison {
  var generator = SeededGenerator(seed: 4)
  let cuts = (0..<254).map { Double($0) / 64 - 2 }
  let padded = cuts + [.infinity, .infinity]
  var before = [UInt8](repeating: 0, count: Int(MLK_CUT_CELLS))
  let grid = mlk_cut_grid_of(cuts, cuts.count, &before)
  let values = (0..<100_000).map { $0 % 50 == 0 ? .nan : generator.normal() }
  var bins = [UInt8](repeating: 0, count: values.count)
  var naiveBins = bins
  return try Comparison("binning", shape: "100000 values, 254 cuts", elements: values.count) {
    bins == naiveBins
  } kernel: {
    mlk_bin_values(values, values.count, grid, before, padded, &bins)
  } naive: {
    for (index, value) in values.enumerated() { naiveBins[index] = bin(of: value, cuts) }
  }
}

/// A binary search.
private func bin(of value: Double, _ cuts: [Double]) -> UInt8 {
  if value.isNaN { return 0 }
  var (low, high) = (0, cuts.count)
  while low < high {
    let middle = (low + high) / 2
    if cuts[middle] < value { low = middle + 1 } else { high = middle }
  }
  return UInt8(low + 1)
}
