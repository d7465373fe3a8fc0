// Runs the training of a churn model for `train churn` and `train --config`, and tells about it.
import Storage
import Tasks

/// A churn training run of the command line.
struct ChurnTraining {
  let configuration: ChurnConfiguration
  let output: OutputFolderOptions
  let threads: ThreadOptions
  let report: ReportOptions

  func run() throws {
    let out = try output.folder()
    try configuration.validate()
    try OutputPlace.check(folder: out, inputs: configuration.inputs)
    let bar = ProgressBar()
    defer { bar.close() }
    let context = try bar.context(threads)
    // Before the work, so that a folder that cannot be written costs no time.
    let folder = try RunFolder(target: out, force: output.force)
    Interruption.onForcedExit { folder.cancel() }
    let result = try ChurnTask.train(
      configuration, into: folder, shownAs: out, context: context)
    bar.close()
    if report.json {
      try Terminal.output.write(try JSONDocument.text(of: result))
    } else {
      try Terminal.output.write(ChurnReportText(report: result, terminal: .output).text)
    }
  }
}
