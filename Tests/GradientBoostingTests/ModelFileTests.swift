// Stored models: they predict the same, alone and in tables, and no file can do harm.

import CKernels
import ModelFormats
import NumericCore
import Storage
import Tables
import TestSupport
import Testing

@testable import GradientBoosting

@Suite(.onOwnThread) struct ModelFileTests {
  let pool = WorkerPool(threads: 2)

  @Test func `a stored model predicts the same to the bit`() throws {
    let table = ToyTable(rows: 1_500, seed: 4)
    let model = try GradientBoosting.fit(
      table.data, configuration: configuration(), seed: 1, pool: pool
    ).model
    let bytes = try model.safetensors().encoded()
    let read = try BoostedTrees(SafetensorsFile(decoding: bytes))
    #expect(try read.safetensors().encoded() == bytes)
    #expect(try read.predict(table.columns, pool: pool) == model.predict(table.columns, pool: pool))
  }

  @Test(arguments: [2, 4], [1, 21])
  func `a row scored alone has the score it has in a table`(
    columnCount: Int, treeCount: Int
  ) throws {
    var table = ToyTable(rows: 700, seed: 4)
    table.columns = Array(table.columns.prefix(columnCount))
    let model = try GradientBoosting.fit(
      table.data, configuration: configuration { $0.numTrees = treeCount }, seed: 1, pool: pool
    ).model
    let scores = try model.rawScores(table.columns, pool: pool)
    let scorer = RowScorer(model)
    if treeCount > 1 {
      #expect(model.trees.contains { !$0.sets.isEmpty } == (columnCount == 4))
    }
    for row in scores.indices {
      let cells = table.columns.map { RowScorer.Cell($0, row: row) }
      #expect(scorer.rawScore(cells) == scores[row])
    }
  }

  @Test(arguments: [0, 1, 7, 8, 9, 1_030])
  func `a table's scores are those of a plain walk down every tree`(rows: Int) throws {
    let model = try GradientBoosting.fit(
      ToyTable(rows: 900, seed: 4).data, configuration: configuration { $0.numLeaves = 40 },
      seed: 1, pool: pool
    ).model
    #expect(model.trees.contains { !$0.sets.isEmpty })
    let table = ToyTable(rows: rows, seed: 5)
    let scores = try model.rawScores(table.columns, pool: pool)
    var expected = [Double](repeating: model.initialScore, count: rows)
    for (row, bins) in try model.binnedRows(table.columns).enumerated() {
      for tree in model.trees {
        var at = 0
        while !tree.isLeaf(at) {
          let node = tree.nodes[at]
          let bin = bins[Int(node.feature)]
          let goesLeft =
            node.set > 0
            ? tree.sets[Int(node.set) - 1].contains(Int(bin))
            : Int(node.low)...Int(node.low) + Int(node.width) ~= Int(bin)
          at = Int(node.left) + (goesLeft ? 0 : 1)
        }
        expected[row] += tree.values[at]
      }
    }
    #expect(scores == expected)
  }

  @Test func `no damaged model file crashes`() throws {
    let table = ToyTable(rows: 300, seed: 4)
    let bytes = try GradientBoosting.fit(
      table.data, configuration: configuration { $0.numTrees = 3 }, seed: 1, pool: pool
    ).model.safetensors().encoded()
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<300 {
      var damaged = bytes
      for _ in 0..<3 {
        damaged[Int.random(in: 0..<bytes.count, using: &generator)] =
          UInt8.random(in: 0...255, using: &generator)
      }
      // Either it is refused or it still is a model that predicts.
      if let file = try? SafetensorsFile(decoding: damaged),
        let model = try? BoostedTrees(file),
        let predictions = try? model.predict(table.columns, pool: pool)
      {
        #expect(predictions.count == 300)
      }
    }
  }

