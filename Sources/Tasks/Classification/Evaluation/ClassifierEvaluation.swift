// How good the model and its baselines are, measured only on rows that the measured model has never
// seen: on folds, on a test table, or on a share of the rows.
import Evaluation
import GradientBoosting
import NumericCore
import Storage
import Tables
import Texts

/// What was measured, and the final model, which is trained beside the judged ones.
struct ClassifierEvaluation {
  /// The metrics of the booster; where there are only folds, their mean with the interval of all
  /// rows together.
  let metrics: ClassifierMetrics
  /// One entry per fold; empty without folds.
  var folds: [ClassifierMetrics]
  /// What simpler models reach on the same rows.
  let baselines: ClassifierSummary.Baselines
  /// On which rows.
  let judgedOn: EvaluationProtocol
  /// How many rows that is.
  let judgedRows: Int
  /// The model of all rows.
  let finalModel: FittedClassifier
  /// Mean prediction against what happened, on all judged rows together.
  let reliability: [ReliabilityTable.Bin]
  /// The tables that were read for judging.
  var inputs: [Manifest.Input] = []
}

/// Probabilities of three models for the same rows.
private struct Predictions {
  var labels: [Bool] = []
  var booster: [Double] = []
  var logistic: [Double] = []
  var prior: [Double] = []
  /// Rows that are drawn together where intervals are drawn.
  var groups: RowGroups?

  mutating func append(_ other: Predictions) {
    labels += other.labels
    booster += other.booster
    logistic += other.logistic
    prior += other.prior
  }
}

extension ClassifierFit {
  /// Judges the configuration as it asks for.
  ///
  /// - Throws: `EvaluationError`, `TableError`, `TaskError`, `GradientBoostingError`.
  func judge() throws -> ClassifierEvaluation {
    try checkClasses()
    let judging = configuration.judging
    var evaluation: ClassifierEvaluation?
    if let test = judging.test {
      evaluation = try judge(on: test)
    } else if let share = judging.share {
      evaluation = try judgeOnHoldout(share)
    }
    guard var evaluation else { return try judgeOnFolds() }
    if judging.folds > 0 { evaluation.folds = try boosterOnFolds() }
    return evaluation
  }

  /// The booster alone on each fold, beside another way of judging.
  private func boosterOnFolds() throws -> [ClassifierMetrics] {
    let count = configuration.judging.folds
    let splits = try StratifiedSplit.folds(
      labels: labels, groups: data.repeats.groups, count: count, seed: seed)
    let models = try models(
      rows: splits.map(\.train), phases: phases(ofFolds: count))
    return try zip(models, splits).map { fitted, split in
      try metrics(
        split.test.map { labels[Int($0)] }, scores(of: fitted, split.test),
        groups: data.repeats.groups?.selecting(split.test))
    }
  }

  private func phases(ofFolds count: Int) -> [String] {
    (1...count).map { "fold \($0) of \(count)" }
  }

  private func judgeOnFolds() throws -> ClassifierEvaluation {
    let count = configuration.judging.folds
    let splits = try StratifiedSplit.folds(
      labels: labels, groups: data.repeats.groups, count: count, seed: seed)
    var all = Predictions()
    var folds:
      [(booster: ClassifierMetrics, logistic: ClassifierMetrics, prior: ClassifierMetrics)] = []
    // The final model waits for nothing that the folds say, so it is trained beside them.
    let models = try models(
      rows: splits.map(\.train) + [allRows], phases: phases(ofFolds: count) + ["final training"])
    for (fitted, split) in zip(models, splits) {
      let predictions = try predictions(of: fitted, on: split)
      all.append(predictions)
      // Of the baselines only the means are told.
      folds.append(try metrics(of: predictions, drawsBaselineIntervals: false))
    }
    var mean = ClassifierMetrics.mean(of: folds.map(\.booster))
    // Of all rows together, each scored by the model that has not seen it.
    mean.aucInterval = try metrics(
      all.labels, all.booster, groups: data.repeats.groups?.selecting(splits.flatMap(\.test))
    ).aucInterval
    return ClassifierEvaluation(
      metrics: mean, folds: folds.map(\.booster),
      baselines: ClassifierSummary.Baselines(
        prior: .mean(of: folds.map(\.prior)), logistic: .mean(of: folds.map(\.logistic))),
      judgedOn: .folds(count), judgedRows: labels.count,
      finalModel: models[count],
      reliability: try reliability(of: all))
  }

  private func judgeOnHoldout(_ share: Double) throws -> ClassifierEvaluation {
    let split = try StratifiedSplit.holdout(
      labels: labels, groups: data.repeats.groups, testShare: share, seed: seed)
    let models = try models(
      rows: [split.train, allRows], phases: ["training", "final training"])
    let predictions = try predictions(of: models[0], on: split)
    return try evaluation(
      predictions, judgedOn: .holdout(rows: split.test.count),
      finalModel: models[1])
  }

