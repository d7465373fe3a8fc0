// A linear low-pass filter on the graph of items, without training:
//   w_ij = ((sum over users u of both, d_u^-a) d_i^-b d_j^-b)^p
// where d counts interactions, a and b are the exponents of users and items, and p is the power of
// the entries. A user's scores are the sums of the rows of the user's items. Turbo-CF has a = 2 t,
// b = 1 - t for one t; its best values differ from table to table, and so do untied ones.
// Park, Shin, Shin, "Turbo-CF: matrix decomposition-free graph filtering for fast recommendation",
// 2024, doi:10.1145/3626772.3657916.

internal import Glibc
public import NumericCore

/// The graph filter of a table.
public struct GraphFilter: Sendable, Equatable {
  /// What items say for others.
  public let graph: ItemGraph
  /// The configuration with the values that were found for those left open.
  public let configuration: GraphFilterConfiguration

  /// Makes the graph; the result depends on data, configuration and seed, not on the pool.
  ///
  /// - Throws: `RecommenderError`.
  public static func fit(
    _ interactions: Interactions, configuration: GraphFilterConfiguration = .init(), seed: UInt64,
    pool: WorkerPool
  ) throws -> GraphFilter {
    let configuration = try configuration.validated()
    guard interactions.count > 0 else { throw RecommenderError.noInteractions }
    let chosen = try configuration.completed(for: interactions, seed: seed, pool: pool)
    let graph = try graph(interactions, chosen, pool: pool)
    return GraphFilter(graph: graph, configuration: chosen)
  }

  /// Makes the graph.
  ///
  /// - Parameter needed: the items whose rows are made; nil for all.
  static func graph(
    _ interactions: Interactions, _ configuration: GraphFilterConfiguration,
    needed: Set<Int32>? = nil, pool: WorkerPool
  ) throws -> ItemGraph {
    let items = interactions.items
    let most = try ItemGraph.arcsPerItem(
      configuration.neighbours, items: items, mostBytes: configuration.mostBytes,
      what: "the graph of \(items) items")
    let exponents = configuration.exponents
    let pairs = CoOccurrences(interactions, userExponent: exponents.user)
    let factors = (0..<items).map {
      Float(pow(Double(max(1, interactions.byItem[$0].count)), -exponents.item))
    }
    let scratch = (0..<pool.threadCount).map { _ in SparseAccumulator(columns: items) }
    return ItemGraph.build(items: items, pool: pool) { item, worker, rows in
      if let needed, !needed.contains(Int32(item)) { return }
      let sums = scratch[worker]
      pairs.add(item, to: sums)
      let kept = sums.strongest(most, but: Int32(item)) { sums[$0] * factors[Int($0)] }
      for other in kept {
        let weight = sums[other] * factors[Int(other)] * factors[item]
        rows.columns.append(other)
        rows.weights.append(powf(weight, Float(exponents.entry)))
      }
    }
  }
}
