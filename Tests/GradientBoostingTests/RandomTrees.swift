// Random trees with every kind of condition, and rows for them.

import CKernels
import NumericCore
import TestSupport

@testable import GradientBoosting

/// Rows of bins as the kernels read them that explain rows.
struct GroupedRows {
  private let count: Int
  let bins: [UInt8]
  let groupBytes: Int
  let groups: Int

  /// Rows of random bins.
  static func random(
    _ count: Int, features: Int, using generator: inout SeededGenerator
  ) -> [[UInt8]] {
    (0..<count).map { _ in
      (0..<features).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
  }

  init(_ rows: [[UInt8]]) {
    count = rows.count
    groupBytes = Int(MLK_GROUP_ROWS) * (rows.first?.count ?? 0)
    groups = (rows.count + Int(MLK_GROUP_ROWS) - 1) / Int(MLK_GROUP_ROWS)
    var bins = [UInt8](repeating: 0, count: groups * groupBytes)
    for (row, own) in rows.enumerated() {
      for (feature, bin) in own.enumerated() {
        bins[Self.place(row, feature, columns: own.count)] = bin
      }
    }
    self.bins = bins
  }

  private static func place(_ row: Int, _ column: Int, columns: Int) -> Int {
    let groupRows = Int(MLK_GROUP_ROWS)
    return (row / groupRows * columns + column) * groupRows + row % groupRows
  }

  /// The values of the rows, which lie like their bins.
  func values(_ values: AlignedBuffer<Double>, columns: Int) -> [[Double]] {
    (0..<count).map { row in
      (0..<columns).map { values.base[Self.place(row, $0, columns: columns)] }
    }
  }
}

extension Tree {
  /// A tree grown by splitting random leaves at random intervals and sets of bins.
  init(leaves: Int, features: Int, using generator: inout SeededGenerator) {
    self.init(root: 1_000, using: &generator)
    var open = [0]
    while open.count < leaves {
      let leaf = open.remove(at: Int.random(in: 0..<open.count, using: &generator))
      let feature = Int.random(in: 0..<features, using: &generator)
      open += split(leaf, feature: feature, using: &generator)
    }
  }

  /// A tree of which every node has a leaf, with one feature after the other.
  init(chain length: Int, features: Int, using generator: inout SeededGenerator) {
    self.init(root: 1_000_000, using: &generator)
    var leaf = 0
    for depth in 0..<length {
      let children = split(leaf, feature: depth % features, using: &generator)
      leaf = children[Int.random(in: 0...1, using: &generator)]
    }
  }

  private init(root count: Int32, using generator: inout SeededGenerator) {
    self.init()
    append(count: count, using: &generator)
  }

  private mutating func append(count: Int32, using generator: inout SeededGenerator) {
    nodes.append(
      mlk_node(feature: 0, low: 0, width: 255, left: UInt16(nodes.count), set: 0))
    values.append(generator.normal())
    gains.append(0)
    counts.append(count)
  }

  /// Splits a leaf; some children have no training rows.
  private mutating func split(
    _ leaf: Int, feature: Int, using generator: inout SeededGenerator
  ) -> [Int] {
    let left = nodes.count
    var node = mlk_node(
      feature: UInt16(feature), low: UInt8.random(in: 0...200, using: &generator), width: 0,
      left: UInt16(left), set: 0)
    node.width = UInt8.random(in: 0...(255 - node.low), using: &generator)
    if Int.random(in: 0..<3, using: &generator) == 0 {
      var set = BinSet()
      for bin in 0...255 where Bool.random(using: &generator) { set.insert(bin) }
      sets.append(set)
      node.set = UInt16(sets.count)
    }
    nodes[leaf] = node
    let count = Int32.random(in: 0...counts[leaf], using: &generator)
    append(count: count, using: &generator)
    append(count: counts[leaf] - count, using: &generator)
    return [left, left + 1]
  }

  /// The mean value of the leaves that a row reaches if only some features are known: where another
  /// one is asked about, it goes both ways in proportion to the training rows.
  func meanValue(_ index: Int = 0, bins: [UInt8], isKnown: (Int) -> Bool) -> Double {
    if isLeaf(index) { return values[index] }
    let node = nodes[index]
    let left = Int(node.left)
    if isKnown(Int(node.feature)) {
      let bin = Int(bins[Int(node.feature)])
      let goesLeft =
        node.set > 0
        ? sets[Int(node.set) - 1].contains(bin)
        : (Int(node.low)...Int(node.low) + Int(node.width)).contains(bin)
      return meanValue(goesLeft ? left : left + 1, bins: bins, isKnown: isKnown)
    }
    return [left, left + 1].reduce(0) {
      $0 + share($1, of: index) * meanValue($1, bins: bins, isKnown: isKnown)
    }
  }
}
