// The metrics of a loop as a text file for the node exporter of Prometheus. All numbers come from the
// ledger, so that a restart resets none.
internal import GRDB
internal import Storage

/// Writes the metrics.
struct LoopMetrics {
  let home: Home
  let ledger: Ledger
  let task: String

  /// Writes the file, whole.
  ///
  /// - Parameter waiting: the files in watched folders that are not taken in.
  func write(waiting: Int) throws {
    let text = try ledger.read { try self.text($0, waiting: waiting) }
    try Disk.replace(home.metrics, with: text)
  }

  private struct Family {
    var name: String
    var help: String
    var kind = "gauge"
    var samples: [(labels: String, value: Double)]
  }

  private func text(_ database: Database, waiting: Int) throws -> String {
    let all = try families(database, waiting: waiting) + remoteFamilies(database)
    return all.filter { !$0.samples.isEmpty }.map { family in
      var lines = ["# HELP \(family.name) \(family.help)", "# TYPE \(family.name) \(family.kind)"]
      lines += family.samples.map { sample in
        let labels = sample.labels.isEmpty ? "" : "{\(sample.labels)}"
        return "\(family.name)\(labels) \(sample.value)"
      }
      return lines.joined(separator: "\n") + "\n"
    }.joined()
  }

  private func families(_ database: Database, waiting: Int) throws -> [Family] {
    func pairs(_ sql: String, _ label: String) throws -> [(labels: String, value: Double)] {
      try Row.fetchAll(database, sql: sql).map { row in
        let name: String = row[0]
        return (labels: "\(label)=\"\(name)\"", value: row[1])
      }
    }
    func one(_ sql: String) throws -> [(labels: String, value: Double)] {
      try Double.fetchOne(database, sql: sql).map { [(labels: "", value: $0)] } ?? []
    }
    let files = try pairs(
      "SELECT state, COUNT(*) FROM files GROUP BY state ORDER BY state", "result")
    let rows = try pairs(
      "SELECT state, SUM(rows) FROM files GROUP BY state ORDER BY state", "result")
    let decisions = try pairs(
      """
      SELECT state, COUNT(*) FROM runs WHERE state NOT IN ('running', 'interrupted')
      GROUP BY state ORDER BY state
      """, "model=\"\(task)\",decision")
    let successes: [(stage: String, sql: String)] = [
      ("ingest", "SELECT MAX(at) FROM files WHERE state = 'ingested'"),
      ("train", "SELECT MAX(ended) FROM runs WHERE state NOT IN ('interrupted', 'failed')"),
      ("promote", "SELECT MAX(ended) FROM runs WHERE state = 'promoted'"),
      ("predict", "SELECT MAX(at) FROM predictions WHERE problem IS NULL"),
      ("deliver", "SELECT MAX(at) FROM deliveries"),
    ]
    return [
      Family(
        name: "mlcore_ingest_files_total", help: "Files by how they ended.", kind: "counter",
        samples: files),
      Family(
        name: "mlcore_ingest_rows_total", help: "Rows by how their files ended.", kind: "counter",
        samples: rows),
      Family(
        name: "mlcore_inbox_files", help: "Files that are not taken in yet.",
        samples: [(labels: "", value: Double(waiting))]),
      Family(
        name: "mlcore_watch_overflows_total", help: "Overflows of inotify's queue.",
        kind: "counter",
        samples: try one("SELECT value FROM counters WHERE name = 'watch_overflows'")),
      Family(
        name: "mlcore_train_duration_seconds", help: "Seconds that the last training took.",
        samples: try one(
          """
          SELECT json_extract(seconds, '$.total') FROM runs WHERE seconds LIKE '%total%'
          ORDER BY id DESC LIMIT 1
          """
        ).map { (labels: "model=\"\(task)\"", value: $0.value) }),
      Family(
        name: "mlcore_gate_decisions_total", help: "Trainings by how they ended.",
        kind: "counter", samples: decisions),
      Family(
        name: "mlcore_last_success_timestamp_seconds", help: "When a stage last succeeded.",
        samples: try successes.flatMap { stage in
          try one(stage.sql).map { (labels: "stage=\"\(stage.stage)\"", value: $0.value) }
        }),
      Family(
        name: "mlcore_drift_score",
        help: "The greatest stability index of a column in the newest file.",
        samples: try one(
          "SELECT drift FROM files WHERE state = 'ingested' ORDER BY id DESC LIMIT 1"
        )
        .map { (labels: "model=\"\(task)\"", value: $0.value) }),
      Family(
        name: "mlcore_predict_rows_total", help: "Rows that were predicted.", kind: "counter",
        samples: try one("SELECT value FROM counters WHERE name = 'predicted_rows'")),
      Family(
        name: "mlcore_model_metric", help: "The measures of the models with an alias.",
        samples: try modelMetrics(database)),
      Family(
        name: "mlcore_champion_info", help: "The model in service.",
        samples: try Ledger.aliases(database)[.champion].map {
          [(labels: "model=\"\(task)\",version=\"\($0)\"", value: 1)]
        } ?? []),
    ]
  }

  private func remoteFamilies(_ database: Database) throws -> [Family] {
    let places = try Ledger.places(database)
    func samples(
      _ value: (RemotePlace, _ reached: Double?) -> Double?
    ) -> [(labels: String, value: Double)] {
      places.compactMap { place, reached in
        value(place, reached).map { (labels: "place=\(Ledger.text(place.place))", value: $0) }
      }
    }
    let messages = try Row.fetchAll(
      database,
      sql: """
        SELECT substr(name, 7), value FROM counters WHERE name LIKE 'queue!_%' ESCAPE '!'
        ORDER BY name
        """
    ).map { row in
      let result: String = row[0]
      return (labels: "result=\"\(result)\"", value: row[1] as Double)
    }
    let published =
      try Double.fetchOne(
        database, sql: "SELECT COUNT(*) FROM publications WHERE was_there") ?? 0
    return [
      Family(
        name: "mlcore_remote_up", help: "Whether the last attempt to reach a place succeeded.",
        samples: samples { place, _ in place.problem == nil ? 1 : 0 }),
      Family(
        name: "mlcore_remote_waiting",
        help: "Objects to be fetched, messages at work, predictions to be copied.",
        samples: samples { place, _ in Double(place.waiting) }),
      Family(
        name: "mlcore_remote_reached_timestamp_seconds", help: "When a place was reached last.",
        samples: samples { $1 }),
      Family(
        name: "mlcore_queue_messages_total", help: "Messages of the queue by how they ended.",
        kind: "counter", samples: messages),
      Family(
        name: "mlcore_published_files_total", help: "Predictions that were copied elsewhere.",
        kind: "counter", samples: published > 0 ? [(labels: "", value: published)] : []),
    ]
  }

  private func modelMetrics(_ database: Database) throws -> [(labels: String, value: Double)] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT name, metrics FROM aliases JOIN versions USING (version) ORDER BY name
        """
    ).flatMap { row -> [(labels: String, value: Double)] in
      let alias: String = row[0]
      let metrics = Ledger.value([String: Double].self, row[1]) ?? [:]
      return metrics.sorted { $0.key < $1.key }.map {
        (labels: "model=\"\(task)\",alias=\"\(alias)\",metric=\"\($0.key)\"", value: $0.value)
      }
    }
  }
}
