// The steps of a loop that keeps churn models fresh.

/// The steps of a loop over churn tables.
public struct ChurnLoop: TaskLoop {
  /// What the loop is told.
  let configuration: ChurnLoopConfiguration
  /// Where steps run.
  let context: RunContext

  /// The tables of a training in its work folder.
  static let trainName = "train.parquet"
  static let holdoutName = "holdout.parquet"

  /// Creates the steps.
  public init(_ configuration: ChurnLoopConfiguration, context: RunContext) {
    self.configuration = configuration
    self.context = context
  }

  var data: ChurnConfiguration.Data { configuration.churn.data }
  var target: String { data.target }
}
