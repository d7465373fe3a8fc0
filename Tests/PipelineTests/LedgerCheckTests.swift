// A ledger with values that nobody wrote, and work that does not end.
import Foundation
import GRDB
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

@Suite(.onOwnThread) struct LedgerCheckTests {
  let test: TestHome

  init() throws { test = try TestHome() }

  /// A home whose tables have rows.
  private func live() throws {
    try test.drop("a.csv", "labelled\n1\n")
    try test.drop("u.csv", "unlabelled\n1\n")
    try test.run(FakeSteps())
    let ledger = try test.records().ledger
    try ledger.note(place: "db", version: "v", at: 1)
    try ledger.note(RemotePlace(place: "s3://b", kind: .folder, waiting: 0), at: 1)
    try ledger.transaction(at: 1) { transaction in
      let stamp = RemoteStamp(size: 1, modified: 1, tag: "t", version: "")
      try transaction.add(stamp, "o.csv", of: "s3://b")
      try transaction.publish("o.csv", to: "s3://b", wasThere: true)
    }
  }

  private func damage(_ sql: String, path: String? = nil) throws {
    try DatabaseQueue(path: path ?? test.home.ledger).writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA ignore_check_constraints = 1")
      try database.execute(sql: sql)
    }
  }

  /// What is said of a copy of the ledger after a change that the ledger itself would refuse; nil if
  /// nothing is.
  private func problem(after sql: String) throws -> String? {
    let copy = "\(test.folder)/state/\(UUID().uuidString).sqlite"
    try FileManager.default.copyItem(atPath: saved, toPath: copy)
    try damage(sql, path: copy)
    do {
      _ = try Ledger(path: copy).versions()
      return nil
    } catch PipelineError.ledger(_, let problem, .corrupt) {
      return problem
    }
  }

  private var saved: String { "\(test.folder)/state/saved.sqlite" }

  @Test func `a wrong value in any column of any table is named`() throws {
    try live()
    try DatabaseQueue(path: test.home.ledger).writeWithoutTransaction {
      try $0.execute(sql: "VACUUM INTO '\(saved)'")
    }
    var count = 0
    for table in LedgerTable.all {
      for column in table.columns {
        for value in ["x'00ff'", "NULL", "'x'", "-9e999", "-9223372036854775807"] {
          if case .integer(let range) = column.kind, range.contains(-9_223_372_036_854_775_807),
            value.hasPrefix("-92")
          {
            continue
          }
          // Texts of other texts' kind are no damage.
          if case .text = column.kind, value != "x'00ff'", value != "NULL" { continue }
          if column.isOptional, value == "NULL" { continue }
          if case .path = column.kind, value == "'x'" || value.hasPrefix("-9") { continue }
          let sql = "UPDATE \(table.name) SET \(column.name) = \(value)"
          count += 1
          let problem: String?
          do { problem = try self.problem(after: sql) } catch is DatabaseError {
            // What the table itself refuses cannot be in it.
            count -= 1
            continue
          }
          #expect(
            problem?.hasPrefix("table \(table.name), row ") == true
              && problem?.contains("column \(column.name): found") == true,
            "\(sql): \(problem ?? "nothing")")
        }
      }
    }
    #expect(count > 150, "\(count)")
  }

  @Test func `what names something that is not there is named`() throws {
    try live()
    try DatabaseQueue(path: test.home.ledger).writeWithoutTransaction {
      try $0.execute(sql: "VACUUM INTO '\(saved)'")
    }
    for (sql, expected) in [
      ("UPDATE aliases SET version = 'v'", "table aliases, row 'champion', column version"),
      ("UPDATE runs SET upto = 1000", "table runs, row '1', column upto: found 1000"),
      ("UPDATE runs SET version = 'v'", "table runs, row '1', column version"),
      ("UPDATE versions SET run = 7", "table versions, row '1', column run: found 7"),
      ("UPDATE versions SET parent = 'v'", "table versions, row '1', column parent"),
      ("UPDATE predictions SET name = 'n'", "column name, sha256: found 'n', "),
      ("DELETE FROM versions", "expected a version of the table versions"),
      ("UPDATE lineage SET sha256 = '\(String(repeating: "0", count: 64))'", "table lineage, row "),
      ("DROP TABLE lineage", "no such table"),
    ] {
      let problem = try problem(after: sql)
      #expect(problem?.contains(expected) == true, "\(sql): \(problem ?? "nothing")")
    }
  }

  @Test func `numbers that no metric, duration or counter can be are named`() throws {
    try live()
    try DatabaseQueue(path: test.home.ledger).writeWithoutTransaction {
      try $0.execute(sql: "VACUUM INTO '\(saved)'")
    }
    for metrics in [
      "{\"auc\":1.5}", "{\"auc\":-0.1}", "{\"ndcg_at_10\":2}", "{\"log_loss\":1e999}",
      "{\"rmse\":\"nan\"}", "{\"champion_auc\":null}",
    ] {
      let problem = try problem(after: "UPDATE versions SET metrics = '\(metrics)'")
      #expect(
        problem?.hasPrefix("table versions, row '1', column metrics: found '\(metrics)'") == true,
        "\(metrics): \(problem ?? "nothing")")
    }
    let sound = "{\"auc\":1.0000000000000002,\"auc_difference\":-0.2,\"log_loss\":7.5,\"users\":12}"
    #expect(try problem(after: "UPDATE versions SET metrics = '\(sound)'") == nil)
    let negative = try problem(after: "UPDATE runs SET seconds = '{\"total\":-1}'")
    #expect(negative?.contains("table runs, row '1', column seconds: found") == true)
    let counter = try problem(
      after: "UPDATE sqlite_sequence SET seq = 9223372036854775807 WHERE name = 'files'")
    #expect(
      counter?.hasPrefix(
        "table sqlite_sequence, row 'files', column seq: found 9223372036854775807, expected a "
          + "whole number from 0 to ") == true, "\(counter ?? "nothing")")
  }

  @Test func `damage that another program does while the loop has the ledger open is seen`() throws
  {
    try live()
    let ledger = try test.records().ledger
    _ = try ledger.versions()
    try damage("UPDATE versions SET rows = 'x'")
    #expect { try ledger.versions() } throws: { error in
      if case PipelineError.ledger(_, _, .corrupt) = error { true } else { false }
    }
  }

  @Test func `a training after which the ledger asks for the same again is not repeated`() throws {
    let steps = FakeSteps()
    _ = try test.records()
    try damage(
      """
      CREATE TRIGGER stuck AFTER UPDATE OF state ON runs
      WHEN new.state NOT IN ('running', 'interrupted')
      BEGIN UPDATE runs SET state = 'interrupted' WHERE id = new.id; END
      """)
    try test.drop("a.csv", "labelled\n1\n")
    #expect(throws: PipelineError.noProgress(work: "run 1")) { try test.run(steps) }
    #expect(steps.calls.withLock { $0.trainings.count } == 1)
  }

  @Test func `a prediction that the ledger does not keep is not repeated`() throws {
    let steps = FakeSteps()
    _ = try test.records()
    try damage(
      "CREATE TRIGGER stuck AFTER INSERT ON predictions BEGIN DELETE FROM predictions; END")
    try test.drop("a.csv", "labelled\n1\n")
    try test.drop("u.csv", "unlabelled\n1\n")
    #expect(throws: PipelineError.noProgress(work: "the prediction of u.csv")) {
      try test.run(steps)
    }
    #expect(steps.calls.withLock { $0.predicted } == ["u.csv"])
  }

  @Test func `a model that the gate rejected is promoted by force only`() throws {
    let steps = FakeSteps()
    try test.drop("a.csv", "labelled\n1\n")
    try test.run(steps)
    try test.drop("b.csv", "labelled\npoison\n")
    try test.run(steps)
    let records = try test.records()
    let champion = try records.model("champion").version
    guard let rejected = try records.models().first(where: { !$0.passes }) else {
      // The fake judge looks at a file of hashes.
      return #expect(Bool(false), "nothing was rejected")
    }
    #expect(throws: PipelineError.rejected(version: rejected.version, objections: ["poison"])) {
      try records.promote(rejected.version)
    }
    #expect(try records.model("champion").version == champion)
    #expect(try records.promote(rejected.version, isForced: true) == rejected.version)
    #expect(try records.rollBack() == champion)
  }

  @Test func `the status names what lies in the inbox and is not taken`() throws {
    try test.drop(".x.csv", "labelled\n1\n")
    try test.drop("_old/y.csv", "labelled\n1\n")
    try test.drop("z.csv/deep.csv.tmp", "labelled\n1\n")
    let passedOver = try test.records().status().passedOver.map(\.name).sorted()
    #expect(passedOver == [".x.csv", "_old", "z.csv", "z.csv/deep.csv.tmp"])
  }
}
