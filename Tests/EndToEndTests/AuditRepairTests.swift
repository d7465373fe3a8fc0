// The audit log written anew, whatever moment it is killed at.
import Foundation
import GRDB
import Glibc
import TestSupport
import Testing

@Suite(.onOwnThread) struct AuditRepairTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  /// A home whose log has a record that somebody has changed.
  private struct EditedLog {
    let home: LoopHome
    /// The name of the log's file.
    let name: String
    let whole: String
    let edited: String
    /// The number of the changed record.
    let record: Int
  }

  private func editedLog() throws -> EditedLog {
    let home = try LoopHome(workshop)
    for number in 0..<3 {
      try home.drop("u\(number).csv", rows: number..<(number + 50), labelled: false)
    }
    let watched = try home.watch()
    try #require(watched.code == 0, "\(watched)")
    let name = try #require(
      FileManager.default.contentsOfDirectory(atPath: "\(home.path)/audit").first)
    let whole = try home.text("audit/\(name)")
    let edited = whole.replacingOccurrences(of: "u1.csv", with: "u9.csv")
    try edited.write(toFile: "\(home.path)/audit/\(name)", atomically: false, encoding: .utf8)
    let index = try #require(
      whole.split(separator: "\n").firstIndex { $0.contains("u1.csv") })
    return EditedLog(home: home, name: name, whole: whole, edited: edited, record: index + 1)
  }

  /// Kills the repair of copies of a home at each change of a file, and ends it by another repair.
  ///
  /// - Parameter check: told what the second repair said, and the log after it.
  private func killRepairs(
    of log: EditedLog, _ check: (_ change: Int, _ next: ProgramResult?, _ repaired: String) -> Void
  ) throws {
    var change = 0
    var isKilled = true
    while isKilled {
      change += 1
      let copy = workshop.path("home-\(change)")
      try FileManager.default.copyItem(atPath: log.home.path, toPath: copy)
      let repair = ["audit", "repair", "--home", copy]
      let first = try Program.run(repair, environment: Program.killed(atChange: change))
      isKilled = first.code != 0
      if isKilled { try #require(first.code == 128 + SIGKILL, "\(first)") }
      let next = isKilled ? try Program.run(repair) : nil
      #expect(next?.code ?? 0 == 0, "\(change): \(next?.errors ?? "")")
      let verified = try Program.run(["audit", "verify", "--home", copy])
      #expect(verified.code == 0, "\(change): \(verified)")
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: "\(copy)/audit").sorted()
          == [log.name, "before-repair-1"], "\(change)")
      let repaired = try String(contentsOfFile: "\(copy)/audit/\(log.name)", encoding: .utf8)
      #expect(repaired.components(separatedBy: "audit.repaired").count == 2, "\(change)")
      check(change, next, repaired)
      #expect(
        try String(contentsOfFile: "\(copy)/audit/before-repair-1/\(log.name)", encoding: .utf8)
          == log.edited)
      try FileManager.default.removeItem(atPath: copy)
    }
    #expect(change > 20)
  }

  @Test func `a repair that is killed anywhere is ended by the next one`() throws {
    let log = try editedLog()
    try killRepairs(of: log) { change, next, repaired in
      #expect(next?.errors.contains("lost: records") != true, "\(change): \(next?.errors ?? "")")
      #expect(repaired.hasPrefix(log.whole), "\(change)")
    }
  }

  @Test
  func `a repair that is killed after the ledger forgot old records is ended by the next one`()
    throws
  {
    let log = try editedLog()
    try DatabaseQueue(path: "\(log.home.path)/state/ledger.sqlite").write {
      try $0.execute(sql: "DELETE FROM audit WHERE sequence <= ?", arguments: [log.record])
    }
    // Only the file had the changed record, so it is lost, and nothing else is.
    var lines = log.whole.split(separator: "\n")
    lines.remove(at: log.record - 1)
    let kept = lines.map { "\($0)\n" }.joined()
    try killRepairs(of: log) { change, _, repaired in
      #expect(repaired.hasPrefix(kept), "\(change): \(repaired)")
      #expect(repaired.contains("\"lost\":\"\(log.record)\""), "\(change): \(repaired)")
    }
  }
}
