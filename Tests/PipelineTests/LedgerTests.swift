// The ledger's file itself: who opens it, and when.
import Foundation
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
}
