// EASE for catalogues whose items x items do not fit into memory. A column of EASE is a ridge
// regression of one item on all others; here it is one on the item's nearest neighbours by cosine:
//   b = (G_NN + l I)^-1 G_Ni, where G counts the users of two items both, and N are the neighbours
// of i. With all other items as neighbours it is EASE itself. Each item is solved for itself, so that
// memory and time grow with the number of items, not with its square.
// Ning, Karypis, "SLIM: sparse linear methods for top-N recommender systems", 2011,
// doi:10.1109/ICDM.2011.134 (as fsSLIM); Steck, 2019, arXiv:1905.03375.

internal import Glibc
public import NumericCore

/// Weights from the neighbours of every item to it.
public struct NeighbourhoodEASE: Sendable, Equatable {
  /// Row `i` holds what a user's item `i` says for others.
  public let graph: ItemGraph
  /// The configuration with the penalty that was found if it was left open.
  public let configuration: NeighbourhoodEASEConfiguration

  /// Finds the weights; the result depends on data, configuration and seed, not on the pool.
  ///
  /// - Throws: `RecommenderError`.
  public static func fit(
    _ interactions: Interactions, configuration: NeighbourhoodEASEConfiguration = .init(),
    seed: UInt64, pool: WorkerPool
  ) throws -> NeighbourhoodEASE {
    var configuration = try configuration.validated()
    guard interactions.count > 0 else { throw RecommenderError.noInteractions }
    let lambda = try configuration.penalty(for: interactions, seed: seed, pool: pool)
    configuration.lambda = lambda
    let gramian = try SparseGramian(interactions, mostBytes: configuration.mostBytes, pool: pool)
    let graph = try gramian.graph(
      lambda: lambda, neighbours: configuration.neighbours, pool: pool)
    return NeighbourhoodEASE(graph: graph, configuration: configuration)
  }
}
