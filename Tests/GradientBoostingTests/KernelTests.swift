// Every kernel against the obvious loop, over random shapes with the edge cases among them.

import CKernels
import NumericCore
import TestSupport
import Testing

@testable import GradientBoosting

@Suite(.onOwnThread) struct KernelTests {
  let pool = WorkerPool(threads: 2)

  @Test(arguments: [(0, 1), (1, 1), (7, 3), (100, 8), (1_000, 19), (333, 64), (257, 130)])
  func `a histogram counts every row in every feature`(rows: Int, features: Int) {
    let binCounts = (0..<features).map { [2, 3, 17, 256][$0 % 4] }
    let random = RandomBins(rows: rows, binCounts: binCounts, seed: UInt64(rows), pool: pool)
    let all = Array(0..<features)
    let hasMissing = random.matrix.hasMissing(rows: rows, shapes: random.shapes, pool: pool)
    let view = FeatureView(
      random.matrix, rows: rows, shapes: random.shapes, hasMissing: hasMissing, features: all,
      pool: pool)
    #expect(features < 3 || view.layout.columns.count < features)
    // Every other row, backwards: rows come in any order.
    let chosen = stride(from: rows - 1, through: 0, by: -2).map { $0 }
    let entries = chosen.map(random.entry)
    #expect(histogram(entries, view: view) == naiveHistogram(chosen, random, view.features))
    let some = Array(stride(from: 0, to: features, by: 3))
    let copy = FeatureView(
      random.matrix, rows: rows, shapes: random.shapes, hasMissing: hasMissing, features: some,
      spare: view, pool: pool)
    #expect(histogram(entries, view: copy) == naiveHistogram(chosen, random, some))
  }

  @Test(arguments: [(0, 1), (1, 8), (15, 3), (16, 8), (100, 9), (2_063, 19), (70, 64)])
  func `interleaving puts the bytes of columns side by side`(rows: Int, count: Int) {
    var generator = SeededGenerator(seed: UInt64(rows))
    let columns = (0..<count).map { _ in
      (0..<rows).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
    let (stride, whole) = ((count + 7) / 8 * 8 + 8, (count + 7) / 8 * 8)
    var target = [UInt8](repeating: 7, count: rows * stride)
    let memory = AlignedBuffer<UInt8>(count: rows * count)
    _ = memory.elements.update(fromContentsOf: columns.joined())
    let sources = (0..<count).map { UnsafePointer<UInt8>?(memory.base + $0 * rows) }
    mlk_interleave(sources, count, rows, &target, stride)
    let expected = (0..<rows).flatMap { row in
      (0..<stride).map { place in
        place < count ? columns[place][row] : place < whole ? 0 : 7
      }
    }
    #expect(target == expected)
  }

  @Test(arguments: 0...140)
  func `the bytes of a row are counted however many there are`(columns: Int) {
    var generator = SeededGenerator(seed: UInt64(columns))
    let (rows, stride, columnCells) = (50, columns + 3, Int(MLK_FEATURE_CELLS))
    let bytes = (0..<rows * stride).map { _ in UInt8.random(in: 0...255, using: &generator) }
    var entries: [UInt64] = []
    var cells = [Int64](repeating: 0, count: (columns + 1) * columnCells)
    var expected = cells
    for row in 0..<rows {
      let gradient = Int16.random(in: .min ... .max, using: &generator)
      let hessian = UInt16.random(in: .min ... .max, using: &generator)
      entries.append(
        UInt64(row) << 32 | UInt64(UInt16(bitPattern: gradient)) << 16 | UInt64(hessian))
      for column in 0..<columns {
        expected[column * columnCells + Int(bytes[row * stride + column])] +=
          Int64(gradient) << 32 + Int64(hessian)
      }
    }
    mlk_histogram_add(bytes, stride, columns, entries, rows, &cells)
    #expect(cells == expected)
  }

  private func histogram(_ entries: [UInt64], view: FeatureView) -> [Int64] {
    let layout = view.layout
    let cells = AlignedBuffer<Int64>(count: layout.cellCount)
    // What lay there before is of no matter.
    for cell in 0..<layout.cellCount { cells.base[cell] = -1 }
    layout.clear(cells.base, columns: layout.columns.indices)
    entries.withUnsafeBufferPointer { view.add($0, to: cells.base) }
    layout.spread(cells.base, columns: layout.columns.indices)
    return layout.binCounts.indices.flatMap { feature in
      (0..<layout.binCounts[feature]).map { cells.base[layout.starts[feature] + $0] }
    }
  }

  private func naiveHistogram(
    _ rows: [Int], _ random: RandomBins, _ features: [Int]
  ) -> [Int64] {
    features.flatMap { feature in
      var cells = [Int64](repeating: 0, count: random.features[feature].binCount)
      for row in rows {
        cells[Int(random.columns[feature][row])] +=
          Int64(random.gradients[row]) << 32 + Int64(random.hessians[row])
      }
      return cells
    }
  }

  @Test(arguments: 0..<20)
  func `a split by the bytes of a bundle divides rows as one by bins`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let binCounts = [3, 2, 9, 17, 30, 5, 2]
    let random = RandomBins(rows: 90, binCounts: binCounts, seed: seed, pool: pool)
    let view = FeatureView(
      random.matrix, rows: 90, shapes: random.shapes,
      hasMissing: random.matrix.hasMissing(rows: 90, shapes: random.shapes, pool: pool),
      features: [0, 2, 3, 4, 5, 6], pool: pool)
    #expect(view.layout.columns.contains { $0.members.count > 2 })
    for feature in view.features {
      var split = Split(feature: Int32(feature))
      split.isSet = Bool.random(using: &generator)
      split.low = UInt8.random(in: 0...1, using: &generator)
      split.width = UInt8.random(in: 0..<UInt8(binCounts[feature]), using: &generator)
      for bin in 0..<binCounts[feature] where Bool.random(using: &generator) {
        split.set.insert(bin)
      }
      let (byBytes, column) = view.split(split)
      for row in 0..<90 {
        let byte = Int(view.bins[row * view.stride + column])
        #expect(byBytes.takesLeft(byte) == split.takesLeft(Int(random.columns[feature][row])))
      }
    }
  }

