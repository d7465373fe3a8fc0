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

  /// The most items for which EASE competes: its systems would take longer than all else.
  private static let mostItemsOfContest = 150_000

  /// The graph of a preset, and the values known afterwards; nil for towers alone.
  ///
  /// - Throws: `RecommenderError`; `TaskError.cancelled`.
  func itemGraph(
    of preset: RecommenderPreset, _ interactions: Interactions
  ) throws -> (graph: ItemGraph, known: KnownValues)? {
    guard preset.hasGraph else { return nil }
    try context.begin(preset == .ease ? "EASE" : "graph of items")
    return try context.measure(.train) {
      preset == .ease ? try ease(interactions) : try graphFilter(interactions)
    }
  }

  /// The graph filter, without a search where its values are known.
  func graphFilter(
    _ interactions: Interactions
  ) throws -> (graph: ItemGraph, known: KnownValues) {
    let filter = try GraphFilter.fit(
      interactions, configuration: known.graph ?? GraphFilterConfiguration(),
      seed: UInt64(configuration.seed), pool: context.pool)
    var known = known
    known.graph = filter.configuration
    return (filter.graph, known)
  }

  /// EASE of all items at once, or on neighbours where there are many.
  func ease(_ interactions: Interactions) throws -> (graph: ItemGraph, known: KnownValues) {
    guard interactions.items > Self.mostItemsOfEASE else {
      let all = try EASE.fit(interactions, pool: context.pool)
      return (all.graph(arcs: Self.mostArcs, pool: context.pool), known)
    }
    let neighbours = try NeighbourhoodEASE.fit(
      interactions, configuration: known.ease ?? NeighbourhoodEASEConfiguration(),
      seed: UInt64(configuration.seed), pool: context.pool)
    var known = known
    known.ease = neighbours.configuration
    return (neighbours.graph, known)
  }

  /// The fit with the values of a graph that was asked for, found without the validation part of some
  /// interactions, as `choosingPreset` finds them; unchanged for towers and without such a part.
  ///
  /// - Throws: `RecommenderError`, `PreprocessingError`; `TaskError.cancelled`.
  func findingValues(on pairs: RatedPairs) throws -> RecommenderFit {
    guard preset.hasGraph, isValidating else { return self }
    let split = validationSplit(of: pairs)
    guard !split.test.isEmpty else { return self }
    let learnt = pairs.selecting(split.train)
    let interactions = try learnt.interactions(userCount: userCount, itemCount: itemCount)
    var fit = self
    fit.known = try itemGraph(of: preset, interactions)?.known ?? known
    fit.known.epochs = try trained(
      learnt, validation: pairs.selecting(split.test), towers, phase: "finding the number of epochs"
    ).fitted.bestEpoch
    return fit
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
    var fit = self
    var candidates: [String: Double] = [:]
    var best = (preset: RecommenderPreset.retrieval, ndcg: -1.0)
    for preset in RecommenderPreset.candidates {
      if preset == .ease, itemCount > Self.mostItemsOfContest {
        context.progress(
          .note(
            "the preset ease is left out: there are \(itemCount) items, and it competes up to "
              + "\(Self.mostItemsOfContest)"))
        continue
      }
      do {
        let made = try fit.itemGraph(of: preset, interactions)
        if let made { fit.known = made.known }
        let scorer: any ItemScorer =
          try made.map { try towers.ranking(by: $0.graph) } ?? towers.scorer
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
    fit.preset = best.preset
    fit.known.epochs = towers.fitted.bestEpoch
    return (fit, candidates)
  }
}

/// Values that were found on a part of the interactions, so that trainings on all of them need not
/// search again.
struct KnownValues {
  /// The epochs that were best for the towers.
  var epochs: Int?
  /// The values of the graph filter.
  var graph: GraphFilterConfiguration?
  /// The values of EASE on neighbours.
  var ease: NeighbourhoodEASEConfiguration?
}

extension RecommenderFit.Trained {
  /// A graph, with these towers for users that it does not know.
  fileprivate func ranking(by graph: ItemGraph) throws -> GraphScorer {
    GraphScorer(
      graph: graph, taken: interactions.byUser,
      vectors: try VectorScorer(users: fitted.users.vectors, items: fitted.items.vectors))
  }
}
