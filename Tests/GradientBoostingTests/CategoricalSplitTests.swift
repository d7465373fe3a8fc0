// Splits of categories against all groupings there are.

import NumericCore
import TestSupport
import Testing

@testable import GradientBoosting

@Suite(.onOwnThread) struct CategoricalSplitTests {
  /// Without penalties and guards the best cut of the sorted categories is the best of all
  /// groupings, which is what Fisher proved.
  @Test(arguments: 0..<40)
  func `sorting finds the best of all groupings`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let bins = Int.random(in: 6...10, using: &generator)
    let hasMissing = seed % 2 == 0
    let cells = (0..<bins).map { bin -> Int64 in
      guard bin > 0 || hasMissing else { return 0 }
      let gradients = Int64.random(in: -9_000...9_000, using: &generator)
      return gradients << 32 + Int64.random(in: 1...5_000, using: &generator)
    }
    let sums = PackedSums(bits: cells.reduce(0, &+))
    let finder = SplitFinder(parameters: try parameters(), scale: scale)
    let best = cells.withUnsafeBufferPointer {
      CategoricalSplitSearch(
        finder: finder, cells: $0, sums: sums, count: 1_000, bounds: LeafBounds(), least: 1
      ).best()
    }
    var expected = 0.0
    for mask in 1..<(1 << bins) {
      var left = PackedSums(bits: 0)
      for bin in 0..<bins where mask >> bin & 1 == 1 { left.bits &+= cells[bin] }
      guard left.hessians > 0, left.hessians < sums.hessians else { continue }
      expected = max(expected, finder.gain(left: left, of: sums, lambdaL2: 0))
    }
    #expect(abs(best.gain - expected) <= 1e-9 * expected)
    let chosen = (0..<bins).filter { cells[$0] != 0 && best.set.contains($0) }
    #expect(PackedSums(bits: chosen.reduce(0) { $0 &+ cells[$1] }) == best.left)
  }

  @Test func `groups of too few rows are not split off`() throws {
    // One category of 30 rows with a great effect, seven of 200 rows without any.
    let others = (0..<7).map { Int64($0) << 32 + 200_000 }
    let cells: [Int64] = [0, -300_000 << 32 + 30_000] + others
    let sums = PackedSums(bits: cells.reduce(0, &+))
    func best(group: Int) throws -> Split {
      let finder = SplitFinder(parameters: try parameters(group: group), scale: scale)
      return cells.withUnsafeBufferPointer {
        CategoricalSplitSearch(
          finder: finder, cells: $0, sums: sums, count: 1_430, bounds: LeafBounds(), least: 1
        ).best()
      }
    }
    #expect(try best(group: 10).set.contains(1))
    #expect(try best(group: 10).left.hessians == 30_000)
    #expect(try best(group: 100).left.hessians >= 230_000)
  }

  private var scale: GradientScale {
    GradientScale(rows: 1_000, gradientBound: 1, hessianBound: 0.25)
  }

  private func parameters(group: Int = 1) throws -> GrowingParameters {
    var configuration = BoostingConfiguration()
    configuration.lambdaL2 = 0
    configuration.catL2 = 0
    configuration.catSmooth = 0
    configuration.maxCatToOnehot = 1
    configuration.minDataPerGroup = group
    return GrowingParameters(try configuration.resolved(rows: 1_000))
  }
}
