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
struct VersionRecord: Sendable, Decodable, FetchableRecord {
  var sequence: Int64
  var version: String
  var run: Int64
  var parent: String?
  /// The model that it goes on from.
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
    try records("SELECT * FROM versions WHERE removed IS NULL ORDER BY sequence")
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

  /// Puts a model into service.
  ///
  /// - Throws: `PipelineError.inService` if it is the champion already.
  func promote(_ version: String, because reason: String, at time: Double = Timestamp.now()) throws
  {
    try transaction(at: time) { transaction in
      if try Self.aliases(transaction.database)[.champion] == version {
        throw PipelineError.inService(version: version)
      }
      try transaction.promote(version, because: reason)
    }
  }

  /// Puts the model back into service that was before.
  ///
  /// - Parameter check: throws where its folder is not there.
  /// - Returns: its version.
  /// - Throws: `PipelineError.noPrevious`, and what `check` throws.
  func rollBack(at time: Double = Timestamp.now(), check: (String) throws -> Void) throws -> String
  {
    try transaction(at: time) { transaction in
      guard let previous = try Self.aliases(transaction.database)[.previous] else {
        throw PipelineError.noPrevious
      }
      try check(previous)
      try transaction.promote(previous, because: "rolled back")
      return previous
    }
  }

  /// How many challengers a champion has met.
  func comparisons(with champion: String) throws -> Int {
    try value("SELECT COUNT(*) FROM versions WHERE parent = ?", [champion]) ?? 0
  }

  /// The newest version of each unlabelled file of each folder that some model has not predicted.
  ///
  /// - Parameter since: files of before this instant are not predicted again, if any model has done it.
  func scoringJobs(for version: String, since: Double, limit: Int) throws -> [ScoringJob] {
    try rows(
      """
      SELECT name, sha256, object FROM files AS file
      WHERE state IN ('ingested', 'duplicate') AND role = 'unlabelled' AND removed IS NULL
        AND id = (SELECT MAX(id) FROM files WHERE name = file.name
          AND source = file.source AND state IN ('ingested', 'duplicate') AND role = 'unlabelled')
        AND NOT EXISTS (SELECT 1 FROM predictions WHERE version = ? AND name = file.name
          AND sha256 = file.sha256)
        AND (at >= ? OR NOT EXISTS (SELECT 1 FROM predictions WHERE name = file.name
          AND sha256 = file.sha256))
      ORDER BY id LIMIT ?
      """, [version, since, limit]
    ).map { ScoringJob(version: version, name: $0[0], sha256: $0[1], object: $0[2]) }
  }
}

extension LedgerTransaction {
  /// Gives an alias to a model, or to none.
  func give(_ alias: Alias, to version: String?) throws {
    if let version {
      try execute(
        "INSERT OR REPLACE INTO aliases VALUES (?, ?, ?)", [alias.rawValue, version, time])
    } else {
      try execute("DELETE FROM aliases WHERE name = ?", [alias.rawValue])
    }
  }

  /// Puts a model into service; the one that was is the previous one from then on.
  func promote(_ version: String, because reason: String) throws {
    let owners = try Ledger.aliases(database)
    try give(.previous, to: owners[.champion])
    try give(.champion, to: version)
    if owners[.challenger] == version { try give(.challenger, to: nil) }
    try record(
      "model.promoted",
      ["version": version, "before": owners[.champion] ?? "", "reason": reason])
  }

  /// Adds a model; one that is there already stays as it is.
  func add(_ version: VersionRecord, lineage: [String]) throws {
    try execute(
      """
      INSERT INTO versions (version, run, parent, base, passes, objections, metrics,
        rows, at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (version) DO UPDATE SET removed = NULL
      """,
      [
        version.version, version.run, version.parent, version.base, version.passes,
        Ledger.text(version.objections),
        Ledger.text(version.metrics), version.rows, time,
      ])
    for sha256 in lineage {
      try execute("INSERT OR IGNORE INTO lineage VALUES (?, ?)", [version.version, sha256])
    }
  }

  /// Adds what became of a file that was to be predicted.
  func add(_ job: ScoringJob, output: String?, _ predicted: PredictedFile) throws {
    try execute(
      "INSERT OR REPLACE INTO predictions VALUES (?, ?, ?, ?, ?, ?, ?)",
      [
        job.version, job.name, job.sha256, output, predicted.rows, predicted.problem, time,
      ])
    // What was gone when it was to be copied is there again.
    try execute("DELETE FROM publications WHERE output = ? AND NOT was_there", [output])
    try count("predicted_rows", by: Double(predicted.rows))
    try record(
      predicted.problem == nil ? "file.predicted" : "file.not_predicted",
      [
        "name": job.name, "sha256": job.sha256, "version": job.version, "output": output ?? "",
        "problem": predicted.problem ?? "",
      ])
  }
}
