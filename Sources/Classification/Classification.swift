// Predicting one of two classes of each row of a table.
import Configuration
package import Evaluation
package import GradientBoosting
package import LearningTasks
package import NumericCore
package import Tables
package import Tabular

/// Predicts the probability of the positive class of each row.
package enum Classification<Preset: ClassifierPreset>: TabularProblem {
  package typealias Configuration = ClassifierConfiguration<Preset>
  package typealias Target = ClassTarget
  package typealias Layout = ClassifierLayout
  package typealias Scores = ClassifierMetrics
  package typealias Baselines = ClassifierBaselines
  package typealias Findings = ClassFindings
  package typealias Facts = ClassFacts
  package typealias Traits = ClassFacts
  package typealias Extras = ClassMeasures
  package typealias Answers = ClassAnswers
  package typealias Answer = ClassPrediction<Preset>
  package typealias Metric = ClassifierSearchMetric

  // MARK: - Configuration

  package static var objectives: [any Objective] { [BinaryLogLoss()] }

  package static func objective(of configuration: Configuration) -> any Objective {
    BinaryLogLoss()
  }

  package static func continued(by configuration: Configuration) -> String? {
    configuration.continueFrom
  }

  package static func calibration(of configuration: Configuration) -> Calibration.Method? {
    configuration.calibration
  }

  package static func weights(
    of labels: [Double], _ configuration: Configuration
  ) -> ClassWeights {
    ClassWeights(configuration.weighting, labels: strata(of: labels))
  }

  package static func usualMetric(of configuration: Configuration) -> Metric { .auc }

  // MARK: - Tables

  package static func target(
    _ column: Column, _ configuration: Configuration, continuing: InitialModel<Self>?,
    context: RunContext
  ) throws -> ClassTarget {
    let shown = configuration.data.shownPath
    if let continuing {
      let layout = continuing.model.layout
      if let asked = configuration.positive, !ClassTarget.isSame(asked, layout.positive) {
        throw Configuration.unfit(
          "data.positive", found: "'\(asked)'",
          expected: "'\(layout.positive)', the positive class of the model in \(continuing.folder)")
      }
      return try ClassTarget(
        column, positive: layout.positive, negative: layout.negative, data: shown)
    }
    let target = try ClassTarget(column, positive: configuration.positive, data: shown)
    if target.isGuess {
      context.warn([
        .guessedClass(
          column: target.column, positive: target.positive, negative: target.negative)
      ])
    }
    return target
  }

  package static func layout(_ columns: ColumnLayout, of target: ClassTarget) -> Layout {
    ClassifierLayout(columns, positive: target.positive, negative: target.negative)
  }

  package static func labels(
    _ column: Column, layout: Layout, objective: any Objective, data: String
  ) throws -> [Double] {
    try ClassTarget(column, positive: layout.positive, negative: layout.negative, data: data)
      .labels
  }

  // MARK: - Judging

  package static func strata(of labels: [Double]) -> [Bool] { labels.map { $0 == 1 } }

  package static func baselinePredictions(
    learning rows: LabelledRows, training: [Int32], _ configuration: Configuration,
    for features: [Column], judged: [Int32], context: RunContext
  ) throws -> [[Double]] {
    try context.checkCancelled()
    let logistic = try LogisticBaseline(
      rows.columns.features, labels: rows.labels, rows: training, context: context)
    let positives = training.count { rows.labels[Int($0)] == 1 }
    let prior = Double(positives) / Double(max(1, training.count))
    return [
      try logistic.predict(features, rows: judged),
      [Double](repeating: prior, count: judged.count),
    ]
  }

  package static func baselines(_ scores: [ClassifierMetrics]) -> ClassifierBaselines {
    ClassifierBaselines(prior: scores[1], logistic: scores[0])
  }

  package static func findings(
    of target: ClassTarget, _ rows: PredictedRows
  ) throws -> ClassFindings {
    ClassFindings(
      positives: target.positiveCount, reliability: reliability(try ScoredRows(rows)))
  }

  /// The doubt that a feature is only known after the event.
  package static func doubts(_ summary: TabularTask<Self>.Summary) -> [RunWarning] {
    let auc = summary.metrics.auc
    guard let strongest = summary.importances.first, strongest.gain > 0,
      auc > 0.99 || (auc > 0.95 && strongest.share > 0.8)
    else { return [] }
    return [.leak(feature: strongest.feature)]
  }

  /// The ten bins that reports have.
  private static func reliability(_ rows: ScoredRows) -> [ReliabilityTable.Bin] {
    ReliabilityTable(rows, binCount: 10).bins
  }

  // MARK: - Answers and documents

  package static var answerFields: [Schema.Field] {
    [
      Schema.Field(name: Preset.probability, kind: .number),
      Schema.Field(name: Preset.label, kind: .category),
    ]
  }

  package static func answerValues(
    _ predictions: [Double], layout: Layout
  ) -> [Column.Values] {
    let labels = predictions.map { Int32($0 >= layout.threshold ? 1 : 0) }
    return [
      .number(NumberColumn(predictions)),
      .category(CategoryColumn(codes: labels, levels: [layout.negative, layout.positive])),
    ]
  }

  package static func answer(
    _ prediction: Double, layout: Layout, modelVersion: String
  ) -> ClassPrediction<Preset> {
    ClassPrediction(
      probability: prediction,
      label: prediction >= layout.threshold ? layout.positive : layout.negative,
      modelVersion: modelVersion)
  }

  package static func summary(of answers: Table) -> ClassAnswers {
    guard case .number(let probabilities)? = answers[Preset.probability]?.values,
      case .category(let labels)? = answers[Preset.label]?.values
    else { preconditionFailure("answers without probabilities and labels") }
    return ClassAnswers(
      positives: labels.codes.reduce(0) { $0 + Int($1) },
      meanProbability: VectorMath.sum(probabilities.doubles()) / Double(answers.rowCount))
  }

  package static func facts(of target: ClassTarget) -> ClassFacts {
    ClassFacts(positive: target.positive)
  }

  package static func fill(_ configuration: inout Configuration, with facts: ClassFacts) {
    configuration.positive = facts.positive
  }

  package static func traits(of model: TrainedTrees<Self>) -> ClassFacts {
    ClassFacts(positive: model.layout.positive)
  }

  package static func extras(
    _ rows: PredictedRows, terms: ProfitTerms?, pool: WorkerPool
  ) throws -> ClassMeasures {
    let scored = try ScoredRows(rows)
    return ClassMeasures(
      positives: scored.positives, reliability: reliability(scored),
      profit: try terms.map { try ProfitReport(scored, terms: $0, pool: pool) })
  }

  package static func exportedClasses(_ layout: Layout) -> ONNXModel.Classes? {
    ONNXModel.Classes(
      negative: layout.negative, positive: layout.positive, threshold: layout.threshold)
  }
}

extension ScoredRows {
  /// Rows of two classes, of which 1 is the positive one.
  init(_ rows: PredictedRows) throws {
    try self.init(
      labels: rows.labels.map { $0 == 1 }, probabilities: rows.predictions, groups: rows.groups)
  }
}
