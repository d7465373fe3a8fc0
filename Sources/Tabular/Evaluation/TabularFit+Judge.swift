// How good the model and its baselines are, measured only on rows that the measured model has never
// seen: on folds, on a test table, or on a share of the rows.
import Evaluation
import GradientBoosting
import LearningTasks
import NumericCore
import Storage
import Tables
import Texts

/// What was measured, and the final model, which is trained beside the judged ones.
struct TabularEvaluation<Problem: TabularProblem> {
  /// The scores of the booster and of each baseline; where there are only folds, their means, the
  /// booster's with the interval of all rows together.
  var scores: [Problem.Scores]
  /// The booster's, one entry per fold; empty without folds.
  var folds: [Problem.Scores] = []
  /// What was found on all judged rows together.
  var findings: Problem.Findings
  /// On which rows.
  var judgedOn: EvaluationProtocol
  /// How many rows that is.
  var judgedRows: Int
  /// The model of all rows.
  var finalModel: FittedTrees
  /// The tables that were read for judging.
  var inputs: [Manifest.Input] = []
}

/// Predictions of the booster and of each baseline for the same rows.
private struct JudgedRows {
  var labels: [Double]
  var predictions: [[Double]]
  /// Rows that are drawn together where intervals are drawn.
  var groups: RowGroups?

  func rows(ofModel model: Int) -> PredictedRows {
    PredictedRows(labels: labels, predictions: predictions[model], groups: groups)
  }
}

extension TabularFit {
  /// Judges the configuration as it asks for.
  ///
  /// - Throws: `EvaluationError`, `TableError`, `TaskError`, `GradientBoostingError`.
  func judge() throws -> TabularEvaluation<Problem> {
    let judging = configuration.judging
    var evaluation: TabularEvaluation<Problem>
    if let test = judging.test {
      evaluation = try judge(on: test)
    } else if let share = judging.share {
      evaluation = try judgeOnHoldout(share)
    } else {
      return try judgeOnFolds()
    }
    if judging.folds > 0 { evaluation.folds = try boosterOnFolds() }
    return evaluation
  }

  /// The booster alone on each fold, beside another way of judging.
  private func boosterOnFolds() throws -> [Problem.Scores] {
    let (splits, phases) = try folds()
    let models = try models(rows: splits.map(\.train), phases: phases)
    return try zip(models, splits).map { fitted, split in
      try scores(
        PredictedRows(
          labels: labels(of: split.test), predictions: predictions(of: fitted, split.test),
          groups: rows.repeats.groups?.selecting(split.test)))
    }
  }

  private func judgeOnFolds() throws -> TabularEvaluation<Problem> {
    let (splits, phases) = try folds()
    // The final model waits for nothing that the folds say, so it is trained beside them.
    let models = try models(
      rows: splits.map(\.train) + [rows.allRows], phases: phases + ["final training"])
    let parts = try zip(models, splits).map { try judged(by: $0, on: $1) }
    // Of the baselines only the means are told.
    let folds = try parts.map { try scores(of: $0, drawsBaselineIntervals: false) }
    var means = folds[0].indices.map { model in Problem.Scores.mean(of: folds.map { $0[model] }) }
    // All rows together, each predicted by the model that has not seen it.
    let all = PredictedRows(
      labels: parts.flatMap(\.labels), predictions: parts.flatMap { $0.predictions[0] },
      groups: rows.repeats.groups?.selecting(splits.flatMap(\.test)))
    means[0].interval = try scores(all).interval
    return TabularEvaluation(
      scores: means, folds: folds.map { $0[0] },
      findings: try Problem.findings(of: table.target, all),
      judgedOn: .folds(splits.count), judgedRows: rows.rowCount, finalModel: models[splits.count])
  }

  private func judgeOnHoldout(_ share: Double) throws -> TabularEvaluation<Problem> {
    let split = try StratifiedSplit.holdout(
      labels: Problem.strata(of: rows.labels), groups: rows.repeats.groups, testShare: share,
      seed: seed)
    let models = try models(
      rows: [split.train, rows.allRows], phases: ["training", "final training"])
    return try evaluation(
      judged(by: models[0], on: split), judgedOn: .holdout(rows: split.test.count),
      finalModel: models[1])
  }

