// `mlcore quarantine`: the files that a loop has refused, and the way in for one that is right.
import ArgumentParser
import Glibc
import LearningTasks
import LoopContract
import Pipeline

/// Lists, shows and releases refused files.
struct Quarantine: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quarantine", abstract: "Look at files that a loop refused, and let one in.",
    subcommands: [QuarantineList.self, QuarantineShow.self, QuarantineRelease.self])
}

/// Lists refused files.
struct QuarantineList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the refused files, the newest first.")

  @OptionGroup var home: HomeOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let files = try home.records().quarantined()
    try report.write(files) {
      files.map { file in
        let reason = file.findings.first.map(\.message) ?? ""
        let others = file.findings.count > 1 ? " (+\(file.findings.count - 1))" : ""
        return "\(file.sha256.prefix(12))  \(file.refused)  \(file.name.oneLine): "
          + reason.oneLine + others
      }
    }
  }
}

/// Shows a refused file.
struct QuarantineShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show why a file was refused.")

  @Argument(help: "The name of a file, or the beginning of its content's SHA-256.")
  var name: String
  @OptionGroup var home: HomeOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let file = try home.records().quarantined(name)
    var lines = [
      Terminal.output.bold(file.name.oneLine),
      "  found in   \(file.source)",
      "  refused    \(file.refused)",
      "  content    \(file.sha256)",
      "  bytes      \(file.path ?? "not kept any more")",
      "  rows       \(file.rows.grouped)",
    ]
    lines += file.findings.map { "  \($0.code.padded(18)) \($0.message.oneLine)" }
    try report.write(file) { lines }
  }
}

/// Lets refused files in.
struct QuarantineRelease: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release", abstract: "Let a refused file in after all.",
    discussion: """
      The file may be unlike all before it: drifted, with new categories, with labels that the \
      champion does not expect. It has to be readable all the same, with all columns. A running \
      loop goes on with it at once.
      """)

  /// The notes that are told in one line.
  private static let mostNotes = 5

  @Argument(help: "The name of a file, or the beginning of its content's SHA-256.")
  var name: String
  @OptionGroup var home: HomeOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    umask(0o077)
    let records = try home.records()
    let steps = ChildSteps(
      executable: "/proc/self/exe", arguments: ["step", "--settings", try home.settingsFile()])
    defer { steps.stop() }
    let file = try records.release(name, steps: steps)
    if report.json { return try Terminal.output.write(try JSONDocument.text(of: file)) }
    let more = file.findings.count - Self.mostNotes
    let notes =
      file.findings.prefix(Self.mostNotes).map { "; note: \($0.message.oneLine)" }.joined()
      + (more > 0 ? "; and \(more.counted("more note")), see --json" : "")
    let place = file.isSuperseded ? "; newer content of its name is predicted instead" : ""
    Terminal.error.note(
      "\(file.name.oneLine) is let in: \(file.rows.counted("row")), \(file.role)\(notes)\(place)\n")
  }
}
