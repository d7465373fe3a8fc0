// The fitted model: an ensemble of trees with the bins that its features need.

internal import CKernels
public import Tables
internal import Texts

/// A trained booster.
public struct BoostedTrees: Sendable {
  /// A column that the model reads.
  public struct Input: Sendable, Equatable, Codable {
    /// The column's name.
    public let name: String
    /// The column's kind.
    public let kind: ColumnKind
  }

  /// The columns that the model reads, in the order in which it was given them; columns that
  /// held nothing to learn from are not among them.
  public let inputs: [Input]
  /// The features that trees split on.
  public let features: [BinnedFeature]
  /// What the model was trained for.
  public let objective: any Objective
  /// The raw score of a row before any tree.
  let initialScore: Double
  let trees: [Tree]

  init(
    inputs: [Input], features: [BinnedFeature], objective: any Objective, initialScore: Double,
    trees: [Tree]
  ) {
    self.inputs = inputs
    self.features = features
    self.objective = objective
    self.initialScore = initialScore
    self.trees = trees
  }

  /// The number of trees.
  public var treeCount: Int { trees.count }

  /// The mean number of leaves of a tree; 0 without trees.
  public var meanLeaves: Double {
    trees.isEmpty ? 0 : Double(trees.reduce(0) { $0 + $1.leafCount }) / Double(trees.count)
  }
}

/// What one feature contributes to a model.
public struct FeatureImportance: Sendable, Equatable, Codable {
  /// The feature's name.
  public let feature: String
  /// The sum of the gains of its splits.
  public let gain: Double
  /// The number of its splits.
  public let splits: Int
  /// Its part of all features' gain, from 0 to 1.
  public let share: Double
}

extension BoostedTrees {
  /// The importance of every input, most important first; those never split on count 0.
  public func importances() -> [FeatureImportance] {
    var gains = [Double](repeating: 0, count: inputs.count)
    var splits = [Int](repeating: 0, count: inputs.count)
    for tree in trees {
      for (index, node) in tree.nodes.enumerated() where !tree.isLeaf(index) {
        let input = features[Int(node.feature)].input
        gains[input] += tree.gains[index]
        splits[input] += 1
      }
    }
    let total = gains.reduce(0, +)
    return inputs.indices
      .sorted { (-gains[$0], ByteText(inputs[$0].name)) < (-gains[$1], ByteText(inputs[$1].name)) }
      .map { input in
        FeatureImportance(
          feature: inputs[input].name, gain: gains[input], splits: splits[input],
          share: total > 0 ? gains[input] / total : 0)
      }
  }
}