  @Test(arguments: [0, 1, 15, 16, 500])
  func `gathered rows lie side by side and know where they came from`(count: Int) {
    for features in [3, 12, 28, 100] {
      let binCounts = [Int](repeating: 200, count: features)
      let random = RandomBins(rows: 600, binCounts: binCounts, seed: 8, pool: pool)
      let stride = random.matrix.stride
      let chosen = (0..<count).map { ($0 * 7) % 600 }
      var entries = chosen.map(random.entry)
      let packed = AlignedBuffer<UInt8>(count: 700 * stride)
      let rows = AlignedBuffer<UInt32>(count: 700)
      mlk_gather_rows(
        random.matrix.rowMajor.base, stride, &entries, count, 40, packed.base, rows.base)
      for (index, row) in chosen.enumerated() {
        #expect(entries[index] >> 32 == UInt64(40 + index))
        #expect(entries[index] & 0xFFFF_FFFF == random.entry(row) & 0xFFFF_FFFF)
        #expect(rows.base[40 + index] == UInt32(row))
        for feature in 0..<features {
          #expect(packed.base[(40 + index) * stride + feature] == random.columns[feature][row])
        }
      }
    }
  }

  @Test(arguments: [0, 1, 7, 256])
  func `histograms are added and subtracted cell by cell`(count: Int) {
    var generator = SeededGenerator(seed: 3)
    let a = (0..<count).map { _ in Int64.random(in: -1 << 50...1 << 50, using: &generator) }
    let b = (0..<count).map { _ in Int64.random(in: -1 << 50...1 << 50, using: &generator) }
    var (sum, difference) = (a, a)
    mlk_histogram_merge(&sum, b, count)
    mlk_histogram_subtract(&difference, b, count)
    #expect(sum == zip(a, b).map { $0 + $1 })
    #expect(difference == zip(a, b).map { $0 - $1 })
  }

  @Test(arguments: [0, 1, 2, 63, 64, 1_000])
  func `a partition keeps every entry on its side`(rows: Int) {
    let random = RandomBins(rows: rows, binCounts: [256], seed: 5, pool: pool)
    let entries = (0..<rows).map(random.entry)
    for (low, width) in [(0, 0), (0, 255), (1, 0), (1, 100), (40, 3), (0, 254)] {
      var split = Split()
      split.low = UInt8(low)
      split.width = UInt8(width)
      check(split, entries: entries, random: random) { low...low + width ~= $0 }
    }
    var split = Split()
    split.isSet = true
    for bin in [0, 3, 64, 127, 128, 255] { split.set.insert(bin) }
    check(split, entries: entries, random: random) { [0, 3, 64, 127, 128, 255].contains($0) }
  }

  private func check(
    _ split: Split, entries: [UInt64], random: RandomBins, goesLeft: (Int) -> Bool
  ) {
    let expected = entries.filter { goesLeft(Int(random.columns[0][Int($0 >> 32)])) }
    for isNear in [false, true] {
      let target = AlignedBuffer<UInt64>(count: entries.count)
      let column = BinColumn(base: random.matrix.column(0), stride: 1, isNear: isNear)
      let left = entries.withUnsafeBufferPointer {
        split.partition(
          $0, column: column, left: target.base, rightEnd: target.base + entries.count)
      }
      #expect(Array(target.elements.prefix(left)) == expected)
      #expect(Set(target.elements.dropFirst(left)) == Set(entries).subtracting(expected))
    }
  }

