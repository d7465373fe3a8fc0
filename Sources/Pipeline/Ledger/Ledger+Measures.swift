// What the ledger tells of a loop as a whole: for those who look at it, and for its metrics.
internal import GRDB

/// The numbers behind the metrics of a loop.
struct LedgerMeasures {
  typealias Series = [(name: String, value: Double)]

  /// Files and rows by the state of their files, trainings by how they ended.
  var files, rows, decisions: Series
  /// When each stage last succeeded.
  var successes: Series
  /// Messages of the queue by how they ended.
  var messages: Series
  var overflows, predictedRows: Double?
  /// How long the last training took.
  var trainingSeconds: Double?
  /// The greatest drift of a column in the newest file.
  var drift: Double?
  /// Predictions that were copied elsewhere.
  var published: Double
  /// The models with an alias.
  var models: [(alias: String, metrics: [String: Double])]
  var champion: String?
  var places: [RemotePlace]
}

extension Ledger {
  /// How many inputs ended how.
  func fileCounts() throws -> [String: Int] {
    let states = try rows("SELECT state, COUNT(*) FROM files GROUP BY state")
    return states.reduce(into: ["ingested": 0, "duplicate": 0, "quarantined": 0]) {
      $0[$1[0]] = $1[1]
    }
  }

  /// How many files were predicted, by any model.
  func predictionCount() throws -> Int {
    try value("SELECT COUNT(*) FROM predictions WHERE problem IS NULL") ?? 0
  }

  /// How often inotify's queue has overflowed.
  func overflowCount() throws -> Int {
    try value("SELECT value FROM counters WHERE name = 'watch_overflows'") ?? 0
  }

  /// The last runs, the newest first.
  func lastRuns(_ limit: Int) throws -> [HomeStatus.Run] {
    try rows("SELECT * FROM runs ORDER BY id DESC LIMIT ?", [limit]).map {
      HomeStatus.Run(
        id: $0["id"], state: $0["state"], files: $0["files"],
        started: Timestamp.text($0["started"]),
        seconds: Self.value([String: Double].self, $0["seconds"]) ?? [:],
        version: $0["version"], message: $0["message"])
    }
  }

  /// The numbers behind the metrics.
  func measures() throws -> LedgerMeasures {
    func series(_ sql: String) throws -> LedgerMeasures.Series {
      try rows(sql).map { (name: $0[0], value: $0[1]) }
    }
    return try atOneMoment {
      let successes: [(name: String, sql: String)] = [
        ("ingest", "SELECT MAX(at) FROM files WHERE state = 'ingested'"),
        ("train", "SELECT MAX(ended) FROM runs WHERE state NOT IN ('interrupted', 'failed')"),
        ("promote", "SELECT MAX(ended) FROM runs WHERE state = 'promoted'"),
        ("predict", "SELECT MAX(at) FROM predictions WHERE problem IS NULL"),
        ("deliver", "SELECT MAX(at) FROM deliveries"),
      ]
      return LedgerMeasures(
        files: try series("SELECT state, COUNT(*) FROM files GROUP BY state ORDER BY state"),
        rows: try series("SELECT state, SUM(rows) FROM files GROUP BY state ORDER BY state"),
        decisions: try series(
          """
          SELECT state, COUNT(*) FROM runs WHERE state NOT IN ('running', 'interrupted')
          GROUP BY state ORDER BY state
          """),
        successes: try successes.compactMap { stage in
          try value(stage.sql).map { (name: stage.name, value: $0 as Double) }
        },
        messages: try series(
          """
          SELECT substr(name, 7), value FROM counters WHERE name LIKE 'queue!_%' ESCAPE '!'
          ORDER BY name
          """),
        overflows: try value("SELECT value FROM counters WHERE name = 'watch_overflows'"),
        predictedRows: try value("SELECT value FROM counters WHERE name = 'predicted_rows'"),
        trainingSeconds: try value(
          """
          SELECT json_extract(seconds, '$.total') FROM runs WHERE seconds LIKE '%total%'
          ORDER BY id DESC LIMIT 1
          """),
        drift: try value(
          "SELECT drift FROM files WHERE state = 'ingested' ORDER BY id DESC LIMIT 1"),
        published: try value("SELECT COUNT(*) FROM publications WHERE was_there") ?? 0,
        models: try rows(
          "SELECT name, metrics FROM aliases JOIN versions USING (version) ORDER BY name"
        ).map {
          (alias: $0[0], metrics: Self.value([String: Double].self, $0[1]) ?? [:])
        }, champion: try aliases()[.champion], places: try places())
    }
  }
}
