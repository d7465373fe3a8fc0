// What a search for the hyperparameters of a classifier goes by.
import Evaluation
package import GradientBoosting
package import Tabular
package import Tuning

/// What trials are compared by, as the mean over the folds.
package enum ClassifierSearchMetric: String, TabularMetric {
  /// The area under the ROC curve.
  case auc
  /// The mean negative log-likelihood.
  case logLoss = "log_loss"

  package var direction: SearchDirection { self == .auc ? .maximise : .minimise }

  package func value(of scores: ClassifierMetrics) -> Double {
    self == .auc ? scores.auc : scores.logLoss
  }

  package func meter(
    labels: [Double], objective: any Objective, shift: Double
  ) throws -> TrialMeter {
    switch self {
    case .auc:
      let fresh = try RepeatedAUC(labels: labels.map { $0 == 1 })
      return {
        var meter = fresh
        return { meter($0) }
      }
    case .logLoss:
      let loss = BinaryLogLoss()
      return {
        { scores in
          var sum = 0.0
          for row in labels.indices {
            sum += loss.loss(score: Double(scores[row]) + shift, label: labels[row])
          }
          return sum / Double(labels.count)
        }
      }
    }
  }
}
