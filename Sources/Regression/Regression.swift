// Predicting a number of each row of a table.
import Configuration
package import Evaluation
package import GradientBoosting
package import LearningTasks
package import NumericCore
package import Tables
package import Tabular
import Texts

/// Predicts a number of each row, such as a customer's value.
package enum Regression: TabularProblem {
  package typealias Configuration = RegressionConfiguration
  package typealias Target = RegressionTarget
  package typealias Layout = ColumnLayout
  package typealias Scores = RegressionScores
  package typealias Baselines = RegressionBaselines
  package typealias Traits = RegressionTraits
  package typealias Answers = RegressionAnswers
  package typealias Answer = NumberPrediction
  package typealias Metric = RegressionMetric

  // MARK: - Configuration

  package static var objectives: [any Objective] { RegressionLoss.allCases.map(\.objective) }

  package static func objective(of configuration: Configuration) -> any Objective {
    configuration.loss.objective
  }

  package static func centre(of labels: [Double], _ configuration: Configuration) -> Double {
    configuration.loss.centre(of: labels)
  }

  package static func usualMetric(of configuration: Configuration) -> Metric {
    configuration.loss.metric
  }

  package static func check(_ metric: Metric, for configuration: Configuration) throws {
    if metric == .meanPoissonDeviance, configuration.loss != .poisson {
      throw ConfigurationError.unfitOption(
        name: "metric", found: "'\(metric.rawValue)'",
        expected: "rmse or mae, unless the loss is poisson")
    }
  }

  // MARK: - Tables

  package static func adapt(
    _ options: inout ReadOptions, for data: LabelledTableConfiguration
  ) {
    options.kinds[ByteText(data.target)] = .number
  }

  package static func target(
    _ column: Column, _ configuration: Configuration, continuing: InitialModel<Self>?,
    context: RunContext
  ) throws -> RegressionTarget {
    try RegressionTarget(column, loss: configuration.loss, data: configuration.data.shownPath)
  }

  package static func layout(_ columns: ColumnLayout, of target: RegressionTarget) -> Layout {
    columns
  }

  package static func labels(
    _ column: Column, layout: Layout, objective: any Objective, data: String
  ) throws -> [Double] {
    try RegressionTarget(column, loss: RegressionLoss(objective), data: data).labels
  }

  // MARK: - Judging

  /// Whether each target is in the upper half.
  package static func strata(of labels: [Double]) -> [Bool] {
    let order = labels.indices.sorted { (labels[$0], $0) < (labels[$1], $1) }
    var isUpper = [Bool](repeating: false, count: labels.count)
    for row in order[(labels.count / 2)...] { isUpper[row] = true }
    return isUpper
  }

  package static func baselinePredictions(
    learning rows: LabelledRows, training: [Int32], _ configuration: Configuration,
    for features: [Column], judged: [Int32], context: RunContext
  ) throws -> [[Double]] {
    let constants = BestConstants(of: training.map { rows.labels[Int($0)] })
    return
      ([constants.mean] + (configuration.loss.hasMedianBaseline ? [constants.median] : [])).map {
        [Double](repeating: $0, count: judged.count)
      }
  }

  package static func baselines(_ scores: [RegressionScores]) -> RegressionBaselines {
    RegressionBaselines(mean: scores[0], median: scores.dropFirst().first)
  }

  package static func findings(of target: RegressionTarget, _ rows: PredictedRows) -> Nothing {
    Nothing()
  }

  // MARK: - Answers and documents

  /// The column of predicted numbers.
  private static let prediction = "prediction"

  package static var answerFields: [Schema.Field] {
    [Schema.Field(name: prediction, kind: .number)]
  }

  package static func answerValues(
    _ predictions: [Double], layout: Layout
  ) -> [Column.Values] { [.number(NumberColumn(predictions))] }

  package static func answer(
    _ prediction: Double, layout: Layout, modelVersion: String
  ) -> NumberPrediction {
    NumberPrediction(prediction: prediction, modelVersion: modelVersion)
  }

  package static func summary(of answers: Table) -> RegressionAnswers {
    guard case .number(let predictions)? = answers[prediction]?.values else {
      preconditionFailure("answers without predictions")
    }
    return RegressionAnswers(
      meanPrediction: VectorMath.sum(predictions.doubles()) / Double(answers.rowCount))
  }

  package static func facts(of target: RegressionTarget) -> Nothing { Nothing() }

  package static func traits(of model: TrainedTrees<Self>) -> RegressionTraits {
    RegressionTraits(loss: model.loss)
  }

  package static func extras(
    _ rows: PredictedRows, terms: ProfitTerms?, pool: WorkerPool
  ) -> Nothing { Nothing() }
}

extension TrainedTrees where Problem == Regression {
  /// What training minimised.
  var loss: RegressionLoss { RegressionLoss(trees.objective) }
}

/// Predicts a number of each row.
package typealias RegressionTask = TabularTask<Regression>
/// A trained regression model.
package typealias RegressionModel = TrainedTrees<Regression>
