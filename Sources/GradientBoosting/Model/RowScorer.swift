// Prediction of single rows with low latency: everything that a table's prediction prepares for
// each call is prepared once, and eight trees are walked side by side.

internal import CKernels
internal import Texts

/// A model prepared to predict one row at a time.
public struct RowScorer: Sendable {
  /// One value of a row.
  public enum Cell: Sendable {
    /// A number, or seconds since 1970-01-01 UTC; NaN is missing.
    case number(Double)
    /// A category by name.
    case category(String)
    /// No value.
    case missing
  }

  private enum Encoder: Sendable {
    case number(paddedCuts: [Double])
    case category(binOfLevel: [ByteText: UInt8], otherwise: UInt8)
  }

  /// The columns whose cells a row consists of, in their order.
  public let inputs: [BoostedTrees.Input]
  private let inputOf: [Int]
  private let encoders: [Encoder]
  private let initialScore: Double
  private let trees: FlatTrees

  /// Prepares a model.
  public init(_ model: BoostedTrees) {
    inputs = model.inputs
    inputOf = model.features.map(\.input)
    encoders = model.features.map { feature in
      switch feature.encoding {
      case .number(let cuts): return .number(paddedCuts: BinEncoder.padded(cuts))
      case .category, .levelValue:
        let (bins, otherwise) = BinEncoder.binOfLevel(feature)
        return .category(binOfLevel: bins, otherwise: otherwise)
      }
    }
    initialScore = model.initialScore
    trees = FlatTrees(model.trees)
  }

  /// Computes the raw score of a row: log-odds for the binary objective.
  ///
  /// - Parameter cells: one for each of `inputs`; a cell of another kind counts as missing.
  /// - Precondition: there are as many cells as inputs.
  public func rawScore(_ cells: [Cell]) -> Double {
    withBins(of: cells) { trees.score(initial: initialScore, bins: $0) } ?? initialScore
  }

  /// Bins a row.
  ///
  /// - Parameters:
  ///   - cells: one for each of `inputs`; a cell of another kind counts as missing.
  ///   - body: gets the bin of each feature. It is not called for a model without features.
  /// - Precondition: there are as many cells as inputs.
  func withBins<Result>(
    of cells: [Cell], _ body: (UnsafePointer<UInt8>) -> Result
  ) -> Result? {
    precondition(cells.count == inputs.count, "\(cells.count) cells for \(inputs.count) inputs")
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: encoders.count) { bins in
      for (feature, encoder) in encoders.enumerated() {
        bins[feature] = Self.bin(of: cells[inputOf[feature]], encoder)
      }
      return bins.baseAddress.map { body(UnsafePointer($0)) }
    }
  }

  private static func bin(of cell: Cell, _ encoder: Encoder) -> UInt8 {
    switch (encoder, cell) {
    case (.number(let cuts), .number(let value)):
      var bin: UInt8 = 0
      withUnsafePointer(to: value) { mlk_bin_values($0, 1, cuts, &bin, 1) }
      return bin
    case (.category(let bins, let otherwise), .category(let level)):
      return bins[ByteText(level)] ?? otherwise
    case (.category(_, let otherwise), _): return otherwise
    case (.number, _): return 0
    }
  }
}
