// What differs between the searches of tasks: the space, how a trial is run, and what the best one
// means. `SearchPlan` holds the facts of a search, and runs it.
import Configuration
import Storage
package import Tuning

/// A search for hyperparameters that is ready to run.
package protocol HyperparameterSearch {
  associatedtype Task: LearningTask
  associatedtype Configuration: TaskSearchConfiguration
  where Configuration.Training == Task.Configuration
  /// What a model reaches on the test part.
  associatedtype Metrics: Encodable & Sendable

  /// What the number of steps of a trial is called in documents.
  static var stepsKey: String { get }
  /// What decides the trials.
  var plan: SearchPlan { get }

  /// Prepares a search over tables, of which the test part is set aside.
  ///
  /// - Parameter warm: a study whose best trials are tried first.
  /// - Throws: `ConfigurationError`, and the errors of the learner.
  init(
    _ configuration: Configuration, tables: Task.Tables, warm: StudyFile?, context: RunContext
  ) throws

  /// Runs trials in any way and records them in a store.
  ///
  /// - Returns: the results of those that ended, by number.
  /// - Throws: `TuningError`, the errors of the learner; `TaskError.cancelled`.
  func run(
    _ trials: [Trial], of study: Study, store: StudyStore, table: TrialTable
  ) throws -> [Int: TrialResult]

  /// The configuration of the final training.
  ///
  /// - Parameter steps: the number of trees or epochs that was best.
  func configuration(of point: [Double], steps: Int) -> Task.Configuration

  /// What training without a search reaches on the test part; nil where that is not told.
  ///
  /// - Throws: the errors of training.
  func defaults() throws -> Metrics?

  /// The metrics of the final model on the test part.
  func test(_ summary: Task.Summary) -> Metrics

  /// How much better a score of the search is than the same measure of the test.
  func optimism(of value: Double, on test: Metrics) -> Double
}

extension HyperparameterSearch {
  package func defaults() throws -> Metrics? { nil }
}

/// The settings of a search, as the code that all tasks share sees them.
package protocol TaskSearchConfiguration: SearchConfiguration {
  associatedtype Training: TaskConfiguration
  /// The data, the test part and the hyperparameters that are not searched.
  var training: Training { get }
}

/// What decides the trials of a search.
package struct SearchPlan {
  let space: SearchSpace
  /// What trials are compared by, as documents name it.
  let metric: String
  package let direction: SearchDirection
  /// Successive halving as it suits the task.
  let asha: ASHAPruner
  /// The best steps that a trial can have.
  package let steps: ClosedRange<Int>
  /// The points that are tried first.
  let startingPoints: StartingPoints
  package let seed: UInt64
  /// All of this and the data, in words: two searches with the same description have the same trials.
  let description: [(key: String, value: String)]
  private let configuration: any SearchConfiguration

  /// Describes a search.
  ///
  /// - Parameters:
  ///   - training: the configuration whose hyperparameters are searched.
  ///   - data: the checksums of the tables.
  ///   - division: how rows are divided for trials, in words.
  ///   - variant: what else is chosen, in words.
  ///   - rows: which rows stay together, in words.
  package init<Training: TaskConfiguration>(
    _ configuration: some SearchConfiguration, of training: Training, data: String,
    space: SearchSpace, metric: String, direction: SearchDirection, asha: ASHAPruner,
    steps: ClosedRange<Int>, startingPoints: StartingPoints,
    division: [(key: String, value: String)] = [], variant: [(key: String, value: String)] = [],
    rows: [(key: String, value: String)] = []
  ) {
    self.configuration = configuration
    self.space = space
    self.metric = metric
    self.direction = direction
    self.asha = asha
    self.steps = steps
    self.startingPoints = startingPoints
    seed = UInt64(training.seed)
    // Tables are told by their contents, whatever their names.
    let run = RunFile.assignments(
      of: training.recorded.withoutLocations, settings: Training.settings)
    description =
      [
        ("program", "mlcore \(ProgramVersion.current)"), ("rules", SearchRules.version),
        ("task", Training.task), ("data", data),
        ("configuration", Fingerprint(of: Array(run.utf8)).sha256),
        ("seed", String(training.seed)),
      ] + division
      + [
        ("sampler", configuration.sampler.rawValue), ("pruner", configuration.pruner.rawValue),
        ("metric", metric),
      ] + variant
      + [("starting points", Fingerprint(of: Array("\(startingPoints.points)".utf8)).sha256)]
      + rows
  }

  /// Runs the trials that a store does not hold yet, and records them there.
  ///
  /// - Parameters:
  ///   - finished: a study whose trials need not run again if it is of the same search.
  ///   - perform: runs some trials of a batch.
  /// - Throws: `TuningError`, and what `perform` throws.
  func run(
    store: StudyStore, after finished: StudyFile?, context: RunContext,
    perform: (_ missing: [Trial], _ study: Study, _ table: TrialTable) throws -> [Int: TrialResult]
  ) throws -> TrialHistory {
    if let finished, finished.difference(from: description) == nil {
      try finished.copyTrials(to: store, space: space)
    }
    var study = try Study(
      space: space, direction: direction, sampler: configuration.sampler.make(),
      pruner: configuration.pruner.make(asha), trialCount: configuration.trials,
      startingPoints: startingPoints.points, seed: seed)
    let table = TrialTable(
      space: space, direction: direction, count: configuration.trials, context: context)
    try study.run(store: store, table: table, steps: steps) { missing, study in
      try perform(missing, study, table)
    }
    return study.history
  }
}
