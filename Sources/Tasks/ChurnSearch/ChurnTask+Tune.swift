import FoundationEssentials
import GradientBoosting
import NumericCore
// Tuning: search on folds of the rows that are not the test part, then judge the best configuration
// on the test part and train the final model with it, as `train` does.
public import Storage
import Tables
import Tuning

extension ChurnTask {
  /// Searches hyperparameters, and writes the run folder of the model trained with the best ones.
  ///
  /// The bytes of the folder are a function of the data and the configuration, however often the
  /// search was stopped and resumed.
  ///
  /// - Parameters:
  ///   - folder: the folder to fill; complete when this returns, cancelled when it throws. The
  ///     study lies beside it until then.
  ///   - resumes: whether to go on with a study that was begun for this folder, or has ended there.
  ///   - force: whether to begin anew where one was.
  /// - Throws: the errors of every room below; `TaskError.cancelled` when the work was stopped.
  public static func tune(
    _ configuration: ChurnSearchConfiguration, into folder: RunFolder, shownAs: String,
    resumes: Bool, force: Bool, context: TaskContext
  ) throws -> ChurnTuneReport {
    defer { folder.cancel() }
    let earlier = try EarlierStudy(
      target: folder.target, shownAs: shownAs, resumes: resumes, force: force)
    let report = try tune(
      configuration, into: folder, shownAs: shownAs, after: earlier.finished, context: context
    ) {
      try earlier.open(description: $0, trials: configuration.trials, context: context)
    }
    earlier.place.remove()
    return report
  }

  /// Searches hyperparameters with a study that lies where the caller wants it.
  ///
  /// - Parameters:
  ///   - explainedRows: the most rows on which mean contributions are measured; nil for 2,000.
  ///   - finished: a study whose trials need not run again if it is of the same search.
  ///   - open: opens the study for the description of the search.
  ///   - openAnew: opens an empty study in place of one whose trials are not those that the search
  ///     asks for; nil makes such a study an error.
  static func tune(
    _ configuration: ChurnSearchConfiguration, into folder: RunFolder, shownAs: String,
    explainedRows: Int? = nil, after finished: StudyFile? = nil, context: TaskContext,
    opening open: (_ description: [(key: String, value: String)]) throws -> StudyStore,
    openingAnew openAnew: ((_ description: [(key: String, value: String)]) throws -> StudyStore)? =
      nil
  ) throws -> ChurnTuneReport {
    defer { folder.cancel() }
    try OutputPlace.check(
      folder: folder.target, inputs: configuration.churn.inputs, model: configuration.warmStart)
    let warm = try configuration.warmStart.map {
      try StudyFile(folder: $0, task: ChurnConfiguration.task)
    }
    let champion = try configuration.champion.map(self.configuration(of:))
    let table = try ChurnTable(configuration.churn, target: folder.target, context: context)
    try ChurnFit(
      data: table.data, configuration: table.configuration, continuing: nil, context: context
    ).checkClasses(ofFolds: configuration.folds)
    let clock = PhaseClock()
    try context.begin("searching")
    let search = try ChurnSearch(
      configuration, table: table, warm: warm, champion: champion, context: context)
    search.startingPoints.tellWarmCount(from: configuration.warmStart, context: context)
    let history: TrialHistory
    do {
      history = try search.run(store: try open(search.description), after: finished)
    } catch TuningError.corruptStudy(let path, let reason) {
      guard let openAnew else { throw TuningError.corruptStudy(path: path, reason: reason) }
      history = try search.run(store: try openAnew(search.description), after: nil)
    }
    guard let best = history.best, let result = best.result else {
      preconditionFailure("the first trials are never stopped by others")
    }
    var final = search.searched.configuration(of: best.point, in: table.configuration)
    final.boosting.numTrees = result.bestStep
    final.boosting.earlyStoppingRounds = 0
    let searchSeconds = clock.total
    let journal = OptunaJournal.text(
      history, name: "mlcore churn", attributes: search.description, width: Study.usualWidth)
    let report = try train(
      table, configuration: final,
      files: [
        (
          StudyFile.name,
          Array(
            try JSONDocument.text(of: StudyFile(history, description: search.description)).utf8)
        ),
        (StudyFile.journalName, Array(journal.utf8)),
      ],
      inputs: try configuration.warmStart.map { [try StudyFile.input($0)] } ?? [], into: folder,
      shownAs: shownAs, explainedRows: explainedRows, searchSeconds: searchSeconds,
      context: context)
    return self.report(
      history, best: best, result: result, training: report, configuration: configuration,
      searchSeconds: searchSeconds)
  }

  /// The configuration that a run folder was made with.
  private static func configuration(of folder: String) throws -> ChurnConfiguration {
    var configuration = ChurnConfiguration()
    try RunFolderReader.apply(
      ChurnRunFiles.configurationName, of: folder, by: ChurnConfiguration.layers,
      to: &configuration)
    return configuration
  }

  private static func report(
    _ history: TrialHistory, best: Trial, result: TrialResult, training: ChurnReport,
    configuration: ChurnSearchConfiguration, searchSeconds: Double
  ) -> ChurnTuneReport {
    let test = training.metrics
    let optimism =
      switch configuration.metric {
      case .auc: result.value - test.auc
      case .logLoss: test.logLoss - result.value
      }
    return ChurnTuneReport(
      training: training, metric: configuration.metric.rawValue,
      trials: TrialReport.all(of: history),
      best: ChurnTuneReport.Best(
        number: best.number, value: result.value,
        params: history.space.parameterValues(of: best.point), numTrees: result.bestStep),
      test: ChurnTuneReport.Test(metrics: test, optimism: optimism), searchSeconds: searchSeconds)
  }
}
