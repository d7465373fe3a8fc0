// What every verb takes that writes a model folder, and the run that all of them have in common.
import ArgumentParser
import Configuration
import LearningTasks
import Storage

/// Settings from files, the folder, threads, the seed and the form of the report.
struct RunOptions<Target: Configurable>: ParsableArguments {
  @OptionGroup(title: "Settings") var settings: ConfigurationOptions
  @OptionGroup(title: "Output") var output: OutputFolderOptions
  @OptionGroup(title: "Run") var threads: ThreadOptions
  @OptionGroup(title: "Run") var seed: SettingOptions<SeedFlags<Target>>
  @OptionGroup(title: "Run") var report: ReportOptions

  /// The defaults, with the file, the single settings and the flags of a verb laid over them.
  ///
  /// - Throws: `ConfigurationError`.
  func configuration(_ applyFlags: (inout Target) throws -> Void) throws -> Target {
    var configuration = Target()
    try settings.apply(to: &configuration, layers: Target.layers)
    try applyFlags(&configuration)
    try seed.apply(to: &configuration)
    return configuration
  }

  /// Runs what writes a folder, and prints the report.
  ///
  /// - Parameters:
  ///   - inputs: the tables that are read.
  ///   - model: a run folder that is read; nil for none.
  ///   - replaces: whether the folder may exist, besides with `--force`.
  ///   - text: the report for people.
  ///   - work: does the work, given the folder and its name.
  func write<Report: Encodable>(
    inputs: [String], model: String? = nil, replaces: (String) -> Bool = { _ in false },
    text: (Report) -> String, work: (RunFolder, String, RunContext) throws -> Report
  ) throws {
    let out = try output.folder()
    try OutputPlace.check(folder: out, inputs: inputs, model: model)
    try show(text: text) { context in
      // Before the work, so that a folder that cannot be written costs no time.
      let folder = try RunFolder(target: out, force: output.force || replaces(out))
      Interruption.onForcedExit { folder.cancel() }
      return try work(folder, out, context)
    }
  }

  /// Runs what writes nothing, and prints the report.
  func show<Report: Encodable>(
    text: (Report) -> String, work: (RunContext) throws -> Report
  ) throws {
    let bar = ProgressBar()
    defer { bar.close() }
    let result = try work(try bar.context(threads))
    bar.close()
    try Terminal.output.write(report.json ? try JSONDocument.text(of: result) : text(result))
  }
}
