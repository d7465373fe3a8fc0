// The metrics of a loop as a text file for the node exporter of Prometheus. All numbers come from the
// ledger, so that a restart resets none.
internal import Storage

/// Writes the metrics.
struct LoopMetrics {
  let home: LoopDirectory
  let ledger: Ledger
  let task: String

  /// Writes the file, whole.
  ///
  /// - Parameter waiting: the files in watched folders that are not taken in.
  func write(waiting: Int) throws {
    let measures = try ledger.measures()
    let families = families(measures, waiting: waiting) + remoteFamilies(measures)
    try Disk.replace(home.metrics, with: families.map(\.text).joined())
  }

  private typealias Samples = [(labels: String, value: Double)]

  private enum Kind: String { case gauge, counter }

  private struct Family {
    var name: String
    var kind: Kind
    var help: String
    var samples: Samples

    init(_ name: String, _ kind: Kind, _ help: String, _ samples: Samples) {
      (self.name, self.kind, self.help, self.samples) = ("mlcore_\(name)", kind, help, samples)
    }

    /// The lines of the file; none where there is no sample.
    var text: String {
      if samples.isEmpty { return "" }
      let lines = samples.map { sample in
        let labels = sample.labels.isEmpty ? "" : "{\(sample.labels)}"
        return "\(name)\(labels) \(sample.value)\n"
      }
      return "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n" + lines.joined()
    }
  }

  private func series(_ series: LedgerMeasures.Series, _ label: String) -> Samples {
    series.map { (labels: "\(label)=\"\($0.name)\"", value: $0.value) }
  }

  private func one(_ value: Double?, _ labels: String = "") -> Samples {
    value.map { [(labels: labels, value: $0)] } ?? []
  }

  private func families(_ measures: LedgerMeasures, waiting: Int) -> [Family] {
    let model = "model=\"\(task)\""
    let metrics = measures.models.flatMap { alias, metrics in
      metrics.sorted { $0.key < $1.key }.map {
        (labels: "\(model),alias=\"\(alias)\",metric=\"\($0.key)\"", value: $0.value)
      }
    }
    let champion = measures.champion.map { one(1, "\(model),version=\"\($0)\"") } ?? []
    return [
      Family(
        "ingest_files_total", .counter, "Files by how they ended.",
        series(measures.files, "result")),
      Family(
        "ingest_rows_total", .counter, "Rows by how their files ended.",
        series(measures.rows, "result")),
      Family("inbox_files", .gauge, "Files that are not taken in yet.", one(Double(waiting))),
      Family(
        "watch_overflows_total", .counter, "Overflows of inotify's queue.", one(measures.overflows)),
      Family(
        "train_duration_seconds", .gauge, "Seconds that the last training took.",
        one(measures.trainingSeconds, model)),
      Family(
        "gate_decisions_total", .counter, "Trainings by how they ended.",
        series(measures.decisions, "\(model),decision")),
      Family(
        "last_success_timestamp_seconds", .gauge, "When a stage last succeeded.",
        series(measures.successes, "stage")),
      Family(
        "drift_score", .gauge, "The greatest stability index of a column in the newest file.",
        one(measures.drift, model)),
      Family(
        "predict_rows_total", .counter, "Rows that were predicted.", one(measures.predictedRows)),
      Family("model_metric", .gauge, "The measures of the models with an alias.", metrics),
      Family("champion_info", .gauge, "The model in service.", champion),
    ]
  }

  private func remoteFamilies(_ measures: LedgerMeasures) -> [Family] {
    func samples(_ value: (RemotePlace) -> Double?) -> Samples {
      measures.places.flatMap { one(value($0), "place=\(Ledger.text($0.place))") }
    }
    return [
      Family(
        "remote_up", .gauge, "Whether the last attempt to reach a place succeeded.",
        samples { $0.problem == nil ? 1 : 0 }),
      Family(
        "remote_waiting", .gauge,
        "Objects to be fetched, messages at work, predictions to be copied.",
        samples { Double($0.waiting) }),
      Family(
        "remote_reached_timestamp_seconds", .gauge, "When a place was reached last.",
        samples(\.reached)),
      Family(
        "queue_messages_total", .counter, "Messages of the queue by how they ended.",
        series(measures.messages, "result")),
      Family(
        "published_files_total", .counter, "Predictions that were copied elsewhere.",
        one(measures.published > 0 ? measures.published : nil)),
    ]
  }
}
