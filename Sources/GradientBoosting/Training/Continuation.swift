// Training that goes on from an existing model: where the rows' scores start, and how the features
// of the old trees and of the new ones become those of one model.

internal import CKernels
internal import NumericCore
internal import Tables
internal import Texts

/// A model that training goes on from, and what it says of the rows.
struct Continuation: Sendable {
  let model: BoostedTrees
  /// The raw score of each row of the table.
  let scores: [Double]

  /// Scores the rows.
  ///
  /// - Throws: `GradientBoostingError.missingFeature`, `GradientBoostingError.otherObjective`.
  init(_ model: BoostedTrees, data: TrainingData, objective: some Objective, pool: WorkerPool)
    throws
  {
    let (old, new) = (type(of: model.objective).name, type(of: objective).name)
    guard old == new else {
      throw GradientBoostingError.otherObjective(found: old, expected: new)
    }
    self.model = model
    scores = try model.rawScores(data.features, pool: pool)
  }
}

/// The raw scores of rows before the first tree of a training.
enum StartingScores {
  /// All rows have one score.
  case constant(Double)
  /// Each row of the table has its own.
  case each([Double])

  /// The scores of some rows of the table, in their order.
  func buffer<Score: BinaryFloatingPoint>(rows: [Int32]) -> AlignedBuffer<Score> {
    let buffer = AlignedBuffer<Score>(count: rows.count)
    switch self {
    case .constant(let score): buffer.elements.update(repeating: Score(score))
    case .each(let scores):
      for (index, row) in rows.enumerated() { buffer.elements[index] = Score(scores[Int(row)]) }
    }
    return buffer
  }
}

/// The inputs and features of a model in training: those of the model that it continues, then what
/// the new bins add.
///
/// Old trees keep the bins that they were grown on, so that an input may have features of both.
struct ModelFeatures: Sendable {
  private(set) var inputs: [BoostedTrees.Input]
  private(set) var features: [BinnedFeature]
  /// For each feature of the new bins its index among `features`.
  private var positions: [Int] = []

  /// Joins the features of a model with new ones.
  ///
  /// - Parameters:
  ///   - model: the model that training goes on from, if any.
  ///   - binned: the new features, by the index of their column.
  init(continuing model: BoostedTrees?, binned: [BinnedFeature], columns: [Column]) {
    inputs = model?.inputs ?? []
    features = model?.features ?? []
    let known = Dictionary(grouping: features.indices, by: { features[$0].input })
    var inputOf = Dictionary(
      inputs.enumerated().map { (ByteText($1.name), $0) }, uniquingKeysWith: { first, _ in first })
    for feature in binned {
      let column = columns[feature.input]
      let input = inputOf[ByteText(column.name)] ?? inputs.count
      if input == inputs.count {
        inputs.append(BoostedTrees.Input(name: column.name, kind: column.kind))
        inputOf[ByteText(column.name)] = input
      }
      let own = BinnedFeature(name: feature.name, input: input, encoding: feature.encoding)
      // Bins that have not changed are not kept twice.
      if let same = known[input]?.first(where: { features[$0] == own }) {
        positions.append(same)
      } else {
        positions.append(features.count)
        features.append(own)
      }
    }
  }

  /// A tree over the new bins as one over `features`.
  func tree(_ tree: Tree) -> Tree {
    var result = tree
    for index in tree.nodes.indices where !tree.isLeaf(index) {
      result.nodes[index].feature = UInt16(positions[Int(tree.nodes[index].feature)])
    }
    return result
  }
}
