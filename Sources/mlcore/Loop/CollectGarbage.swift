// `mlcore gc`: removes what is old and needed by nobody.
import ArgumentParser
import LearningTasks
import Pipeline

/// Removes old files, models, runs and predictions.
struct CollectGarbage: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc",
    abstract: "Remove what pipeline.toml does not keep.",
    discussion: """
      Nothing goes that the champion, the model before it or the challenger were made from, or \
      that the next training or prediction reads. A running loop does the same once a day.
      """)

  @OptionGroup var home: HomeOptions
  @Flag(help: "Show what would be removed, and remove nothing.") var dryRun = false
  @OptionGroup var report: ReportOptions

  func run() throws {
    let items = try home.records().collectGarbage(isDryRun: dryRun)
    if report.json { return try Terminal.output.write(try JSONDocument.text(of: items)) }
    let lines = items.map {
      "\($0.kind.padded(12)) \($0.bytes.grouped.leftPadded(14))  \($0.path)\n"
    }
    try Terminal.output.write(lines.joined())
    Terminal.error.note(
      "\(items.count.counted("item")) \(dryRun ? "would be" : "were") removed, "
        + "\(items.reduce(0) { $0 + $1.bytes }.grouped) bytes\n")
  }
}