  @Test func `files whose parts contradict each other are refused`() throws {
    let table = ToyTable(rows: 300, seed: 4)
    let file = try GradientBoosting.fit(
      table.data, configuration: configuration { $0.numTrees = 3 }, seed: 1, pool: pool
    ).model.safetensors()
    func isRefused(_ change: (inout SafetensorsFile) -> Void) -> Bool {
      var changed = file
      change(&changed)
      do {
        _ = try BoostedTrees(changed)
        return false
      } catch is GradientBoostingError { return true } catch { return error is StorageError }
    }
    #expect(!isRefused { _ in })
    #expect(isRefused { $0.metadata["objective"] = "poetry" })
    #expect(isRefused { $0.metadata["format_version"] = "99" })
    #expect(isRefused { $0.metadata["features"] = "[]" })
    #expect(isRefused { $0.metadata["inputs"] = "[]" })
    #expect(
      isRefused {
        $0.metadata["inputs"] = $0.metadata["inputs"]?.replacing("\"number\"", with: "\"category\"")
      })
    #expect(isRefused { $0.tensors["initial_score"] = Tensor([Double.nan]) })
    #expect(isRefused { $0.tensors["cuts"] = Tensor([Double]()) })
    let left = try file.tensor("left", as: UInt16.self)
    // Every node the parent of the next: not a tree, and endless to list.
    #expect(isRefused { $0.tensors["left"] = Tensor(left.indices.map { UInt16($0 + 1) }) })
    #expect(isRefused { $0.tensors["left"] = Tensor(left.map { _ in UInt16(0) }) })
    // Walks look at the feature of leaves too.
    let features = try file.tensor("feature", as: UInt16.self)
    let widths = try file.tensor("width", as: UInt8.self)
    #expect(
      isRefused {
        $0.tensors["feature"] = Tensor(zip(features, widths).map { $1 == 255 ? 60_000 : $0 })
      })
    #expect(isRefused { Self.cutToStumps(&$0, features: "[]") })
    // A leaf, a leaf that no node leads to, and one that would count as a parent.
    #expect(
      isRefused {
        Self.cutToStumps(&$0, features: nil)
        for name in ["feature", "set"] {
          $0.tensors[name] = Tensor([UInt16](repeating: 0, count: 3))
        }
        $0.tensors["left"] = Tensor([0, 1, 2] as [UInt16])
        $0.tensors["low"] = Tensor([UInt8](repeating: 0, count: 3))
        $0.tensors["width"] = Tensor([255, 0, 255] as [UInt8])
        for name in ["value", "gain"] { $0.tensors[name] = Tensor([0.0, 0.0, 0.0]) }
        $0.tensors["count"] = Tensor([Int32](repeating: 1, count: 3))
        $0.tensors["tree_sizes"] = Tensor([Int32(3)])
      })
    #expect(!isRefused { Self.cutToStumps(&$0, features: nil) })
    #expect(
      isRefused {
        $0.metadata["inputs"] = $0.metadata["inputs"]?.replacing("\"z\"", with: "\"x\"")
      })
    let gains = try file.tensor("gain", as: Double.self)
    #expect(isRefused { $0.tensors["gain"] = Tensor(gains.map { _ in Double.nan }) })
    #expect(isRefused { $0.tensors["count"] = Tensor(gains.map { _ in Int32(-1) }) })
  }

  @Test func `a path of a stored tree has no more splits than training makes`() throws {
    for configured in [-1, Tree.mostDepth] {
      #expect(try growingParameters(leaves: 2, maxDepth: configured).maxDepth == Tree.mostDepth)
    }
    #expect(throws: GradientBoostingError.self) {
      try growingParameters(leaves: 2, maxDepth: Tree.mostDepth + 1)
    }
    let deepest = try Self.chain(of: Tree.mostDepth)
    let model = try BoostedTrees(SafetensorsFile(decoding: deepest))
    let columns = model.inputs.map { Column(name: $0.name, values: .number(NumberColumn([1, 2]))) }
    let found = try model.contributions(columns, pool: pool)
    for (row, score) in try model.rawScores(columns, pool: pool).enumerated() {
      #expect(abs(found.values.row(row).reduce(found.base, +) - score) < 1e-9)
    }
    for splits in [Tree.mostDepth + 1, 32_000] {
      let bytes = try Self.chain(of: splits)
      #expect(
        throws: GradientBoostingError.corruptModel(
          reason: "tree 0 has a path of more than 512 splits")
      ) { try BoostedTrees(SafetensorsFile(decoding: bytes)) }
    }
  }

  /// A model of one tree of which every node has a leaf and asks about an input of its own.
  private static func chain(of splits: Int) throws -> [UInt8] {
    var generator = SeededGenerator(seed: 5)
    let model = BoostedTrees(
      inputs: (0..<splits).map { BoostedTrees.Input(name: "x\($0)", kind: .number) },
      features: (0..<splits).map {
        BinnedFeature(name: "x\($0)", input: $0, encoding: .number(cuts: [0]))
      },
      objective: BinaryLogLoss(), initialScore: 0,
      trees: [Tree(chain: splits, features: splits, using: &generator)])
    return try model.safetensors().encoded()
  }

  /// Leaves the root of one tree, as a leaf; with other features where told.
  private static func cutToStumps(_ file: inout SafetensorsFile, features: String?) {
    for name in ["feature", "left", "set"] { file.tensors[name] = Tensor([UInt16(0)]) }
    file.tensors["low"] = Tensor([UInt8(0)])
    file.tensors["width"] = Tensor([UInt8(255)])
    for name in ["value", "gain"] { file.tensors[name] = Tensor([0.0]) }
    file.tensors["count"] = Tensor([Int32(1)])
    file.tensors["tree_sizes"] = Tensor([Int32(1)])
    file.tensors["set_counts"] = Tensor([Int32(0)])
    file.tensors["sets"] = Tensor([Int64]())
    guard let features else { return }
    file.metadata["features"] = features
    file.tensors["cuts"] = Tensor([Double]())
    file.tensors["level_values"] = Tensor([Double]())
  }
}
