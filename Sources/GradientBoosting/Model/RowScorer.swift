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

  /// How a feature's cell becomes a bin, by a place in the arrays below; no reference that each
  /// cell would have to count is in it.
  private enum Encoder: Sendable {
    case number(Int)
    case category(Int)
  }

  /// The columns whose cells a row consists of, in their order.
  public let inputs: [BoostedTrees.Input]
  private let inputOf: [Int]
  private let encoders: [Encoder]
  /// What CutSearch knows of each feature of numbers, one feature behind the other.
  private let grids: [mlk_cut_grid]
  private let before: [UInt8]
  private let cuts: [Double]
  /// For each feature of categories the bin of each level, and that of all other cells.
  private let levels: [(bins: [ByteText: UInt8], otherwise: UInt8)]
  private let initialScore: Double
  private let trees: FlatTrees

  /// Prepares a model.
  public init(_ model: BoostedTrees) {
    inputs = model.inputs
    inputOf = model.features.map(\.input)
    var encoders: [Encoder] = []
    var searches: [CutSearch] = []
    var levels: [(bins: [ByteText: UInt8], otherwise: UInt8)] = []
    for feature in model.features {
      switch feature.encoding {
      case .number(let cuts):
        encoders.append(.number(searches.count))
        searches.append(CutSearch(cuts))
      case .category, .levelValue:
        encoders.append(.category(levels.count))
        levels.append(BinEncoder.binOfLevel(feature))
      }
    }
    (self.encoders, self.levels) = (encoders, levels)
    grids = searches.map(\.grid)
    before = searches.flatMap(\.before)
    cuts = searches.flatMap(\.cuts)
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
  ///   - body: gets the bin of each feature that some tree asks for, in the feature's place. It is
  ///     not called for a model without features.
  /// - Precondition: there are as many cells as inputs.
  func withBins<Result>(
    of cells: [Cell], _ body: (UnsafePointer<UInt8>) -> Result
  ) -> Result? {
    precondition(cells.count == inputs.count, "\(cells.count) cells for \(inputs.count) inputs")
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: encoders.count) { bins in
      grids.withUnsafeBufferPointer { grids in
        before.withUnsafeBufferPointer { before in
          cuts.withUnsafeBufferPointer { cuts in
            for feature in trees.features {
              switch (encoders[feature], cells[inputOf[feature]]) {
              case (.number(let place), .number(let value)):
                guard let grid = grids.baseAddress, let before = before.baseAddress,
                  let cuts = cuts.baseAddress
                else { continue }
                bins[feature] = mlk_bin_value(
                  value, grid + place, before + place * Int(MLK_CUT_CELLS),
                  cuts + place * Int(MLK_PADDED_CUTS))
              case (.category(let place), .category(let level)):
                bins[feature] = levels[place].bins[ByteText(level)] ?? levels[place].otherwise
              case (.category(let place), _): bins[feature] = levels[place].otherwise
              case (.number, _): bins[feature] = 0
              }
            }
          }
        }
      }
      return bins.baseAddress.map { body(UnsafePointer($0)) }
    }
  }
}
