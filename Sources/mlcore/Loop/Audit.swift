// `mlcore audit`: whether the log of all that was done is what it was, and how it becomes whole again.
import ArgumentParser
import Glibc
import LearningTasks
import Pipeline
import PipelineSecurity

/// Checks and repairs the audit log.
struct Audit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Check or repair the log of all that a loop has done.",
    subcommands: [AuditVerify.self, AuditRepairs.self])
}

/// Walks the chain of the audit log.
struct AuditVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check that no record was changed, removed or added.",
    discussion: """
      Nothing is written. Whatever is not as it was is named, and the exit code is 1.
      """)

  @OptionGroup var home: HomeOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let home = try home.opened()
    let found = try HomeRecords.verifyAudit(of: home)
    try report.write(found) {
      if found.problems.isEmpty {
        let pending =
          found.pending == 0 ? "" : "; \(Int(found.pending).counted("record")) not yet written"
        return [
          "\(found.records.counted("record")) in \(found.files.count.counted("file")), "
            + "all as they were; the last is \(found.head)\(pending)"
        ]
      }
      let lines = found.problems.prefix(20).map(\.text)
      let more = found.problems.count - lines.count
      return lines + (more > 0 ? ["and \(more.grouped) more"] : [])
    }
    guard let first = found.problems.first else { return }
    throw PipelineError.auditBroken(
      log: home.audit, problem: first.text, count: found.problems.count)
  }
}

/// Writes the audit log anew from the ledger.
struct AuditRepairs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repair", abstract: "Write the log anew from the ledger where it was changed.",
    discussion: """
      The log says in a record of its own what was wrong, what was written again, and what nobody \
      has any more. The files that were there before are kept in a folder beside it.
      """)

  @OptionGroup var home: HomeOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    umask(0o077)
    let done = try HomeRecords.repairAudit(of: home.opened())
    if report.json { return try Terminal.output.write(try JSONDocument.text(of: done)) }
    guard let kept = done.kept else {
      return Terminal.error.note("the log is as it was; nothing was repaired\n")
    }
    Terminal.error.note(
      "written again: \(done.rebuilt.isEmpty ? "none" : "records \(done.rebuilt)"); "
        + "lost: \(done.lost.isEmpty ? "none" : "records \(done.lost)"); "
        + "what was there before is in \(kept)\n")
  }
}

extension AuditProblem {
  /// The problem in words, with its file.
  fileprivate var text: String { (file.map { "\($0): " } ?? "") + message }
}
