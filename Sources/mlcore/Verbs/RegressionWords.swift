// Regression models in words for people.
import LearningTasks
import Regression
import Tabular

extension Regression: TabularWords {
  static var noun: String { "regression model" }
  static var trainAbstract: String {
    "Train a model that predicts a number, such as a customer's value."
  }
  static var tuneAbstract: String {
    "Search the hyperparameters of a model that predicts a number."
  }
  static var metricChoice: String {
    "rmse, mae or mean_poisson_deviance (default: what the loss minimises)"
  }
  static var effectScale: String { "raw score" }
  static var predictions: String { "predictions" }

  static func name(of metric: RegressionMetric) -> String {
    switch metric {
    case .rmse: "RMSE"
    case .mae: "MAE"
    case .meanPoissonDeviance: "Poisson deviance"
    }
  }

  static func headline(
    _ scores: RegressionScores, by metric: RegressionMetric?, for terminal: Terminal
  ) -> String {
    let interval = scores.interval.map {
      "  (95 % interval \($0[0].fixed(4)) to \($0[1].fixed(4)))"
    }
    let rmse = "RMSE \(scores.rmse.fixed(4))\(interval ?? "")"
    let r2 = "  R2 \(words(scores.r2))"
    guard let metric, metric != .rmse else { return terminal.bold(rmse) + r2 }
    let value = metric.value(of: scores)
    return terminal.bold("\(name(of: metric)) \(words(value.isFinite ? value : nil))")
      + "  \(rmse)\(r2)"
  }

  static func metric(_ found: Inspection<TabularTask<Self>>) -> RegressionMetric? {
    found.loss.metric
  }

  static var scoreColumns: [(name: String, width: Int)] {
    ["RMSE", "MAE", "R2", "Poisson deviance"].map { ($0, 18) }
  }

  static func cells(_ scores: RegressionScores) -> [String] {
    [scores.rmse, scores.mae, scores.r2, scores.meanPoissonDeviance].map(words)
  }

  static func lines(
    _ baselines: RegressionBaselines
  ) -> [(name: String, scores: RegressionScores)] {
    [("mean", baselines.mean)] + (baselines.median.map { [("median", $0)] } ?? [])
  }

  static func subject(_ found: Inspection<TabularTask<Self>>) -> String {
    "'\(found.target)' by the loss \(found.loss.rawValue)"
  }

  static func words(_ report: PredictionReport<TabularTask<Self>>) -> String {
    "mean prediction \(report.meanPrediction.fixed(4))"
  }

  private static func words(_ number: Double?) -> String { number?.fixed(4) ?? "-" }
}
