// The search for a value's bin beside a count of the cuts below it.

import CKernels
import NumericCore
import TestSupport
import Testing

@testable import GradientBoosting

@Suite(.onOwnThread) struct CutSearchTests {
  private static let least = Double.leastNonzeroMagnitude

  /// Cuts that are even, few, crowded, without bounds, or so near that no grid tells them apart.
  private static let cases: [[Double]] = {
    let numbers: [Double] = (0..<254).map { Double($0) }
    var cases: [[Double]] = [[], [0], [-0.0], [1.5, 1.5.nextUp], [-.infinity, 0, 1]]
    cases.append(numbers.map { $0 / 10 })
    cases.append(numbers.map { 1e300 * ($0 - 50) })
    cases.append(numbers.map { 1e15 + $0 })
    cases.append(numbers.map { least * ($0 - 100) })
    cases.append((-127..<127).map { Double(sign: .plus, exponent: 4 * $0, significand: 1) })
    cases.append(numbers.map { $0 * 1e-9 }.dropLast(3) + [1, 2, 1e6])
    cases.append([-Double.greatestFiniteMagnitude, 0, Double.greatestFiniteMagnitude])
    cases.append([-1e308, -1, -least, 0, least, 1, 1e308])
    return cases
  }()

  private func check(_ cuts: [Double], _ values: [Double]) {
    let search = CutSearch(cuts)
    var bins = [UInt8](repeating: 77, count: values.count)
    values.withUnsafeBufferPointer { values in
      bins.withUnsafeMutableBufferPointer { search.bin(values, into: $0) }
    }
    for (value, bin) in zip(values, bins) {
      let expected = value.isNaN ? 0 : 1 + cuts.filter { $0 < value }.count
      #expect(Int(bin) == expected, "\(value) between \(cuts.count) cuts")
      let single = withUnsafePointer(to: search.grid) {
        mlk_bin_value(value, $0, search.before, search.cuts)
      }
      #expect(single == bin)
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
    let near: [Double] = cuts.flatMap { [$0, $0.nextUp, $0.nextDown] }
    let scale = max(1, abs(cuts.last ?? 1)) / 4
    let others: [Double] = (0..<300).map { _ in generator.normal() * scale }
    check(cuts, ends + near + others)
  }

  @Test(arguments: [0, 1, 7, 8, 9, 255, 256, 257, 1_000])
  func `any number of values is binned`(count: Int) {
    var generator = SeededGenerator(seed: 9)
    for cutCount in [1, 2, 3, 100, 254] {
      for power in [1.0, 9.0] {
        let drawn: [Double] = (0..<cutCount).map { _ in generator.normal() }
        let cuts = Set(drawn.map { $0 * abs($0 * power) }).sorted()
        let values: [Double] = (0..<count).map { index in
          index % 50 == 0 ? .nan : generator.normal() * power
        }
        check(cuts, values)
      }
    }
  }
}
