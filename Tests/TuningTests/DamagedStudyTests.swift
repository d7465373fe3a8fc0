// Cells of a study that hold what was not written.
import GRDB
import TestSupport
import Testing

@testable import Tuning

@Suite(.onOwnThread) struct DamagedStudyTests {
  /// What opening and reading a study says after a statement has changed it.
  private func problem(after sql: String) throws -> String? {
    let folder = try TemporaryFolder()
    let path = folder.appending("study.sqlite")
    do {
      let store = try StudyStore(path: path, description: [("seed", "42")])
      let result = TrialResult(
        state: .complete, value: 0.5, bestStep: 7,
        checkpoints: [Checkpoint(step: 5, progress: 1, value: 0.4)], seconds: 0.5)
      for number in 0..<2 { try store.record(number, point: [0.1, 2], result: result) }
    }
    let queue = try DatabaseQueue(path: path)
    try queue.write { try $0.execute(sql: sql) }
    try queue.close()
    do {
      _ = try StudyStore(path: path, description: [("seed", "42")]).trials()
      return nil
    } catch TuningError.corruptStudy(path, let reason) {
      return reason
    }
  }

  @Test(arguments: [
    (
      "UPDATE trial SET best_step = 'x' WHERE number = 1",
      "table trial, row with number 1, column best_step: found the text 'x', "
        + "expected a whole number from 0 to 2147483647"
    ),
    (
      "UPDATE trial SET best_step = -1",
      "table trial, row with number 0, column best_step: found -1, "
        + "expected a whole number from 0 to 2147483647"
    ),
    (
      "UPDATE trial SET seconds = 'x'",
      "table trial, row with number 0, column seconds: found the text 'x', "
        + "expected a number of at least 0"
    ),
    (
      "UPDATE trial SET point = x'00'",
      "table trial, row with number 0, column point: found 1 bytes, expected a text"
    ),
    (
      "UPDATE trial SET point = '0.1 x'",
      "table trial, row with number 0, column point: found the text '0.1 x', "
        + "expected numbers with spaces between them"
    ),
    (
      "UPDATE trial SET state = 'running'",
      "table trial, row with number 0, column state: found the text 'running', "
        + "expected complete or pruned"
    ),
    (
      "UPDATE trial SET number = -1 WHERE number = 0",
      "table trial, row with number -1, column number: found -1, "
        + "expected a whole number from 0 to 1000000"
    ),
    (
      "UPDATE checkpoint SET step = 'x' WHERE trial = 0",
      "table checkpoint, row with trial 0, step the text 'x', column step: found the text 'x', "
        + "expected a whole number from 0 to 2147483647"
    ),
    (
      "UPDATE checkpoint SET progress = 'nan' WHERE trial = 0",
      "table checkpoint, row with trial 0, step 5, column progress: found the text 'nan', "
        + "expected a number of at least 0 as text"
    ),
    (
      "DELETE FROM trial WHERE number = 0",
      "table checkpoint, row with trial 0: there is no such trial"
    ),
    (
      "UPDATE description SET value = x'00'",
      "table description, row with key the text 'seed', column value: found 1 bytes, "
        + "expected a text"
    ),
    ("ALTER TABLE trial DROP COLUMN seconds", "no such column: seconds"),
  ])
  func `a wrong cell is named by table, row and column`(sql: String, expected: String) throws {
    #expect(try problem(after: sql) == expected)
  }

  @Test func `a null where there must be a number is damage`() throws {
    let reason = try problem(
      after: """
        CREATE TABLE x AS SELECT * FROM trial;
        DROP TABLE trial;
        ALTER TABLE x RENAME TO trial;
        UPDATE trial SET best_step = NULL WHERE number = 1;
        """)
    #expect(
      reason
        == "table trial, row with number 1, column best_step: found nothing, "
        + "expected a whole number from 0 to 2147483647")
  }
}
