// Graphs of items that rank in place of towers, and the choice among all candidates.
import Evaluation
import LearningTasks
import NumericCore
import Recommender

extension RecommenderFit {
  /// The most items for which EASE is solved as a whole; more have neighbours each.
  private static let mostItemsOfEASE = 8_000
  /// The most arcs of an item.
  private static let mostArcs = 1_000

  /// The graph of a preset; nil for towers alone.
  ///
  /// - Throws: `RecommenderError`; `TaskError.cancelled`.
  func itemGraph(
    of preset: RecommenderPreset, _ interactions: Interactions
  ) throws -> ItemGraph? {
    guard preset.hasGraph else { return nil }
    try context.begin(preset == .ease ? "EASE" : "graph of items")
    let (seed, pool) = (UInt64(configuration.seed), context.pool)
    return try context.measure(.train) {
      if preset == .graph { return try GraphFilter.fit(interactions, seed: seed, pool: pool).graph }
      if interactions.items > Self.mostItemsOfEASE {
        return try NeighbourhoodEASE.fit(interactions, seed: seed, pool: pool).graph
      }
      return try EASE.fit(interactions, pool: pool).graph(arcs: Self.mostArcs, pool: pool)
    }
  }

  /// The fit with the candidate whose lists are best on a validation part of some interactions, the
  /// newest of each user where times are known.
  ///
  /// - Returns: the fit, and the NDCG of each candidate; unchanged and none without a validation part.
  /// - Throws: `RecommenderError`, `PreprocessingError`; `TaskError.cancelled`.
  func choosingPreset(
    on pairs: RatedPairs
  ) throws -> (fit: RecommenderFit, candidates: [String: Double]?) {
    guard isValidating, let split = comparableSplit(of: pairs) else { return (self, nil) }
    let (learnt, held) = (pairs.selecting(split.train), pairs.selecting(split.test))
    let relevant = try held.interactions(userCount: userCount, itemCount: itemCount).byUser
    let interactions = try learnt.interactions(userCount: userCount, itemCount: itemCount)
    let towers = try trained(
      learnt, validation: held, towers, phase: "comparing: finding the number of epochs")
    var candidates: [String: Double] = [:]
    var best = (preset: RecommenderPreset.retrieval, ndcg: -1.0)
    for preset in RecommenderPreset.candidates {
      do {
        let graph = try itemGraph(of: preset, interactions)
        let scorer: any ItemScorer = try graph.map(towers.ranking) ?? towers.scorer
        let lists = try context.measure(.evaluate) {
          try scorer.lists(
            users: userCount, k: configuration.judging.k, excluding: interactions.byUser,
            pool: context.pool)
        }
        let ndcg = lists.metrics(relevant: relevant, items: itemCount).ndcg
        candidates[preset.rawValue] = ndcg.reported
        if ndcg > best.ndcg { best = (preset, ndcg) }
      } catch let error as RecommenderError {
        guard case .tooLarge = error else { throw error }
        context.progress(.note("\(preset.rawValue) is left out: \(error.description)"))
      }
    }
    var fit = self
    fit.preset = best.preset
    fit.knownEpochs = towers.fitted.bestEpoch
    return (fit, candidates)
  }
}

extension RecommenderFit.Trained {
  /// A graph, with these towers for users that it does not know.
  fileprivate func ranking(by graph: ItemGraph) throws -> GraphScorer {
    GraphScorer(
      graph: graph, taken: interactions.byUser,
      vectors: try VectorScorer(users: fitted.users.vectors, items: fitted.items.vectors))
  }
}
