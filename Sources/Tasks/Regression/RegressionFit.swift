// Trainings on rows of one table, and how good the model and its baselines are, measured only on
// rows that the measured model has never seen.
import Evaluation
import GradientBoosting
import NumericCore
import Storage
import Tables
import Texts

/// What was measured, and the final model, which is trained beside the judged ones.
struct RegressionEvaluation {
  var metrics: RegressionScores
  /// One entry per fold; empty without folds.
  var folds: [RegressionScores] = []
  var baselines: RegressionSummary.Baselines
  var judgedOn: EvaluationProtocol
  var judgedRows: Int
  /// The model of all rows.
  var finalModel: FittedBoosting
  /// The tables that were read for judging.
  var inputs: [Manifest.Input] = []
}

/// Trains and judges models on rows of one table.
struct RegressionFit {
  let rows: LabelledRows
  let layout: ColumnLayout
  let configuration: RegressionConfiguration
  let context: RunContext

  /// Predictions of several models for the same rows.
  private struct Predictions {
    var targets: [Double] = []
    var booster: [Double] = []
    var mean: [Double] = []
    var median: [Double] = []
    /// Rows that are drawn together where intervals are drawn.
    var groups: RowGroups?
  }

  /// Judges the configuration as it asks for.
  ///
  /// - Throws: `EvaluationError`, `TableError`, `TaskError`, `GradientBoostingError`.
  func judge() throws -> RegressionEvaluation {
    let judging = configuration.judging
    if let test = judging.test { return try judge(on: test) }
    if let share = judging.share { return try judgeOnHoldout(share) }
    return try judgeOnFolds()
  }

  /// Trains a booster on each of some sets of rows, in the units of the target.
  private func boosters(rows sets: [[Int32]], phases: [String]) throws -> [FittedBoosting] {
    func boosters(_ objective: some Objective) throws -> [FittedBoosting] {
      let centre = configuration.loss.centre(of: rows.labels)
      let fit = BoosterFit(
        features: rows.columns.features, labels: rows.labels.map { $0 - centre },
        groups: rows.repeats.groups, objective: objective, configuration: configuration.boosting,
        seed: seed, context: context)
      return try fit.boosters(phases: phases) { BoosterFit.Job(rows: sets[$0]) }
        .map { $0.shiftingScores(by: centre) }
    }
    return try boosters(configuration.loss.objective)
  }

  private func judgeOnFolds() throws -> RegressionEvaluation {
    let (splits, phases) = try folds()
    // The final model waits for nothing that the folds say, so it is trained beside them.
    let models = try boosters(
      rows: splits.map(\.train) + [rows.allRows], phases: phases + ["final training"])
    let parts = try zip(models, splits).map { try predictions(of: $0, on: $1) }
    let measured = try parts.map { try scores(of: $0, drawsBaselineIntervals: false) }
    var metrics = RegressionScores(meanOf: measured.map(\.booster))
    // Of all rows together, each predicted by the model that has not seen it.
    metrics.rmseInterval =
      try scores(
        parts.flatMap(\.targets), parts.flatMap(\.booster),
        groups: rows.repeats.groups?.selecting(splits.flatMap(\.test))
      ).rmseInterval
    let medians = measured.compactMap(\.baselines.median)
    return RegressionEvaluation(
      metrics: metrics, folds: measured.map(\.booster),
      baselines: RegressionSummary.Baselines(
        mean: RegressionScores(meanOf: measured.map(\.baselines.mean)),
        median: medians.isEmpty ? nil : RegressionScores(meanOf: medians)),
      judgedOn: .folds(splits.count), judgedRows: rows.rowCount, finalModel: models[splits.count])
  }

  private func judgeOnHoldout(_ share: Double) throws -> RegressionEvaluation {
    let split = try StratifiedSplit.holdout(
      labels: StratifiedSplit.halves(of: rows.labels), groups: rows.repeats.groups,
      testShare: share, seed: seed)
    let models = try boosters(
      rows: [split.train, rows.allRows], phases: ["training", "final training"])
    return try evaluation(
      try predictions(of: models[0], on: split), judgedOn: .holdout(rows: split.test.count),
      finalModel: models[1])
  }

