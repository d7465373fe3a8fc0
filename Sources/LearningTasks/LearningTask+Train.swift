// Training: read, judge on rows that were not learnt from, train on all rows, write the run folder.
import Configuration
import NumericCore
package import Storage
import Tables

/// A file of a run folder.
package typealias RunFileContent = (name: String, bytes: [UInt8])

/// What a task has made of its tables, before anything of it is written.
package struct FinishedTraining<Task: LearningTask> {
  /// What was measured.
  var summary: Task.Summary
  /// What metrics.json alone holds.
  var record: Task.Record
  /// What the report alone holds.
  var details: Task.Details
  /// How the model was judged.
  var evaluated: EvaluationProtocol
  /// What settings that are "auto" came to, as TOML by key.
  var resolved: [String: String] = [:]
  /// The tables and models that were read, in the order of the manifest.
  var inputs: [Manifest.Input]
  /// Reasons to doubt the result.
  var warnings: [RunWarning] = []
  /// Makes the model and what other systems read.
  var files: () throws -> [RunFileContent]

  /// Collects what a task has made.
  package init(
    summary: Task.Summary, record: Task.Record, details: Task.Details,
    evaluated: EvaluationProtocol, resolved: [String: String] = [:], inputs: [Manifest.Input],
    warnings: [RunWarning] = [], files: @escaping () throws -> [RunFileContent]
  ) {
    self.summary = summary
    self.record = record
    self.details = details
    self.evaluated = evaluated
    self.resolved = resolved
    self.inputs = inputs
    self.warnings = warnings
    self.files = files
  }
}

/// What a run folder holds and names besides that of its training.
package struct RunExtras {
  var files: [RunFileContent] = []
  var inputs: [Manifest.Input] = []
}

extension LearningTask {
  /// Trains a model and writes its run folder.
  ///
  /// The bytes of the folder are a function of the data and the configuration; of a recommender for
  /// one build of the linear algebra.
  ///
  /// - Parameters:
  ///   - folder: the folder to fill, complete when this returns, cancelled when it throws; nil trains
  ///     and judges baselines only, and writes nothing.
  ///   - shownAs: the folder as the report names it.
  /// - Throws: the errors of every room below; `TaskError.cancelled` when the work was stopped.
  package static func train(
    _ configuration: Configuration, into folder: RunFolder?, shownAs: String,
    options: TrainingOptions = TrainingOptions(), context: RunContext
  ) throws -> TrainingReport<Self> {
    defer { folder?.cancel() }
    if let folder {
      try OutputPlace.check(folder: folder.target, inputs: configuration.inputs)
    }
    let context = context.starting()
    let tables = try read(configuration, target: folder?.target, context: context)
    return try train(
      tables, configuration: tables.configuration, into: folder, shownAs: shownAs,
      options: options, context: context)
  }

  /// Trains a model on tables that have been read, and writes its run folder.
  ///
  /// - Parameters:
  ///   - configuration: that of the tables, with any hyperparameters.
  ///   - extras: what else the folder holds and its manifest names.
  static func train(
    _ tables: Tables, configuration: Configuration, extras: RunExtras = RunExtras(),
    into folder: RunFolder?, shownAs: String, options: TrainingOptions, context: RunContext
  ) throws -> TrainingReport<Self> {
    var options = options
    options.judgesBaselinesOnly = folder == nil
    let finished = try fit(
      tables, configuration: configuration, options: options, context: context)
    if let folder {
      try context.begin("writing")
      context.warn(finished.warnings)
      try write(finished, configuration: configuration, extras: extras, into: folder, context)
    }
    return TrainingReport(
      summary: finished.summary, details: finished.details, seed: configuration.seed,
      threads: context.pool.threadCount, out: shownAs,
      timings: context.stopwatch.timings(phases), evaluated: finished.evaluated,
      data: LocationText.shown(configuration.inputs.first ?? ""))
  }

  /// Writes all files of a training: those of the model, metrics.json and run.toml.
  package static func write(
    _ finished: FinishedTraining<Self>, configuration: Configuration,
    extras: RunExtras = RunExtras(), into folder: RunFolder, _ context: RunContext
  ) throws {
    let run = RunFile.text(
      configuration.recorded, settings: Configuration.settings, notes: finished.resolved)
    let files =
      try finished.files() + [
        (RunResults<Self>.fileName, Array(try JSONDocument.text(of: RunResults(finished)).utf8)),
        (RunFolderReader.configurationName, Array(run.utf8)),
      ] + extras.files
    try write(files, inputs: finished.inputs + extras.inputs, into: folder, context)
  }

  /// Writes files and completes their folder.
  package static func write(
    _ files: [RunFileContent], inputs: [Manifest.Input], into folder: RunFolder,
    _ context: RunContext
  ) throws {
    for (name, bytes) in files {
      try context.checkCancelled()
      try folder.write(bytes, to: name)
    }
    try context.checkCancelled()
    try folder.commit(
      task: name, inputs: inputs, mlcoreVersion: ProgramVersion.current)
  }
}
