// Tuning: search on the rows that are not the test part, then judge the best configuration on the
// test part and train the final model with it, as `train` does.
import NumericCore
package import Storage
package import Tuning

/// Opens the study for the description of a search.
package typealias StudyOpening = (_ description: [(key: String, value: String)]) throws ->
  StudyStore

extension LearningTask {
  /// Searches hyperparameters, and writes the run folder of the model trained with the best ones.
  ///
  /// The bytes of the folder are a function of the data and the configuration, however often the
  /// search was stopped and resumed; of a recommender for one build of the linear algebra.
  ///
  /// - Parameters:
  ///   - folder: the folder to fill; complete when this returns, cancelled when it throws. The
  ///     study lies beside it until then.
  ///   - resumes: whether to go on with a study that was begun for this folder, or has ended there.
  ///   - force: whether to begin anew where one was.
  /// - Throws: the errors of every room below; `TaskError.cancelled` when the work was stopped.
  package static func tune(
    _ configuration: Search.Configuration, into folder: RunFolder, shownAs: String,
    resumes: Bool, force: Bool, context: RunContext
  ) throws -> TuningReport<Self> {
    defer { folder.cancel() }
    let earlier = try EarlierStudy(
      target: folder.target, shownAs: shownAs, resumes: resumes, force: force)
    let report = try tune(
      configuration, into: folder, shownAs: shownAs, after: earlier.finished, context: context,
      opening: {
        try earlier.open(description: $0, trials: configuration.trials, context: context)
      })
    earlier.place.remove()
    return report
  }

  /// Searches hyperparameters with a study that lies where the caller wants it.
  ///
  /// - Parameters:
  ///   - finished: a study whose trials need not run again if it is of the same search.
  ///   - open: opens the study.
  ///   - openAnew: opens an empty study in place of one whose trials are not those that the search
  ///     asks for; nil makes such a study an error.
  package static func tune(
    _ configuration: Search.Configuration, into folder: RunFolder, shownAs: String,
    options: TrainingOptions = TrainingOptions(), after finished: StudyFile? = nil,
    context: RunContext, opening open: StudyOpening, openingAnew openAnew: StudyOpening? = nil
  ) throws -> TuningReport<Self> {
    defer { folder.cancel() }
    let context = context.starting()
    let training = configuration.training
    try OutputPlace.check(
      folder: folder.target, inputs: training.inputs, model: configuration.warmStart)
    let warm = try configuration.warmStart.map { try StudyFile(folder: $0, task: name) }
    let tables = try read(training, target: folder.target, context: context)
    let (search, history) = try context.measure(.search) {
      try context.begin("searching")
      let search = try Search(configuration, tables: tables, warm: warm, context: context)
      let plan = search.plan
      plan.startingPoints.tellWarmCount(from: configuration.warmStart, context: context)
      func run(_ store: StudyStore, after finished: StudyFile?) throws -> TrialHistory {
        try plan.run(store: store, after: finished, context: context) { missing, study, table in
          try search.run(missing, of: study, store: store, table: table)
        }
      }
      do {
        return (search, try run(try open(plan.description), after: finished))
      } catch TuningError.corruptStudy(let path, let reason) {
        guard let openAnew else { throw TuningError.corruptStudy(path: path, reason: reason) }
        return (search, try run(try openAnew(plan.description), after: nil))
      }
    }
    guard let best = history.best, let result = best.result else {
      throw TaskError.noUsableTrial(count: history.trials.count)
    }
    let defaults = try search.defaults()
    let report = try train(
      tables, configuration: search.configuration(of: best.point, steps: result.bestStep),
      extras: RunExtras(
        files: try studyFiles(history, description: search.plan.description),
        inputs: try configuration.warmStart.map { [try RunFolderReader.input($0)] } ?? []),
      into: folder, shownAs: shownAs, options: options, context: context)
    let test = search.test(report.summary)
    return TuningReport(
      training: report, metric: search.plan.metric, trials: TrialReport.all(of: history),
      best: TuningReport.Best(
        number: best.number, value: result.value,
        params: history.space.parameterValues(of: best.point), steps: result.bestStep),
      test: TuningReport.Test(
        metrics: test, optimism: search.optimism(of: result.value, on: test), defaults: defaults),
      searchSeconds: context.stopwatch.seconds(of: .search))
  }

  private static func studyFiles(
    _ history: TrialHistory, description: [(key: String, value: String)]
  ) throws -> [RunFileContent] {
    let study = StudyFile(history, description: description)
    let journal = OptunaJournal.text(
      history, name: "mlcore \(name)", attributes: description, width: Study.usualWidth)
    return [
      (StudyFile.name, Array(try JSONDocument.text(of: study).utf8)),
      (StudyFile.journalName, Array(journal.utf8)),
    ]
  }
}
