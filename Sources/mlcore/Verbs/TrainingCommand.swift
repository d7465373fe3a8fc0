// Runs a training or a search of the command line, and tells about it.
import Artifacts
import Tasks

/// A training of any task.
struct TrainingCommand<Task: CommandTask> {
  let configuration: Task.Configuration
  let output: OutputFolderOptions
  /// Whether baselines alone are trained, and nothing is written.
  var baselinesOnly = false
  let threads: ThreadOptions
  let report: ReportOptions

  func run() throws {
    let out = baselinesOnly ? "" : try output.folder()
    try configuration.validate()
    if !baselinesOnly { try OutputPlace.check(folder: out, inputs: configuration.inputs) }
    let bar = ProgressBar()
    defer { bar.close() }
    let context = try bar.context(threads)
    // Before the work, so that a folder that cannot be written costs no time.
    let folder = baselinesOnly ? nil : try RunFolder(target: out, force: output.force)
    Interruption.onForcedExit { folder?.cancel() }
    let result = try Task.train(configuration, into: folder, shownAs: out, context: context)
    bar.close()
    try report.write(result) { Task.text(result, for: .output) }
  }
}

/// A search of any task.
struct TuningCommand<Task: CommandTask> {
  /// Makes the configuration, once it is known that there is a folder to write to.
  let configuration: () throws -> Task.Search.Configuration
  let resumes: Bool
  let output: OutputFolderOptions
  let threads: ThreadOptions
  let report: ReportOptions

  func run() throws {
    let out = try output.folder()
    let configuration = try configuration()
    try OutputPlace.check(
      folder: out, inputs: configuration.training.inputs, model: configuration.warmStart)
    let bar = ProgressBar()
    defer { bar.close() }
    let context = try bar.context(threads)
    // More trials for a search that has ended take the place of its folder.
    let addsTrials = resumes && SearchTask.holdsStudy(out)
    let folder = try RunFolder(target: out, force: output.force || addsTrials)
    Interruption.leaves("the trials that have ended are kept, --resume goes on from there")
    Interruption.onForcedExit { folder.cancel() }
    let result = try Task.tune(
      configuration, into: folder, shownAs: out, resumes: resumes, force: output.force,
      context: context)
    bar.close()
    try report.write(result) { TuningReportText(report: result, terminal: .output).text }
  }
}
