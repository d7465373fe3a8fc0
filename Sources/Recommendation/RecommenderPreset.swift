// The named ways to train a recommender.
import Configuration
import Recommender

/// What is trained, with a set of hyperparameters.
package enum RecommenderPreset: String, Sendable, CaseIterable, ConfigurationField {
  /// Linear towers and a softmax over the catalogue, for who-took-what data.
  case retrieval
  /// Hidden layers of 256 and 128, 32 wide, squared error on ratings.
  case lab
  /// A graph of items, and the towers of `retrieval` for vectors and for users without items.
  case graph

  /// The hyperparameters of the towers.
  var towers: TwoTowerConfiguration.Preset { self == .lab ? .lab : .retrieval }
}
