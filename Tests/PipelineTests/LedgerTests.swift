// The ledger's file itself: who opens it, and when.
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Pipeline

@Suite(.onOwnThread) struct LedgerTests {
  /// A command may look at a home in the moment in which its first loop makes the ledger.
  @Test func `a new ledger is opened by several at once`() throws {
    let test = try TestHome()
    for round in 0..<30 {
      let path = "\(test.folder)/ledger-\(round).sqlite"
      let openings = (0..<8).map { _ in
        Background {
          let ledger = try Ledger(path: path)
          return try ledger.auditHead() == nil
        }
      }
      let lookings = (0..<4).map { _ in
        Background {
          try wait(for: "the file of the ledger") { FileManager.default.fileExists(atPath: path) }
          _ = try Ledger(reading: path)
          return true
        }
      }
      for opening in openings + lookings { #expect(try opening.value()) }
    }
  }

  @Test(arguments: ["a named pipe", "a folder"])
  func `a ledger in whose place something else lies is refused at once`(_ kind: String) throws {
    let test = try TestHome()
    let path = test.home.ledger
    try #require((kind == "a folder" ? mkdir(path, 0o700) : mkfifo(path, 0o600)) == 0)
    let refusal = PipelineError.ledger(
      path: path, problem: "found \(kind), expected the file of the ledger", .corrupt)
    #expect(throws: refusal) { try Ledger(path: path) }
    #expect(throws: refusal) { try Ledger(reading: path) }
    #expect(throws: refusal) { try test.run(FakeSteps()) }
  }

  @Test func `look-ups of one moment do not see what another program writes meanwhile`() throws {
    let test = try TestHome()
    for number in 1...2 {
      try test.drop("a\(number).csv", "labelled\n\(number)\n")
      try test.run(FakeSteps())
    }
    let ledger = try test.records().ledger
    let other = try test.records().ledger
    let before = try ledger.atOneMoment {
      let champion = try ledger.aliases()[.champion]
      let previous = try other.rollBack { _ in }
      #expect(previous != champion)
      #expect(try ledger.aliases()[.champion] == champion)
      return champion
    }
    #expect(try ledger.aliases()[.previous] == before)
  }
}
