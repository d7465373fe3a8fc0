// One trial: two towers of one configuration, trained on the training part and judged on the
// validation part after every epoch.
import LearningTasks
import NumericCore
import Recommender
import Tuning

/// The parts of the interactions that a search sees, and what its towers see of users and items.
struct RecommenderSearchParts: Sendable {
  let train: Interactions
  let validation: Interactions
  let users: TowerInputs
  let items: TowerInputs
  /// Rating units in a unit of the scale from -1 to 1 that towers learn on.
  let ratingUnit: Double

  /// Divides the interactions that are not the test part as `train` does where it looks for the
  /// number of epochs.
  ///
  /// Where no user has enough of them to give a share away, the share is one of all interactions:
  /// `train` can do without a validation part, a search cannot.
  ///
  /// - Throws: `TaskError.recommender` with `.tooFewInteractions` or `.tooFewToValidate`,
  ///   `RecommenderError`, `PreprocessingError`.
  init(_ fit: RecommenderFit, hasTest: Bool) throws {
    let data = fit.data
    let rows = hasTest ? data.pairs : data.pairs.selecting(try fit.judgingSplit().train)
    let split = try fit.comparingSplit(of: rows)
    let (train, validation) = (rows.selecting(split.train), rows.selecting(split.test))
    func inputs(
      _ columns: EntityColumns, _ rows: [Int32], side: String
    ) throws -> TowerInputs {
      fit.inputs(
        try EntityEncoding(columns, rows: rows).features(columns, side: side), fit.towers)
    }
    users = try inputs(data.userFeatures, train.users, side: "user")
    items = try inputs(data.itemFeatures, train.items, side: "item")
    self.train = try train.interactions(userCount: fit.userCount, itemCount: fit.itemCount)
    self.validation = try validation.interactions(
      userCount: fit.userCount, itemCount: fit.itemCount)
    ratingUnit = data.pairs.scale.map { ($0.upperBound - $0.lowerBound) / 2 } ?? 1
  }

  /// Whether hiding ids makes a difference to either tower.
  var dropsIDs: Bool {
    [users, items].contains {
      $0.usesID && ($0.features.vocabulary > 0 || $0.features.numbers.columns > 0)
    }
  }
}

/// A trial that is ready to run.
struct RecommenderTrial {
  let parts: RecommenderSearchParts
  let towers: TwoTowerConfiguration
  let metric: RecommenderSearchConfiguration.Metric
  let seed: UInt64

  /// Trains until the validation score has stopped getting better, or others are ahead.
  ///
  /// - Parameters:
  ///   - shouldStop: asks whether others have left the trial behind.
  ///   - isCancelled: asked after every epoch.
  /// - Throws: `RecommenderError`; `TaskError.cancelled`.
  func run(
    pool: WorkerPool, shouldStop: ([Checkpoint]) -> Bool, isCancelled: () -> Bool
  ) throws -> TrialResult {
    let start = ContinuousClock.now
    var progress = EpochProgress(
      direction: metric.direction, mostEpochs: towers.epochs, patience: towers.patience)
    var state: TrialState?
    var endless = towers
    // The search stops by its own metric, which need not be that of the loss.
    endless.patience = 0
    do {
      try withoutActuallyEscaping(shouldStop) { shouldStop in
        try withoutActuallyEscaping(isCancelled) { isCancelled in
          _ = try TwoTower.fit(
            parts.train, users: parts.users, items: parts.items, validation: parts.validation,
            configuration: endless, seed: seed, pool: pool
          ) { report in
            if isCancelled() { return false }
            state = progress.look(score(report), shouldStop: shouldStop)
            return state == nil
          }
        }
      }
    } catch RecommenderError.cancelled {
      guard state != nil else { throw TaskError.cancelled }
    } catch RecommenderError.diverged {
      state = .pruned
    }
    guard let state else { preconditionFailure("the last epoch ends a trial") }
    return progress.result(
      state, worst: worst, seconds: (ContinuousClock.now - start) / .seconds(1))
  }

  private func score(_ report: EpochReport) -> Double {
    switch metric {
    case .ndcg: report.validationNDCG ?? 0
    case .rmse: report.validationRMSE.map { $0 * parts.ratingUnit } ?? worst
    }
  }

  /// No lists or ratings are worse than this.
  private var worst: Double { metric == .ndcg ? 0 : 2 * parts.ratingUnit }
}
