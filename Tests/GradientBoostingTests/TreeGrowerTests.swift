// Trees against the naive grower: the same leaves, whatever the threads.

import NumericCore
import TestSupport
import Testing

@testable import GradientBoosting

@Suite(.onOwnThread) struct TreeGrowerTests {
  @Test(arguments: 0..<40)
  func `the tree is the strict leaf-wise tree`(seed: UInt64) throws {
    let pool = WorkerPool(threads: 1 + Int(seed % 4))
    let rows = [1, 2, 30, 200, 777][Int(seed % 5)]
    let binCounts = [[5, 2, 256], [3], [9, 4, 4, 30, 2, 2, 17]][Int(seed % 3)]
    let random = RandomBins(
      rows: rows, binCounts: binCounts, categorical: [1], seed: seed, pool: pool)
    let parameters = try growingParameters(
      leaves: [2, 7, 40][Int(seed % 3)], minData: [1, 5][Int(seed % 2)],
      lambdaL1: seed % 7 == 0 ? 0.1 : 0, maxDepth: seed % 4 == 0 ? 3 : -1)
    let scale = GradientScale(rows: 10_000, gradientBound: 1, hessianBound: 0.25)
    let naive = NaiveGrower(
      bins: random.columns, shapes: random.shapes, parameters: parameters, scale: scale)
    #expect(
      leaves(random, parameters: parameters, scale: scale, pool: pool)
        == naive.leaves(gradients: random.gradients, hessians: random.hessians))
  }

  @Test(arguments: 0..<60)
  func `constrained features give the tree that clipped values choose`(seed: UInt64) throws {
    let pool = WorkerPool(threads: 1 + Int(seed % 4))
    var random = RandomBins(
      rows: [30, 200, 600][Int(seed % 3)],
      binCounts: [[30, 4, 12, 256], [9, 3, 5]][Int(seed % 2)],
      categorical: [1], seed: seed, pool: pool)
    random.directions = [0: seed % 4 < 2 ? 1 : -1, 2: seed % 5 < 3 ? -1 : 0]
    let parameters = try growingParameters(
      leaves: [3, 12, 40][Int(seed / 3 % 3)], lambdaL1: seed % 7 == 0 ? 0.1 : 0)
    let scale = GradientScale(rows: 10_000, gradientBound: 1, hessianBound: 0.25)
    let naive = NaiveGrower(
      bins: random.columns, shapes: random.shapes, parameters: parameters, scale: scale)
    #expect(
      leaves(random, parameters: parameters, scale: scale, pool: pool)
        == naive.leaves(gradients: random.gradients, hessians: random.hessians))
  }

  @Test(arguments: 0..<20)
  func `of equal features the first is split on, in bundles or alone`(seed: UInt64) throws {
    let pool = WorkerPool(threads: 1 + Int(seed % 4))
    // Features 18 to 23 are the first six again, which have a byte each, behind those that some of
    // their twins share.
    var random = RandomBins(
      rows: 400, binCounts: (0..<18).map { [6, 9, 5, 12, 7, 15][$0 % 6] }, seed: seed, pool: pool)
    random.appendTwins(of: 0..<6, pool: pool)
    let parameters = try growingParameters(leaves: 30)
    let scale = GradientScale(rows: 10_000, gradientBound: 1, hessianBound: 0.25)
    let grower = grower(random, parameters: parameters, pool: pool)
    for row in 0..<400 { grower.entries.base(0)[row] = random.entry(row) }
    let grown = grower.grow(
      count: 400, sums: random.sums(Array(0..<400)), scale: scale, featureSubset: nil)
    let split = Set(
      grown.growingIndices.map { grown.nodes[$0] }.filter(\.isAccepted).map {
        Int($0.split.feature)
      })
    #expect(!split.isEmpty && split.allSatisfy { $0 < 18 })
    let naive = NaiveGrower(
      bins: random.columns, shapes: random.shapes, parameters: parameters, scale: scale)
    #expect(
      leaves(random, parameters: parameters, scale: scale, pool: pool)
        == naive.leaves(gradients: random.gradients, hessians: random.hessians))
  }

  @Test func `large nodes divided by several threads give the same tree as by one`() throws {
    let rows = 3 * TreeGrower.parallelRows
    let parameters = try growingParameters(leaves: 31, minData: 20)
    let scale = GradientScale(rows: rows, gradientBound: 1, hessianBound: 0.25)
    let trees = [1, 2, 4, 7].map { threads in
      let pool = WorkerPool(threads: threads)
      let random = RandomBins(
        rows: rows, binCounts: [200, 5, 7, 40, 3, 2], categorical: [2, 4], seed: 3, pool: pool)
      return leaves(random, parameters: parameters, scale: scale, pool: pool)
    }
    #expect(trees[0].count == 31)
    for tree in trees { #expect(tree == trees[0]) }
  }

  @Test(arguments: [1, 2])
  func `a tree of few levels leaves nothing behind for the next one`(maxDepth: Int) throws {
    let rows = 3 * TreeGrower.parallelRows
    let parameters = try growingParameters(leaves: 31, minData: 20, maxDepth: maxDepth)
    let scale = GradientScale(rows: rows, gradientBound: 1, hessianBound: 0.25)
    let pool = WorkerPool(threads: 4)
    let random = RandomBins(
      rows: rows, binCounts: [200, 5, 7, 40, 3, 2], categorical: [2, 4], seed: 3, pool: pool)
    let grower = grower(random, parameters: parameters, pool: pool)
    let first = leaves(random, grower, parameters: parameters, scale: scale, pool: pool)
    #expect(first.count == 1 << maxDepth)
    for _ in 0..<2 {
      #expect(first == leaves(random, grower, parameters: parameters, scale: scale, pool: pool))
    }
  }

  private func grower(
    _ random: RandomBins, parameters: GrowingParameters, pool: WorkerPool
  ) -> TreeGrower {
    TreeGrower(
      matrix: random.matrix, shapes: random.shapes, capacity: random.gradients.count,
      parameters: parameters, pool: pool)
  }

  /// The rows of every leaf of a tree by a new grower.
  private func leaves(
    _ random: RandomBins, parameters: GrowingParameters, scale: GradientScale, pool: WorkerPool
  ) -> [[Int]] {
    leaves(
      random, grower(random, parameters: parameters, pool: pool), parameters: parameters,
      scale: scale, pool: pool)
  }

  /// The rows of every leaf, each sorted, in order of their first row.
  private func leaves(
    _ random: RandomBins, _ grower: TreeGrower, parameters: GrowingParameters,
    scale: GradientScale, pool: WorkerPool
  ) -> [[Int]] {
    let rows = random.gradients.count
    for row in 0..<rows { grower.entries.base(0)[row] = random.entry(row) }
    let grown = grower.grow(
      count: rows, sums: random.sums(Array(0..<rows)), scale: scale, featureSubset: nil)
    let leafOf = AlignedBuffer<UInt16>(count: rows)
    grown.assignLeaves(leafOf.base, entries: grower.entries, pool: pool)
    // Walking the finished tree ends where growing has put the row.
    let tree = Tree(grown, learningRate: 1)
    let walked = AlignedBuffer<UInt16>(count: rows)
    let walk = TreeWalk(tree)
    // From a row in the middle on, and the others one by one.
    let middle = rows / 3
    walk.findLeaves(rows: middle..<rows, of: random.matrix, into: walked.base + middle)
    Array(0..<Int32(middle)).withUnsafeBufferPointer {
      walk.findLeaves(at: $0, of: random.matrix, into: walked.base)
    }
    #expect(Array(walked.elements) == Array(leafOf.elements))
    let groups = Dictionary(grouping: 0..<rows) { leafOf.base[$0] }
    return groups.values.map { $0.sorted() }.sorted { $0[0] < $1[0] }
  }
}
