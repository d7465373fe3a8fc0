// The audit log written anew, whatever moment it is killed at.
import Foundation
import Glibc
import TestSupport
import Testing

@Suite(.onOwnThread) struct AuditRepairTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  @Test func `a repair that is killed anywhere is ended by the next one`() throws {
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
    var change = 0
    var isKilled = true
    while isKilled {
      change += 1
      let copy = workshop.path("home-\(change)")
      try FileManager.default.copyItem(atPath: home.path, toPath: copy)
      let repair = ["audit", "repair", "--home", copy]
      let first = try Program.run(repair, environment: Program.killed(atChange: change))
      isKilled = first.code != 0
      if isKilled {
        try #require(first.code == 128 + SIGKILL, "\(first)")
        let next = try Program.run(repair)
        #expect(next.code == 0 && !next.errors.contains("lost: records"), "\(change): \(next)")
      }
      let verified = try Program.run(["audit", "verify", "--home", copy])
      #expect(verified.code == 0, "\(change): \(verified)")
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: "\(copy)/audit").sorted()
          == [name, "before-repair-1"], "\(change)")
      let log = try String(contentsOfFile: "\(copy)/audit/\(name)", encoding: .utf8)
      #expect(log.hasPrefix(whole) && log.components(separatedBy: "audit.repaired").count == 2)
      #expect(
        try String(contentsOfFile: "\(copy)/audit/before-repair-1/\(name)", encoding: .utf8)
          == edited)
      try FileManager.default.removeItem(atPath: copy)
    }
    #expect(change > 20)
  }
}
