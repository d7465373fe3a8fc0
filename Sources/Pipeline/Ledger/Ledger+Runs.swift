// The runs of the ledger: what was trained on what, and how it ended.
internal import GRDB

/// How a run ended, or that it has not.
enum RunState: String, Sendable, CaseIterable {
  case running, interrupted, failed, promoted, waiting, rejected
  /// The same data led to a model that is there already.
  case unchanged
}

/// What a training would be about.
struct TrainingPlan: Sendable {
  /// The id of the newest file.
  var upto: Int64
  /// The labelled files to train on, the oldest first.
  var files: [IngestedFile]
  /// How many of them no training has seen.
  var newFiles: Int
  /// Their rows.
  var newRows: Int
}

extension Ledger {
  /// What there is to train on that no ended run has seen; nil where there is nothing.
  ///
  /// - Parameter window: how many of the newest rows count, in whole files; nil for all.
  func trainingPlan(window: Int? = nil) throws -> TrainingPlan? {
    let seen: Int64 =
      try value("SELECT MAX(upto) FROM runs WHERE state NOT IN ('running', 'interrupted')") ?? 0
    let last: Int64 =
      try value("SELECT MAX(id) FROM files WHERE state = 'ingested' AND role = 'labelled'") ?? 0
    guard last > seen else { return nil }
    let files = try trainingFiles(window: window)
    // With a window all new files may be out of it but the newest.
    let new = files.filter { $0.id > seen }
    guard let newest = new.last, files.contains(where: { !$0.isBackground }) else { return nil }
    return TrainingPlan(
      upto: newest.id, files: files, newFiles: new.count,
      newRows: new.reduce(0) { $0 + $1.rows })
  }

  /// The labelled files of the newest rows, in whole files, and those that every training reads, the
  /// oldest first.
  func trainingFiles(window: Int?) throws -> [IngestedFile] {
    let files = try labelledFiles()
    guard let window else { return files }
    var rows = 0
    let oldest = files.last { file in
      rows += file.isBackground ? 0 : file.rows
      return rows >= window
    }
    return files.filter { $0.isBackground || $0.id >= oldest?.id ?? 0 }
  }

  /// Starts a run and returns its number.
  func startRun(_ plan: TrainingPlan, at time: Double = Timestamp.now()) throws -> Int64 {
    try transaction(at: time) { transaction in
      try transaction.execute(
        """
        INSERT INTO runs (state, upto, files, rows, started, message, seconds)
        VALUES ('running', ?, ?, ?, ?, '', '{}')
        """,
        [plan.upto, plan.files.count, plan.files.reduce(0) { $0 + $1.rows }, time])
      let id = transaction.database.lastInsertedRowID
      try transaction.record(
        "run.started", ["run": String(id), "files": String(plan.files.count)])
      return id
    }
  }

  /// Begins a run again that something was in the way of, or halts it for the same reason as before,
  /// which is told already.
  func setRun(_ id: Int64, _ state: RunState) throws {
    try transaction {
      try $0.execute("UPDATE runs SET state = ? WHERE id = ?", [state.rawValue, id])
    }
  }

  /// Ends the run of a training that led to a model, which is promoted or becomes the challenger.
  func endRun(
    _ state: RunState, _ version: VersionRecord, lineage: [String], message: String,
    seconds: [String: Double], at time: Double = Timestamp.now()
  ) throws {
    try transaction(at: time) { transaction in
      try transaction.add(version, lineage: lineage)
      if state == .promoted {
        try transaction.promote(version.version, because: "passed the gate")
      } else {
        try transaction.give(.challenger, to: version.version)
      }
      try transaction.endRun(
        version.run, state, version: version.version, message: message, seconds: seconds)
    }
  }

  /// The runs that have not ended.
  func runningRuns() throws -> [Int64] { try values("SELECT id FROM runs WHERE state = 'running'") }

  /// Ends runs that a loop left behind that is no more.
  func endAbandonedRuns(_ ids: [Int64], at time: Double = Timestamp.now()) throws {
    try transaction(at: time) { transaction in
      for id in ids {
        try transaction.endRun(id, .interrupted, message: "the loop was stopped")
      }
    }
  }
}

extension LedgerTransaction {
  /// Ends a run.
  func endRun(
    _ id: Int64, _ state: RunState, version: String? = nil, message: String,
    seconds: [String: Double] = [:]
  ) throws {
    try execute(
      """
      UPDATE runs SET state = ?, version = ?, message = ?, seconds = ?, ended = ? WHERE id = ?
      """, [state.rawValue, version, message, Ledger.text(seconds), time, id])
    try count("run_\(state.rawValue)")
    try record(
      "run.\(state.rawValue)",
      ["run": String(id), "version": version ?? "", "message": message])
  }
}
