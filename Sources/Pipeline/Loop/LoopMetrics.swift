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

  private struct Family {
    var name: String
    var help: String
    var kind = "gauge"
    var samples: Samples

    /// The lines of the file; none where there is no sample.
    var text: String {
      if samples.isEmpty { return "" }
      let lines = samples.map { sample in
        let labels = sample.labels.isEmpty ? "" : "{\(sample.labels)}"
        return "\(name)\(labels) \(sample.value)\n"
      }
      return "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n" + lines.joined()
    }
  }

  private func families(_ measures: LedgerMeasures, waiting: Int) -> [Family] {
    func series(_ series: LedgerMeasures.Series, _ label: String) -> Samples {
      series.map { (labels: "\(label)=\"\($0.name)\"", value: $0.value) }
    }
    func one(_ value: Double?, _ labels: String = "") -> Samples {
      value.map { [(labels: labels, value: $0)] } ?? []
    }
    let model = "model=\"\(task)\""
    return [
      Family(
        name: "mlcore_ingest_files_total", help: "Files by how they ended.", kind: "counter",
        samples: series(measures.files, "result")),
      Family(
        name: "mlcore_ingest_rows_total", help: "Rows by how their files ended.", kind: "counter",
        samples: series(measures.rows, "result")),
      Family(
        name: "mlcore_inbox_files", help: "Files that are not taken in yet.",
        samples: one(Double(waiting))),
      Family(
        name: "mlcore_watch_overflows_total", help: "Overflows of inotify's queue.",
        kind: "counter", samples: one(measures.overflows)),
      Family(
        name: "mlcore_train_duration_seconds", help: "Seconds that the last training took.",
        samples: one(measures.trainingSeconds, model)),
      Family(
        name: "mlcore_gate_decisions_total", help: "Trainings by how they ended.",
        kind: "counter", samples: series(measures.decisions, "\(model),decision")),
      Family(
        name: "mlcore_last_success_timestamp_seconds", help: "When a stage last succeeded.",
        samples: series(measures.successes, "stage")),
      Family(
        name: "mlcore_drift_score",
        help: "The greatest stability index of a column in the newest file.",
        samples: one(measures.drift, model)),
      Family(
        name: "mlcore_predict_rows_total", help: "Rows that were predicted.", kind: "counter",
        samples: one(measures.predictedRows)),
      Family(
        name: "mlcore_model_metric", help: "The measures of the models with an alias.",
        samples: measures.models.flatMap { alias, metrics in
          metrics.sorted { $0.key < $1.key }.map {
            (labels: "\(model),alias=\"\(alias)\",metric=\"\($0.key)\"", value: $0.value)
          }
        }),
      Family(
        name: "mlcore_champion_info", help: "The model in service.",
        samples: measures.champion.map { [(labels: "\(model),version=\"\($0)\"", value: 1)] } ?? []),
    ]
  }

  private func remoteFamilies(_ measures: LedgerMeasures) -> [Family] {
    func samples(_ value: (RemotePlace, _ reached: Double?) -> Double?) -> Samples {
      measures.places.compactMap { place, reached in
        value(place, reached).map { (labels: "place=\(Ledger.text(place.place))", value: $0) }
      }
    }
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
        kind: "counter",
        samples: measures.messages.map { (labels: "result=\"\($0.name)\"", value: $0.value) }),
      Family(
        name: "mlcore_published_files_total", help: "Predictions that were copied elsewhere.",
        kind: "counter",
        samples: measures.published > 0 ? [(labels: "", value: measures.published)] : []),
    ]
  }
}
