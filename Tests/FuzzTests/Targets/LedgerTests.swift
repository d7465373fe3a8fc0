// Ledgers of a loop, damaged in every way.
import Foundation
import GRDB
import LoopContract
import NumericCore
import Storage
import TestSupport
import Testing

@testable import Pipeline

@Suite(.onOwnThread(limit: Fuzzer.timeLimit), .serialized) struct LedgerFuzzTests {
  /// Fills a ledger as a loop does.
  private func fill(_ ledger: Ledger) throws {
    for number in 0..<4 {
      try ledger.transaction(at: 1_000 + Double(number)) { transaction in
        let file = FileRecord(
          source: "inbox", name: "\(number).csv",
          identity: Disk.Identity(
            device: 1, inode: UInt64(number + 10), size: 100, modified: 5, changed: 6),
          sha256: String(repeating: "\(number)", count: 64), object: "0\(number)/object",
          state: number == 3 ? .quarantined : .ingested,
          role: number == 2 ? .unlabelled : number == 3 ? .refused : .labelled,
          isBackground: false, rows: number == 3 ? 0 : 10,
          findings: number == 3 ? [Finding(code: "x", column: "y", message: "z")] : [], drift: 0.1)
        try transaction.add(file)
      }
    }
    guard let plan = try ledger.trainingPlan() else { return }
    let run = try ledger.startRun(plan, at: 2_000)
    let version = VersionRecord(
      sequence: 1, version: String(repeating: "a", count: 12), run: run, parent: nil, base: nil,
      passes: true, objections: [], metrics: ["auc": 0.8], rows: 20, at: 2_001)
    try ledger.endRun(
      .promoted, version, lineage: [String(repeating: "0", count: 64)], message: "",
      seconds: ["total": 1], at: 2_003)
  }

  /// Asks a home all that is asked of one.
  private func use(_ home: LoopDirectory) throws {
    let ledger = try Ledger(path: home.ledger)
    _ = try ledger.versions()
    _ = try ledger.aliases()
    _ = try ledger.labelledFiles()
    _ = try ledger.knownInputs(of: "inbox")
    _ = try ledger.remoteObjects(of: "s3://bucket/folder")
    _ = try ledger.auditLines(after: 0, limit: 10)
    _ = try ledger.auditHead()
    if let plan = try ledger.trainingPlan() { _ = try ledger.startRun(plan, at: 3_000) }
    try ledger.endAbandonedRuns(ledger.runningRuns(), at: 3_001)
    let records = try HomeRecords(home: home, configuration: PipelineConfiguration())
    let encoder = JSONEncoder()
    _ = try encoder.encode(records.status())
    _ = try encoder.encode(records.models())
    _ = try records.quarantined()
    _ = try HomeRecords.verifyAudit(of: home)
  }

  @Test func ledger() throws {
    let folder = try TemporaryFolder()
    let home = try LoopDirectory.create(
      folder.appending("home"), configuration: "task = \"churn\"\n")
    do { try fill(Ledger(path: home.ledger)) }
    let database = try DamagedDatabase(path: home.ledger)
    Fuzzer.run("ledger") { random in
      try? FileManager.default.removeItem(atPath: home.audit)
      try database.damage(&random)
      do {
        try use(home)
        return .accepted
      } catch is PipelineError {
        return .refused
      }
    }
  }
}
