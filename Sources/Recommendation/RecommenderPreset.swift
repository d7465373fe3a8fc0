// The named ways to train a recommender.
import Configuration
import Recommender

/// What is trained, with a set of hyperparameters.
package enum RecommenderPreset: String, Sendable, CaseIterable, ConfigurationField {
  /// Linear towers and a softmax over the catalogue, for who-took-what data.
  case retrieval
  /// Hidden layers of 256 and 128, 32 wide, squared error on ratings.
  case lab
  /// The graph filter, and the towers of `retrieval` for vectors and for users without items.
  case graph
  /// EASE as a graph of items, and the towers of `retrieval`.
  case ease

  /// The presets that compete for a table without ratings where none was asked for.
  static let candidates: [RecommenderPreset] = [.retrieval, .graph, .ease]

  /// The hyperparameters of the towers.
  var towers: TwoTowerConfiguration.Preset { self == .lab ? .lab : .retrieval }

  /// Whether a graph of items ranks in place of the towers.
  var hasGraph: Bool { self == .graph || self == .ease }
}
