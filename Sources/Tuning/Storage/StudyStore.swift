// A study on disk, in SQLite: every trial is there for good when recording it returns, so that a
// process that is killed loses none. Only one process at a time has a study open.

internal import GRDB

/// The stored trials of one study.
public final class StudyStore: Sendable {
  /// The file.
  public let path: String
  private let queue: DatabaseQueue

  /// The highest number of a trial, and the highest step.
  private static let mostTrials = 1_000_000
  private static let mostSteps = Int(Int32.max)

  /// Opens a study, and makes it if there is none.
  ///
  /// - Parameter description: what decides the trials. A study in the file that has another one is
  ///   not touched.
  /// - Throws: `TuningError.otherStudy`, `.locked`, `.corruptStudy`, `.database`.
  public init(path: String, description: [(key: String, value: String)]) throws {
    self.path = path
    var options = Configuration()
    options.prepareDatabase { database in
      // One process at a time, for as long as it lives.
      try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
      try database.execute(sql: "PRAGMA journal_mode = WAL")
      try database.execute(sql: "PRAGMA synchronous = FULL")
    }
    do {
      queue = try DatabaseQueue(path: path, configuration: options)
      try queue.inTransaction(.exclusive) { database in
        try Self.prepare(database)
        try Self.check(database, description, path: path)
        return .commit
      }
    } catch {
      throw Self.explained(error, path: path)
    }
  }

  /// Stores what came of a trial; when this returns it is on the disk.
  ///
  /// - Throws: `TuningError.database`.
  public func record(_ number: Int, point: [Double], result: TrialResult) throws {
    do {
      try queue.write { database in
        try database.execute(
          sql: """
            INSERT INTO trial (number, point, state, value, best_step, seconds)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
          arguments: [
            number, Self.text(point), result.state.rawValue, Self.text([result.value]),
            result.bestStep, result.seconds,
          ])
        for checkpoint in result.checkpoints {
          try database.execute(
            sql: "INSERT INTO checkpoint (trial, step, progress, value) VALUES (?, ?, ?, ?)",
            arguments: [
              number, checkpoint.step, Self.text([checkpoint.progress]),
              Self.text([checkpoint.value]),
            ])
        }
      }
    } catch {
      throw Self.explained(error, path: path)
    }
  }

  /// The stored trials by their numbers.
  ///
  /// - Throws: `TuningError.corruptStudy`, `.database`.
  public func trials() throws -> [Int: (point: [Double], result: TrialResult)] {
    do {
      return try queue.read { database in
        var checkpoints = try checkpoints(database)
        var found: [Int: (point: [Double], result: TrialResult)] = [:]
        for row in try Row.fetchAll(
          database, sql: "SELECT number, point, state, value, best_step, seconds FROM trial")
        {
          let cells = StudyRow(row, of: "trial", key: ["number"], path: path)
          let key = try cells.integer("number", in: 0...Self.mostTrials)
          guard let state = TrialState(rawValue: try cells.text("state")), state != .running else {
            throw cells.corrupt("state", "complete or pruned")
          }
          found[key] = (
            point: try cells.numbers("point"),
            result: TrialResult(
              state: state, value: try cells.number("value"),
              bestStep: try cells.integer("best_step", in: 0...Self.mostSteps),
              checkpoints: checkpoints.removeValue(forKey: key) ?? [],
              seconds: try cells.duration("seconds"))
          )
        }
        if let orphan = checkpoints.keys.min() {
          throw TuningError.corruptStudy(
            path: path, reason: "table checkpoint, row with trial \(orphan): there is no such trial"
          )
        }
        return found
      }
    } catch {
      throw Self.explained(error, path: path)
    }
  }

  /// What the trials said on their way, by their numbers.
  private func checkpoints(_ database: Database) throws -> [Int: [Checkpoint]] {
    var checkpoints: [Int: [Checkpoint]] = [:]
    for row in try Row.fetchAll(
      database, sql: "SELECT trial, step, progress, value FROM checkpoint ORDER BY trial, step")
    {
      let cells = StudyRow(row, of: "checkpoint", key: ["trial", "step"], path: path)
      let progress = try cells.number("progress")
      guard progress.isFinite, progress >= 0 else {
        throw cells.corrupt("progress", "a number of at least 0 as text")
      }
      checkpoints[try cells.integer("trial", in: 0...Self.mostTrials), default: []].append(
        Checkpoint(
          step: try cells.integer("step", in: 0...Self.mostSteps), progress: progress,
          value: try cells.number("value")))
    }
    return checkpoints
  }

  private static func prepare(_ database: Database) throws {
    // Of a damaged database a query may see a part only.
    let finding = try Row.fetchOne(database, sql: "PRAGMA quick_check(1)")?[0] as DatabaseValue?
    guard finding?.storage.value as? String == "ok" else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "its pages contradict each other")
    }
    try database.execute(
      sql: """
        CREATE TABLE IF NOT EXISTS description
          (position INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, value TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS trial
          (number INTEGER PRIMARY KEY, point TEXT NOT NULL, state TEXT NOT NULL,
           value TEXT NOT NULL, best_step INTEGER NOT NULL, seconds REAL NOT NULL);
        CREATE TABLE IF NOT EXISTS checkpoint
          (trial INTEGER NOT NULL, step INTEGER NOT NULL, progress TEXT NOT NULL,
           value TEXT NOT NULL, PRIMARY KEY (trial, step)) WITHOUT ROWID;
        """)
  }

  private static func check(
    _ database: Database, _ description: [(key: String, value: String)], path: String
  ) throws {
    let stored = try Row.fetchAll(
      database, sql: "SELECT key, value FROM description ORDER BY position")
    guard !stored.isEmpty else {
      for (key, value) in description {
        try database.execute(
          sql: "INSERT INTO description (key, value) VALUES (?, ?)", arguments: [key, value])
      }
      return
    }
    var found: [String: String] = [:]
    for row in stored {
      let cells = StudyRow(row, of: "description", key: ["key"], path: path)
      found[try cells.text("key")] = try cells.text("value")
    }
    for (key, value) in description where found[key] != value {
      throw TuningError.otherStudy(
        path: path, key: key, found: found[key], expected: value)
    }
  }

  private static func explained(_ error: any Error, path: String) -> any Error {
    guard let error = error as? DatabaseError else { return error }
    let reason = error.message ?? "code \(error.resultCode.rawValue)"
    return switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: TuningError.locked(path: path)
    // Our statements are right and add what is new: else the tables are not those that we made.
    case .SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_ERROR, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH,
      .SQLITE_SCHEMA, .SQLITE_FORMAT, .SQLITE_TOOBIG:
      TuningError.corruptStudy(path: path, reason: reason)
    default: TuningError.database(path: path, reason: reason)
    }
  }

  /// Numbers as texts that read back to the same bits, not-a-number too, which SQLite has not.
  private static func text(_ numbers: [Double]) -> String {
    numbers.map(\.description).joined(separator: " ")
  }
}
