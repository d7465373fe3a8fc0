// The search for a value's bin beside a count of the cuts below it.

import CKernels
import NumericCore
import TestSupport
import Testing

@testable import GradientBoosting

@Suite(.onOwnThread) struct CutSearchTests {
  private static let least = Double.leastNonzeroMagnitude

  /// Cuts that are even, few, crowded, without bounds, or so near that no grid tells them apart.
  private static let cases: [[Double]] = [
    [], [0], [-0.0], [1.5, 1.5.nextUp], [-.infinity, 0, 1],
    (0..<254).map { Double($0) / 10 },
    (0..<100).map { 1e300 * Double($0 - 50) },
    (0..<254).map { 1e15 + Double($0) },
    (0..<254).map { least * Double($0 - 100) },
    (0..<254).map { Double(sign: .plus, exponent: 4 * ($0 - 127), significand: 1) },
    (0..<200).map { Double($0) * 1e-9 } + [1, 2, 1e6],
    [-Double.greatestFiniteMagnitude, 0, .greatestFiniteMagnitude],
    [-1e308, -1, -least, 0, least, 1, 1e308],
  ]

  private func check(_ cuts: [Double], _ values: [Double]) {
    let search = CutSearch(cuts)
    var bins = [UInt8](repeating: 77, count: values.count)
    values.withUnsafeBufferPointer { values in
      bins.withUnsafeMutableBufferPointer { search.bin(values, into: $0) }
    }
    for (value, bin) in zip(values, bins) {
      let expected = value.isNaN ? 0 : 1 + cuts.filter { $0 < value }.count
      #expect(Int(bin) == expected, "\(value) between \(cuts.count) cuts")
      var grid = search.grid
      #expect(mlk_bin_value(value, &grid, search.before, search.cuts) == bin)
    }
  }

  @Test(arguments: cases.indices)
  func `a bin counts the cuts below a value`(index: Int) {
    let cuts = Self.cases[index]
    var generator = SeededGenerator(seed: UInt64(index))
    let ends: [Double] = [
      .nan, .infinity, -.infinity, 0, -0.0, Self.least, -Self.least, .greatestFiniteMagnitude,
      -.greatestFiniteMagnitude,
    ]
    let near = cuts.flatMap { [$0, $0.nextUp, $0.nextDown] }
    let scale = (cuts.last ?? 1).isFinite ? max(1, abs(cuts.last ?? 1)) : 1
    check(cuts, ends + near + (0..<300).map { _ in generator.normal() * scale })
  }

  @Test(arguments: [0, 1, 7, 8, 9, 255, 256, 257, 1_000])
  func `any number of values is binned`(count: Int) {
    var generator = SeededGenerator(seed: 9)
    for cutCount in [1, 2, 3, 100, 254] {
      for power in [1.0, 9.0] {
        let cuts = Set((0..<cutCount).map { _ in generator.normal() }.map { $0 * abs($0 * power) })
        check(
          cuts.sorted(),
          (0..<count).map { $0 % 50 == 0 ? .nan : generator.normal() * power })
      }
    }
  }
}