  private func judge(on test: String) throws -> RegressionEvaluation {
    let shown = LocationText.shown(test)
    try context.begin("reading \(shown)")
    let (table, input) = try context.measure(.read) {
      let result = try layout.readingToJudge(configuration.data.source(at: test), context: context)
      return (result.table, try Manifest.Input(test, files: result.files))
    }
    let targets = try layout.targets(of: table, loss: configuration.loss, data: shown)
    let features = layout.features(of: table)
    let identifiers = configuration.data.id.compactMap { table[$0] }
    context.warn(
      rows.input.fingerprint == input.fingerprint
        ? TableWarnings.sameTable(input)
        : TableWarnings.overlap(
          rows, test: input, identifiers: identifiers, features: features, labels: targets,
          pool: context.pool))
    let fitted = try boosters(rows: [rows.allRows], phases: ["training"])[0]
    TableWarnings.tellUnseen(
      TableWarnings.unseenCategories(in: features, of: fitted.model), context: context)
    let booster = try context.measure(.evaluate) {
      try fitted.model.predictedNumbers(features, pool: context.pool)
    }
    var result = try evaluation(
      predictions(
        targets: targets, booster: booster, learntFrom: rows.allRows,
        groups: layout.groups(of: table, labels: targets, pool: context.pool)),
      judgedOn: .test(LocationText.recorded(test), rows: table.rowCount), finalModel: fitted)
    result.inputs = [input]
    return result
  }

  private func evaluation(
    _ predictions: Predictions, judgedOn: EvaluationProtocol, finalModel: FittedBoosting
  ) throws -> RegressionEvaluation {
    let measured = try scores(of: predictions, drawsBaselineIntervals: true)
    var result = RegressionEvaluation(
      metrics: measured.booster, baselines: measured.baselines, judgedOn: judgedOn,
      judgedRows: predictions.targets.count, finalModel: finalModel)
    guard configuration.judging.folds > 0 else { return result }
    let (splits, phases) = try folds()
    let models = try boosters(rows: splits.map(\.train), phases: phases)
    result.folds = try zip(models, splits).map { model, split in
      let part = try self.predictions(of: model, on: split)
      return try scores(part.targets, part.booster, groups: part.groups)
    }
    return result
  }

  private func folds() throws -> (splits: [StratifiedSplit], phases: [String]) {
    let count = configuration.judging.folds
    return (
      try StratifiedSplit.folds(
        labels: StratifiedSplit.halves(of: rows.labels), groups: rows.repeats.groups, count: count,
        seed: seed),
      (1...count).map { "fold \($0) of \(count)" }
    )
  }

  private func predictions(
    of fitted: FittedBoosting, on split: StratifiedSplit
  ) throws -> Predictions {
    let booster = try context.measure(.evaluate) {
      try fitted.model.predictedNumbers(
        rows.columns.features.map { $0.selecting(split.test) }, pool: context.pool)
    }
    return predictions(
      targets: split.test.map { rows.labels[Int($0)] }, booster: booster, learntFrom: split.train,
      groups: rows.repeats.groups?.selecting(split.test))
  }

  private func predictions(
    targets: [Double], booster: [Double], learntFrom training: [Int32], groups: RowGroups?
  ) -> Predictions {
    let learnt = training.map { rows.labels[Int($0)] }.sorted()
    let middle = (learnt[(learnt.count - 1) / 2] + learnt[learnt.count / 2]) / 2
    let mean = VectorMath.sum(learnt) / Double(learnt.count)
    return Predictions(
      targets: targets, booster: booster, mean: [Double](repeating: mean, count: targets.count),
      median: [Double](repeating: middle, count: targets.count), groups: groups)
  }

  private func scores(
    of predictions: Predictions, drawsBaselineIntervals draws: Bool
  ) throws -> (booster: RegressionScores, baselines: RegressionSummary.Baselines) {
    func measured(_ values: [Double], drawsInterval: Bool) throws -> RegressionScores {
      try scores(
        predictions.targets, values, groups: predictions.groups, drawsInterval: drawsInterval)
    }
    return (
      try measured(predictions.booster, drawsInterval: true),
      RegressionSummary.Baselines(
        mean: try measured(predictions.mean, drawsInterval: draws),
        median: configuration.loss == .absolute
          ? try measured(predictions.median, drawsInterval: draws) : nil)
    )
  }

  private func scores(
    _ targets: [Double], _ predictions: [Double], groups: RowGroups?, drawsInterval: Bool = true
  ) throws -> RegressionScores {
    try context.checkCancelled()
    return try context.measure(.evaluate) {
      RegressionScores(
        try RegressionMetrics(
          targets: targets, predictions: predictions, groups: groups, seed: seed,
          drawsInterval: drawsInterval, pool: context.pool))
    }
  }

  private var seed: UInt64 { UInt64(configuration.seed) }
}

extension RegressionConfiguration.Loss {
  /// The number that training subtracts from targets: numbers far from 0 lose their digits in
  /// single precision.
  func centre(of targets: [Double]) -> Double {
    self == .poisson ? 0 : VectorMath.sum(targets) / Double(targets.count)
  }
}

extension StratifiedSplit {
  /// Whether each target is in the upper half, so that every part has its share of both.
  static func halves(of targets: [Double]) -> [Bool] {
    let order = targets.indices.sorted { (targets[$0], $0) < (targets[$1], $1) }
    var isUpper = [Bool](repeating: false, count: targets.count)
    for row in order[(targets.count / 2)...] { isUpper[row] = true }
    return isUpper
  }
}
