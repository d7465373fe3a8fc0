// A study on disk, in SQLite: every trial is there for good when recording it returns, so that a
// process that is killed loses none. Only one process at a time has a study open.

internal import GRDB

/// The stored trials of one study.
public final class StudyStore: Sendable {
  /// The file.
  public let path: String
  private let queue: DatabaseQueue

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
        var checkpoints: [Int: [Checkpoint]] = [:]
        for row in try Row.fetchAll(
          database, sql: "SELECT trial, step, progress, value FROM checkpoint ORDER BY trial, step")
        {
          checkpoints[row[0], default: []].append(
            Checkpoint(
              step: row[1], progress: try number(row[2]), value: try number(row[3])))
        }
        var found: [Int: (point: [Double], result: TrialResult)] = [:]
        for row in try Row.fetchAll(
          database, sql: "SELECT number, point, state, value, best_step, seconds FROM trial")
        {
          let (key, text): (Int, String) = (row[0], row[2])
          guard let state = TrialState(rawValue: text), state != .running else {
            throw TuningError.corruptStudy(
              path: path, reason: "trial \(key) has the state '\(text)'")
          }
          found[key] = (
            point: try numbers(row[1]),
            result: TrialResult(
              state: state, value: try number(row[3]), bestStep: row[4],
              checkpoints: checkpoints[key] ?? [], seconds: row[5])
          )
        }
        return found
      }
    } catch {
      throw Self.explained(error, path: path)
    }
  }

  private static func prepare(_ database: Database) throws {
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
    let found = Dictionary(
      stored.map { row -> (String, String) in (row[0], row[1]) }, uniquingKeysWith: { $1 })
    for (key, value) in description where found[key] != value {
      throw TuningError.otherStudy(
        path: path, found: "\(key) \(found[key] ?? "missing")", expected: value)
    }
  }

  private static func explained(_ error: any Error, path: String) -> any Error {
    guard let error = error as? DatabaseError else { return error }
    let reason = error.message ?? "code \(error.resultCode.rawValue)"
    return switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: TuningError.locked(path: path)
    case .SQLITE_NOTADB, .SQLITE_CORRUPT: TuningError.corruptStudy(path: path, reason: reason)
    default: TuningError.database(path: path, reason: reason)
    }
  }

  /// Numbers as texts that read back to the same bits, not-a-number too, which SQLite has not.
  private static func text(_ numbers: [Double]) -> String {
    numbers.map(\.description).joined(separator: " ")
  }

  private func numbers(_ text: String) throws -> [Double] {
    try text.split(separator: " ").map { try number(String($0)) }
  }

  private func number(_ text: String) throws -> Double {
    guard let number = Double(text) else {
      throw TuningError.corruptStudy(path: path, reason: "'\(text)' is not a number")
    }
    return number
  }
}
