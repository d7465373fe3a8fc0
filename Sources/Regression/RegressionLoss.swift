// What the training of a regression model minimises, and everything that follows from the choice.
import Configuration
import Evaluation
package import GradientBoosting
import LearningTasks
import NumericCore
package import Tabular

/// What training minimises.
package enum RegressionLoss: String, Sendable, CaseIterable, Codable, ConfigurationField {
  /// The squared error, whose best constant is the mean.
  case squared
  /// The absolute error, whose best constant is the median.
  case absolute
  /// The Poisson deviance of targets that are not negative, over a logarithmic link.
  case poisson

  /// The loss that the trees of a model were grown for.
  init(_ objective: any Objective) {
    let name = type(of: objective).name
    guard let loss = Self.allCases.first(where: { type(of: $0.objective).name == name }) else {
      preconditionFailure("no loss of a regression is '\(name)'")
    }
    self = loss
  }

  /// The loss for the booster.
  var objective: any Objective {
    switch self {
    case .squared: SquaredError()
    case .absolute: AbsoluteError()
    case .poisson: PoissonLoss()
    }
  }

  /// The metric that it minimises, by which a search goes.
  package var metric: RegressionMetric {
    switch self {
    case .squared: .rmse
    case .absolute: .mae
    case .poisson: .meanPoissonDeviance
    }
  }

  /// Whether its best constant is the median, which is a baseline then.
  var hasMedianBaseline: Bool { self == .absolute }

  /// The number that training subtracts from targets: numbers far from 0 lose their digits in
  /// single precision.
  func centre(of targets: [Double]) -> Double {
    self == .poisson ? 0 : VectorMath.sum(targets) / Double(targets.count)
  }
}

/// What the trials of a search are compared by, as the mean over the folds.
package enum RegressionMetric: String, Codable, TabularMetric {
  /// The root of the mean squared error.
  case rmse
  /// The mean absolute error.
  case mae
  /// The mean Poisson deviance, which needs the loss poisson.
  case meanPoissonDeviance = "mean_poisson_deviance"

  package func value(of scores: RegressionScores) -> Double {
    switch self {
    case .rmse: scores.rmse
    case .mae: scores.mae
    case .meanPoissonDeviance: scores.meanPoissonDeviance ?? .infinity
    }
  }

  package func optimism(of value: Double, on test: RegressionScores) -> Double {
    (self.value(of: test) - value).reported
  }

  package func meter(
    labels: [Double], objective: any Objective, shift: Double
  ) -> TrialMeter {
    func meter(_ objective: some Objective) -> TrialMeter {
      {
        { scores in
          var sum = 0.0
          for row in labels.indices {
            sum += loss(
              of: objective.prediction(score: Double(scores[row]) + shift), at: labels[row])
          }
          return total(sum / Double(labels.count))
        }
      }
    }
    return meter(objective)
  }

  /// What one prediction adds to the metric.
  func loss(of prediction: Double, at target: Double) -> Double {
    switch self {
    case .rmse: (target - prediction) * (target - prediction)
    case .mae: abs(target - prediction)
    case .meanPoissonDeviance:
      RegressionMetrics.poissonDeviance(target: target, prediction: prediction)
    }
  }

  /// The metric of the mean of what predictions add.
  private func total(_ mean: Double) -> Double { self == .rmse ? mean.squareRoot() : mean }
}
