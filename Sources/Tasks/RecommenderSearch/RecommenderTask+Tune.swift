import NumericCore
// Tuning: search on a validation part of the interactions that are not the test part, then judge the
// best configuration on the test part and train the final model with it, as `train` does.
public import Storage
import Tuning

extension RecommenderTask {
  /// Searches hyperparameters, and writes the run folder of the model trained with the best ones.
  ///
  /// The bytes of the folder are a function of the data and the configuration, for one build of the
  /// linear algebra, however often the search was stopped and resumed.
  ///
  /// - Parameters:
  ///   - folder: the folder to fill; complete when this returns, cancelled when it throws. The
  ///     study lies beside it until then.
  ///   - resumes: whether to go on with a study that was begun for this folder, or has ended there.
  ///   - force: whether to begin anew where one was.
  /// - Throws: the errors of every room below; `TaskError.cancelled` when the work was stopped.
  public static func tune(
    _ configuration: RecommenderSearchConfiguration, into folder: RunFolder, shownAs: String,
    resumes: Bool, force: Bool, context: TaskContext
  ) throws -> RecommenderTuneReport {
    defer { folder.cancel() }
    try OutputPlace.check(
      folder: folder.target, inputs: configuration.recommender.inputs,
      model: configuration.warmStart)
    let earlier = try EarlierStudy(
      target: folder.target, shownAs: shownAs, resumes: resumes, force: force)
    let warm = try configuration.warmStart.map {
      try StudyFile(folder: $0, task: RecommenderConfiguration.task)
    }
    let tables = try RecommenderTables(configuration.recommender, context: context)
    let clock = PhaseClock()
    try context.begin("searching")
    let search = try RecommenderSearch(
      configuration, tables: tables, warm: warm, context: context)
    search.startingPoints.tellWarmCount(from: configuration.warmStart, context: context)
    let store = try earlier.open(
      description: search.description, trials: configuration.trials, context: context)
    let history = try search.run(store: store, after: earlier.finished)
    guard let best = history.best, let result = best.result else {
      throw TaskError.recommender(.noUsableTrial(count: history.trials.count))
    }
    var final = search.searched.configuration(of: best.point, in: search.base)
    final.model.epochs = result.bestStep
    final.model.patience = 0
    let searchSeconds = clock.total
    var timings = tables.timings
    let defaults = try defaultMetrics(tables, search.base, timings: &timings, context: context)
    let study = StudyFile(history, description: search.description)
    let journal = OptunaJournal.text(
      history, name: "mlcore recommender", attributes: search.description,
      width: Study.usualWidth)
    let training = try train(
      tables, configuration: final,
      files: [
        (StudyFile.name, Array(try JSONDocument.text(of: study).utf8)),
        (StudyFile.journalName, Array(journal.utf8)),
      ],
      inputs: try configuration.warmStart.map { [try StudyFile.input($0)] } ?? [], into: folder,
      shownAs: shownAs, timings: timings, searchSeconds: searchSeconds, context: context)
    earlier.place.remove()
    guard let metrics = training.metrics else {
      preconditionFailure("a training with a folder judges its towers")
    }
    return RecommenderTuneReport(
      training: training, metric: search.metric.rawValue, trials: TrialReport.all(of: history),
      best: RecommenderTuneReport.Best(
        number: best.number, value: result.value,
        params: history.space.parameterValues(of: best.point), epochs: result.bestStep),
      test: RecommenderTuneReport.Test(
        metrics: metrics, optimism: search.metric.optimism(result.value, on: metrics),
        defaults: defaults),
      searchSeconds: searchSeconds)
  }

  /// What `train` reaches on the test part without a search.
  private static func defaultMetrics(
    _ tables: RecommenderTables, _ base: RecommenderConfiguration,
    timings: inout RecommenderReport.Timings, context: TaskContext
  ) throws -> RecommenderMetrics {
    try context.begin("judging the defaults")
    var configuration = base
    configuration.judging.baselines = []
    // The training of the best configuration warns of the same test part.
    let quiet = TaskContext(pool: context.pool, isCancelled: context.isCancelled) { event in
      if case .warning = event { return }
      context.progress(event)
    }
    let judgement = try tables.fit(configuration, context: quiet).judge(
      test: tables.test, baselinesOnly: false, timings: &timings)
    guard let metrics = judgement.metrics else {
      preconditionFailure("towers that were trained were judged")
    }
    return metrics
  }
}

extension RecommenderSearchConfiguration.Metric {
  /// How much better a score is than the same measure of the test.
  fileprivate func optimism(_ value: Double, on test: RecommenderMetrics) -> Double {
    switch self {
    case .ndcg: value - (test.ndcg ?? 0)
    case .rmse: (test.rmse ?? 0) - value
    }
  }
}