  private func judge(on test: String) throws -> TabularEvaluation<Problem> {
    let (shown, layout) = (LocationText.shown(test), table.layout)
    try context.begin("reading \(shown)")
    let (other, input) = try context.measure(.read) {
      let result = try layout.readingToJudge(configuration.data.source(at: test), context: context)
      return (result.table, try Manifest.Input(test, files: result.files))
    }
    let labels = try Problem.labels(
      layout.targetColumn(of: other), layout: layout,
      objective: Problem.objective(of: configuration), data: shown)
    try table.target.checkJudged(labels, data: shown)
    let features = layout.features(of: other)
    context.warn(
      rows.input.fingerprint == input.fingerprint
        ? TableWarnings.sameTable(input)
        : TableWarnings.overlap(
          rows, test: input, identifiers: configuration.data.id.compactMap { other[$0] },
          features: features, labels: labels, pool: context.pool))
    let fitted = try models(rows: [rows.allRows], phases: ["training"])[0]
    let model = fitted.boosting.model
    context.warn(TableWarnings.emptyColumns(in: features, of: model))
    TableWarnings.tellUnseen(
      KnownCategories(of: model).unseen(in: features), context: context)
    let booster = try context.measure(.metrics) {
      try fitted.predict(features, pool: context.pool)
    }
    let judged = JudgedRows(
      labels: labels,
      predictions: [booster]
        + (try baselines(
          training: rows.allRows, for: features, judged: Array(0..<Int32(other.rowCount)))),
      groups: context.measure(.metrics) {
        layout.groups(of: other, labels: labels, pool: context.pool)
      })
    var result = try evaluation(
      judged, judgedOn: .test(LocationText.recorded(test), rows: other.rowCount),
      finalModel: fitted)
    result.inputs = [input]
    return result
  }

  private func evaluation(
    _ judged: JudgedRows, judgedOn: EvaluationProtocol, finalModel: FittedTrees
  ) throws -> TabularEvaluation<Problem> {
    TabularEvaluation(
      scores: try scores(of: judged, drawsBaselineIntervals: true),
      findings: try Problem.findings(of: table.target, judged.rows(ofModel: 0)),
      judgedOn: judgedOn, judgedRows: judged.labels.count, finalModel: finalModel)
  }

  private func folds() throws -> (splits: [StratifiedSplit], phases: [String]) {
    let count = configuration.judging.folds
    return (
      try StratifiedSplit.folds(
        labels: Problem.strata(of: rows.labels), groups: rows.repeats.groups, count: count,
        seed: seed),
      (1...count).map { "fold \($0) of \(count)" }
    )
  }

  private func judged(by fitted: FittedTrees, on split: StratifiedSplit) throws -> JudgedRows {
    let booster = try predictions(of: fitted, split.test)
    return JudgedRows(
      labels: labels(of: split.test),
      predictions: [booster]
        + (try baselines(
          training: split.train, for: rows.columns.features, judged: split.test)),
      groups: rows.repeats.groups?.selecting(split.test))
  }

  private func labels(of judged: [Int32]) -> [Double] { judged.map { rows.labels[Int($0)] } }

  private func predictions(of fitted: FittedTrees, _ judged: [Int32]) throws -> [Double] {
    try context.measure(.metrics) {
      try fitted.predict(
        rows.columns.features.map { $0.selecting(judged) }, pool: context.pool)
    }
  }

  private func baselines(
    training: [Int32], for features: [Column], judged: [Int32]
  ) throws -> [[Double]] {
    try context.measure(.baselines) {
      try Problem.baselinePredictions(
        learning: rows, training: training, configuration, for: features, judged: judged,
        context: context)
    }
  }

  private func scores(
    of judged: JudgedRows, drawsBaselineIntervals draws: Bool
  ) throws -> [Problem.Scores] {
    try judged.predictions.indices.map { model in
      try scores(judged.rows(ofModel: model), drawsInterval: draws || model == 0)
    }
  }

  private func scores(
    _ rows: PredictedRows, drawsInterval: Bool = true
  ) throws -> Problem.Scores {
    try context.checkCancelled()
    return try context.measure(.metrics) {
      try Problem.Scores(rows, seed: seed, drawsInterval: drawsInterval, pool: context.pool)
    }
  }
}