  private func judge(on test: String) throws -> ClassifierEvaluation {
    try context.begin("reading \(LocationText.shown(test))")
    let (table, input) = try context.measure(.read) {
      let result = try data.layout.readingToJudge(
        configuration.data.source(at: test), context: context)
      return (result.table, try Manifest.Input(test, files: result.files))
    }
    let testLabels = try data.layout.labels(of: table, data: LocationText.shown(test))
    try checkClasses(
      testLabels.map { $0 == 1 }, fewest: 2, of: "each class", data: LocationText.shown(test))
    let features = data.layout.features(of: table)
    let identifiers = configuration.data.id.compactMap { table[$0] }
    context.warn(
      data.input.fingerprint == input.fingerprint
        ? TableWarnings.sameTable(input)
        : TableWarnings.overlap(
          data.rows, test: input, identifiers: identifiers, features: features, labels: testLabels,
          pool: context.pool))
    let fitted = try models(rows: [allRows], phases: ["training"])[0]
    TableWarnings.tellUnseen(
      TableWarnings.unseenCategories(in: features, of: fitted.boosting.model), context: context
    )
    let predictions = try context.measure(.evaluate) {
      Predictions(
        labels: testLabels.map { $0 == 1 },
        booster: try fitted.predict(features, pool: context.pool),
        logistic: try logistic(rows: allRows)
          .predict(features, rows: Array(0..<Int32(table.rowCount))),
        prior: [Double](repeating: prior(rows: allRows), count: table.rowCount),
        groups: data.layout.groups(of: table, labels: testLabels, pool: context.pool))
    }
    var result = try evaluation(
      predictions, judgedOn: .test(LocationText.recorded(test), rows: table.rowCount),
      finalModel: fitted)
    result.inputs = [input]
    return result
  }

  private func evaluation(
    _ predictions: Predictions, judgedOn: EvaluationProtocol, finalModel: FittedClassifier
  ) throws -> ClassifierEvaluation {
    let measured = try metrics(of: predictions, drawsBaselineIntervals: true)
    return ClassifierEvaluation(
      metrics: measured.booster, folds: [],
      baselines: ClassifierSummary.Baselines(prior: measured.prior, logistic: measured.logistic),
      judgedOn: judgedOn, judgedRows: predictions.labels.count, finalModel: finalModel,
      reliability: try reliability(of: predictions))
  }

  private func reliability(of predictions: Predictions) throws -> [ReliabilityTable.Bin] {
    ReliabilityTable.reported(
      try ScoredRows(labels: predictions.labels, probabilities: predictions.booster))
  }

  private func predictions(
    of fitted: FittedClassifier, on split: StratifiedSplit
  ) throws -> Predictions {
    let features = data.columns.features
    let scores = try scores(of: fitted, split.test)
    return try context.measure(.evaluate) {
      Predictions(
        labels: split.test.map { labels[Int($0)] }, booster: scores,
        logistic: try logistic(rows: split.train).predict(features, rows: split.test),
        prior: [Double](repeating: prior(rows: split.train), count: split.test.count),
        groups: data.repeats.groups?.selecting(split.test))
    }
  }

  /// The booster's probabilities of some rows.
  private func scores(
    of fitted: FittedClassifier, _ rows: [Int32]
  ) throws -> [Double] {
    try context.measure(.evaluate) {
      let scores = try fitted.predict(data.columns.features, pool: context.pool)
      return rows.map { scores[Int($0)] }
    }
  }

  private func metrics(
    of predictions: Predictions, drawsBaselineIntervals draws: Bool
  ) throws -> (booster: ClassifierMetrics, logistic: ClassifierMetrics, prior: ClassifierMetrics) {
    let labels = predictions.labels
    return (
      booster: try metrics(labels, predictions.booster, groups: predictions.groups),
      logistic: try metrics(
        labels, predictions.logistic, groups: predictions.groups, drawsInterval: draws),
      // All probabilities are equal, so that there is nothing to draw.
      prior: try metrics(labels, predictions.prior, groups: nil, drawsInterval: false)
    )
  }

  private func metrics(
    _ labels: [Bool], _ probabilities: [Double], groups: RowGroups?, drawsInterval: Bool = true
  ) throws -> ClassifierMetrics {
    try context.checkCancelled()
    return try context.measure(.evaluate) {
      ClassifierMetrics(
        try BinaryMetrics(
          ScoredRows(labels: labels, probabilities: probabilities, groups: groups), seed: seed,
          drawsInterval: drawsInterval, pool: context.pool))
    }
  }

  private var seed: UInt64 { UInt64(configuration.seed) }
}
