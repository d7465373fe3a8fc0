// The models of the ledger, their aliases, and what they have predicted.
internal import GRDB
internal import LoopContract

/// A name for a model that changes its owner.
public enum Alias: String, Sendable, CaseIterable {
  /// The model in service.
  case champion
  /// The newest model that is not.
  case challenger
  /// The model that was in service before.
  case previous
}

/// A model, as the ledger has it.
struct VersionRecord: Sendable {
  var sequence: Int64
  var version: String
  var run: Int64
  var parent: String?
  /// The model whose trees it goes on from.
  var base: String?
  var passes: Bool
  var objections: [String]
  var metrics: [String: Double]
  var rows: Int
  var at: Double
}

/// A file that a model has not predicted yet.
struct ScoringJob: Sendable, Equatable {
  var version: String
  var name: String
  var sha256: String
  var object: String
}

extension Ledger {
  /// The models whose folders are there, the oldest first.
  func versions() throws -> [VersionRecord] {
    try read { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM versions WHERE removed IS NULL ORDER BY sequence"
      ).map { row in
        VersionRecord(
          sequence: row["sequence"], version: row["version"], run: row["run"],
          parent: row["parent"], base: row["base"], passes: row["passes"],
          objections: Self.value([String].self, row["objections"]) ?? [],
          metrics: Self.value([String: Double].self, row["metrics"]) ?? [:], rows: row["rows"],
          at: row["at"])
      }
    }
  }

  /// The owners of the aliases.
  func aliases() throws -> [Alias: String] { try read(Self.aliases) }

  static func aliases(_ database: Database) throws -> [Alias: String] {
    var owners: [Alias: String] = [:]
    for row in try Row.fetchAll(database, sql: "SELECT name, version FROM aliases") {
      if let alias = Alias(rawValue: row[0]) { owners[alias] = row[1] }
    }
    return owners
  }

  /// Gives an alias to a model, or to none.
  static func give(
    _ alias: Alias, to version: String?, at time: Double, in database: Database
  ) throws {
    if let version {
      try database.execute(
        sql: "INSERT OR REPLACE INTO aliases VALUES (?, ?, ?)",
        arguments: [alias.rawValue, version, time])
    } else {
      try database.execute(sql: "DELETE FROM aliases WHERE name = ?", arguments: [alias.rawValue])
    }
  }

  /// Puts a model into service.
  ///
  /// - Throws: `PipelineError.inService` if it is the champion already.
  func promote(_ version: String, because reason: String, at time: Double) throws {
    try write { database in
      if try Self.aliases(database)[.champion] == version {
        throw PipelineError.inService(version: version)
      }
      try Self.promote(version, because: reason, at: time, in: database)
    }
  }

  /// Puts the model back into service that was before.
  ///
  /// - Parameter check: throws where its folder is not there.
  /// - Returns: its version.
  /// - Throws: `PipelineError.noPrevious`, and what `check` throws.
  func rollBack(at time: Double, check: (String) throws -> Void) throws -> String {
    try write { database in
      guard let previous = try Self.aliases(database)[.previous] else {
        throw PipelineError.noPrevious
      }
      try check(previous)
      try Self.promote(previous, because: "rolled back", at: time, in: database)
      return previous
    }
  }

  /// Puts a model into service; the one that was is the previous one from then on.
  static func promote(
    _ version: String, because reason: String, at time: Double, in database: Database
  ) throws {
    let owners = try aliases(database)
    try give(.previous, to: owners[.champion], at: time, in: database)
    try give(.champion, to: version, at: time, in: database)
    if owners[.challenger] == version { try give(.challenger, to: nil, at: time, in: database) }
    try record(
      "model.promoted",
      ["version": version, "before": owners[.champion] ?? "", "reason": reason], at: time,
      in: database)
  }

  /// Adds a model; one that is there already stays as it is.
  static func add(
    _ version: VersionRecord, lineage: [String], at time: Double, in database: Database
  ) throws {
    try database.execute(
      sql: """
        INSERT INTO versions (version, run, parent, base, passes, objections, metrics,
          rows, at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (version) DO UPDATE SET removed = NULL
        """,
      arguments: [
        version.version, version.run, version.parent, version.base, version.passes,
        text(version.objections),
        text(version.metrics), version.rows, time,
      ])
    for sha256 in lineage {
      try database.execute(
        sql: "INSERT OR IGNORE INTO lineage VALUES (?, ?)", arguments: [version.version, sha256])
    }
  }

  /// How many challengers a champion has met.
  func comparisons(with champion: String) throws -> Int {
    try read { database in
      try Int.fetchOne(
        database, sql: "SELECT COUNT(*) FROM versions WHERE parent = ?", arguments: [champion]) ?? 0
    }
  }

  /// The newest version of each unlabelled file of each folder that some model has not predicted.
  ///
  /// - Parameter since: files of before this instant are not predicted again, if any model has done it.
  func scoringJobs(for version: String, since: Double, limit: Int) throws -> [ScoringJob] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT name, sha256, object FROM files AS file
          WHERE state IN ('ingested', 'duplicate') AND role = 'unlabelled' AND removed IS NULL
            AND id = (SELECT MAX(id) FROM files WHERE name = file.name
              AND source = file.source AND state IN ('ingested', 'duplicate') AND role = 'unlabelled')
            AND NOT EXISTS (SELECT 1 FROM predictions WHERE version = ? AND name = file.name
              AND sha256 = file.sha256)
            AND (at >= ? OR NOT EXISTS (SELECT 1 FROM predictions WHERE name = file.name
              AND sha256 = file.sha256))
          ORDER BY id LIMIT ?
          """, arguments: [version, since, limit]
      ).map { ScoringJob(version: version, name: $0[0], sha256: $0[1], object: $0[2]) }
    }
  }

  /// Adds what became of files that were to be predicted.
  func add(
    _ predictions: [(job: ScoringJob, output: String?, result: PredictedFile)], at time: Double
  ) throws {
    try write { database in
      for (job, output, result) in predictions {
        try Self.add(job, output: output, result, at: time, in: database)
      }
    }
  }

  private static func add(
    _ job: ScoringJob, output: String?, _ predicted: PredictedFile, at time: Double,
    in database: Database
  ) throws {
    try database.execute(
      sql: "INSERT OR REPLACE INTO predictions VALUES (?, ?, ?, ?, ?, ?, ?)",
      arguments: [
        job.version, job.name, job.sha256, output, predicted.rows, predicted.problem, time,
      ])
    // What was gone when it was to be copied is there again.
    try database.execute(
      sql: "DELETE FROM publications WHERE output = ? AND NOT was_there", arguments: [output])
    try count("predicted_rows", by: Double(predicted.rows), in: database)
    try record(
      predicted.problem == nil ? "file.predicted" : "file.not_predicted",
      [
        "name": job.name, "sha256": job.sha256, "version": job.version, "output": output ?? "",
        "problem": predicted.problem ?? "",
      ], at: time, in: database)
  }
}
