// The steps of a loop that keeps regression models fresh: what is theirs alone in reading and training.
import Evaluation
import LearningTasks
import Tables
import Tabular

/// The steps of a loop over tables with a number to predict.
struct RegressionLoop: TabularLoop {
  typealias Problem = Regression
  typealias Rows = PredictedNumbers
  typealias Comparison = RegressionComparison

  /// What a model reached when it was trained.
  struct Reached: ReachedQuality {
    /// What the loss is.
    var measure: RegressionMetric
    /// The loss on rows that the model had not seen, and the ends of its interval.
    var loss: Double
    var lossInterval: [Double]

    enum CodingKeys: String, CodingKey {
      case measure, loss
      case lossInterval = "loss_interval"
    }

    var problem: String? {
      if !(0..<Double.infinity).contains(loss) { return "the loss \(loss)" }
      let ends = lossInterval
      guard ends.count == 2, 0 <= ends[0], ends[0] <= ends[1], ends[1] < .infinity else {
        return "the interval \(ends) of the loss"
      }
      return nil
    }
  }

  let configuration: RegressionLoopConfiguration
  let context: RunContext

  init(_ configuration: RegressionLoopConfiguration, context: RunContext) {
    self.configuration = configuration
    self.context = context
  }

  /// What training minimises.
  private var loss: RegressionLoss { configuration.training.loss }
  /// What models are compared by.
  var measure: RegressionMetric { loss.metric }

  // MARK: - Targets

  static let targetKind: ColumnKind? = .number

  func check(_ target: Column, layout: ColumnLayout?, data: String) throws {
    _ = try RegressionTarget(target, loss: loss, data: data)
  }

  func labelProblem(of rows: PredictedNumbers, earlier: Reached) -> String? {
    guard configuration.doubtsLabels else { return nil }
    let found = rows.loss(by: earlier.measure, pool: context.pool)
    let allowed = 1 + configuration.checks.labels
    guard found.lower > allowed * earlier.lossInterval[1] else { return nil }
    // As large as a number is said to be that nothing can be compared with.
    func times(_ loss: Double) -> String { (loss / max(earlier.loss, .leastNormalMagnitude)).short }
    return "the labels do not agree with the champion's predictions: \(earlier.measure.words) "
      + "\(times(found.second)) times that of its training, at least \(times(found.lower)) times, "
      + "expected at most \(times(allowed * earlier.lossInterval[1])) times"
  }

  // MARK: - Training

  func reached(
    _ metrics: RegressionScores, rows: () throws -> PredictedNumbers
  ) throws -> Reached {
    let found = try rows().loss(by: measure, pool: context.pool)
    return Reached(
      measure: measure, loss: found.second, lossInterval: [found.lower, found.upper])
  }

  static func shown(_ metrics: RegressionScores) -> [String: Double] {
    [
      "rmse": metrics.rmse, "mae": metrics.mae, "r2": metrics.r2,
      "mean_poisson_deviance": metrics.meanPoissonDeviance,
    ].compactMapValues(\.self)
  }
}
