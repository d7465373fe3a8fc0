// `mlcore audit verify`: whether the log of all that was done is what it was.
import ArgumentParser
import Pipeline
import Tasks

/// Checks the audit log.
struct Audit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Check the log of all that a loop has done.",
    subcommands: [AuditVerify.self])
}

/// Walks the chain of the audit log.
struct AuditVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check that no record was changed, removed or added.")

  @OptionGroup var home: HomeOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let found = try home.records().verifyAudit()
    if report.json { return try Terminal.output.write(try JSONDocument.text(of: found)) }
    try Terminal.output.write(
      "\(found.records.counted("record")) in \(found.files.count.counted("file")), all as they were; "
        + "the last is \(found.head)\n")
  }
}