  @Test(arguments: 0..<60)
  func `the scan finds the best threshold and side of missing values`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let bins = [2, 3, 5, 64, 255, 256][Int(seed % 6)]
    let hasMissing = seed % 3 != 0
    var gradients: [Int] = []
    var hessians: [Int] = []
    for bin in 0..<bins {
      let isEmpty = bin == 0 ? !hasMissing : generator.uniform() < 0.2
      gradients.append(isEmpty ? 0 : Int.random(in: -5_000...5_000, using: &generator))
      hessians.append(isEmpty ? 0 : Int.random(in: 1...4_000, using: &generator))
    }
    let cells = zip(gradients, hessians).map { Int64($0) << 32 + Int64($1) }
    let least = Int.random(in: 1...6_000, using: &generator)
    let (lambdaL1, lambdaL2) = (seed % 4 == 0 ? 500.0 : 0, 600.0)
    var node = mlk_scan_node(
      total: cells.reduce(0, &+), lambda_l1: Float(lambdaL1), lambda_l2: Float(lambdaL2),
      least_hessian: Int32(least))
    // What lies behind the cells must not matter.
    let padded = cells + (0..<Int(MLK_SCAN_PADDING)).map { Int64($0 + 1) << 40 + 0x7FFF_FFFF }
    let found = mlk_split_scan(padded, Int32(bins), &node)

    let (totalG, totalH) = (gradients.reduce(0, +), hessians.reduce(0, +))
    func gain(threshold: Int, missingLeft: Bool) -> Double? {
      let g = gradients[1...threshold].reduce(0, +) + (missingLeft ? gradients[0] : 0)
      let h = hessians[1...threshold].reduce(0, +) + (missingLeft ? hessians[0] : 0)
      guard h >= least, totalH - h >= least else { return nil }
      func part(_ g: Int, _ h: Int) -> Double {
        let size = max(0, abs(Double(g)) - lambdaL1)
        return size * size / (Double(h) + lambdaL2)
      }
      return part(g, h) + part(totalG - g, totalH - h)
    }
    let all = (1..<bins).flatMap { t in
      [false, true].compactMap { gain(threshold: t, missingLeft: $0) }
    }
    if let best = all.max() {
      let own = gain(threshold: Int(found.threshold), missingLeft: found.missing_left == 1)
      #expect(own.map { abs($0 - best) <= 1e-5 * max(1, best) } ?? false)
      let left = cells[1...Int(found.threshold)].reduce(0, &+)
      #expect(found.left == left &+ (found.missing_left == 1 ? cells[0] : 0))
      #expect(abs(Double(found.gain) - best) <= 1e-5 * max(1, best))
    } else {
      #expect(found.gain == -1)
      #expect(found.threshold == 0)
    }
  }

  @Test func `logistic gradients are those of the log loss`() {
    let scores: [Float] = [-200, -30, -5, -1, -1e-4, 0, 1e-4, 0.5, 3, 12, 40, 300]
    for label: Float in [0, 1] {
      let labels = [Float](repeating: label, count: scores.count)
      var gradients = labels
      var hessians = labels
      mlk_logistic_gradients(scores, labels, scores.count, &gradients, &hessians)
      for (index, score) in scores.enumerated() {
        let p = BinaryLogLoss().prediction(score: Double(score))
        #expect(abs(Double(gradients[index]) - (p - Double(label))) < 5e-7)
        #expect(abs(Double(hessians[index]) - p * (1 - p)) < 5e-7)
      }
    }
  }

  @Test func `quantised derivatives keep their mean and their row`() {
    let count = 200_000
    let gradients = [Float](repeating: -0.123, count: count)
    let hessians = [Float](repeating: 0.0456, count: count)
    var entries = [UInt64](repeating: 0, count: count)
    mlk_quantise(gradients, hessians, count, nil, 7, 99, 100, 100, &entries)
    var (g, h) = (0, 0)
    for (index, entry) in entries.enumerated() {
      #expect(entry >> 32 == UInt64(index + 7))
      let gradient = Int(Int16(truncatingIfNeeded: entry >> 16))
      #expect(gradient == -13 || gradient == -12)
      #expect(entry & 0xFFFF == 4 || entry & 0xFFFF == 5)
      g += gradient
      h += Int(entry & 0xFFFF)
    }
    #expect(abs(Double(g) / Double(count) + 12.3) < 0.01)
    #expect(abs(Double(h) / Double(count) - 4.56) < 0.01)
    // Given rows are packed instead of consecutive ones, and each row's draw is its own.
    var chosen = [UInt64](repeating: 0, count: 3)
    mlk_quantise(gradients, hessians, 3, [9, 7, 8], 0, 99, 100, 100, &chosen)
    #expect(chosen == [entries[2], entries[0], entries[1]])
  }

  @Test(arguments: [0, 1, 2, 1_000, 5_000])
  func `radix sort sorts`(count: Int) {
    var generator = SeededGenerator(seed: UInt64(count))
    for isExactInFloat in [true, false] {
      var values = (0..<count).map { index -> Double in
        let value = generator.normal() * (index % 2 == 0 ? 1 : 1e10)
        return index % 50 == 0
          ? [0, -0.0, .infinity, -.infinity][index / 50 % 4]
          : isExactInFloat ? Double(Float(value)) : value
      }
      let expected = values.sorted()
      RadixSort.sort(&values)
      #expect(values == expected)
    }
  }
}
