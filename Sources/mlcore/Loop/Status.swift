// `mlcore status`: what goes on in a home.
import ArgumentParser
import Pipeline
import Regression

/// Shows the state of a home.
struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show what a loop is doing, and what is in service.")

  @OptionGroup var home: HomeOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let settings = try home.settings()
    let status = try home.records(by: settings).status()
    var lines = [
      "\(Terminal.output.bold(status.home)), \(status.watching ? "watched" : "not watched")"
    ]
    lines += ["champion", "challenger", "previous"].compactMap { name in
      status.aliases[name].map { model in
        "  \(name.padded(11)) \(model.version)  \(model.headline(by: settings.measure)), "
          + "\(model.rows.counted("row")), \(model.created)"
      }
    }
    if status.aliases.isEmpty { lines.append("  no model yet") }
    lines += [
      "",
      "files: \(status.files["ingested", default: 0].grouped) ingested, "
        + "\(status.files["duplicate", default: 0].grouped) duplicate, "
        + "\(status.files["quarantined", default: 0].grouped) quarantined, "
        + "\(status.predictions.grouped) predicted",
      "waiting: \(status.inbox.grouped) in the inbox, \(status.untrained.grouped) for a training, "
        + "\(status.unpredicted.grouped) for predictions",
    ]
    lines += status.passedOver.prefix(10).map {
      "passed over: \($0.name.oneLine): \($0.reason)"
    }
    if status.passedOver.count > 10 {
      lines.append("passed over: \((status.passedOver.count - 10).grouped) more")
    }
    if let delivery = status.delivery {
      lines.append(
        "delivered: \(delivery.version ?? "nothing yet") to \(delivery.place)"
          + (delivery.problem.map { "; the last attempt: \($0.oneLine)" } ?? ""))
    }
    if !status.remote.isEmpty { lines += ["", "elsewhere"] }
    lines += status.remote.map { place in
      "  \(place.kind.padded(6))  \(place.place)  \(place.waiting.grouped) waiting, "
        + "reached \(place.reached ?? "never")" + (place.problem.map { "; \($0.oneLine)" } ?? "")
    }
    if !status.runs.isEmpty { lines += ["", "last runs"] }
    lines += status.runs.map { run in
      "  \(String(run.id).leftPadded(6))  \(run.started)  \(run.state.padded(11)) "
        + "\((run.seconds["total"] ?? .nan).fixed(2).leftPadded(7)) s  \(run.version ?? "") "
        + run.message.oneLine
    }
    try report.write(status) { lines }
  }
}

extension ModelEntry {
  /// The measure by which models of its kind are known, in words.
  ///
  /// - Parameter measure: that by which the loop compares them.
  func headline(by measure: String?) -> String {
    if let metric = measure.flatMap(RegressionMetric.init), let value = metrics[metric.rawValue] {
      return "\(Regression.name(of: metric)) \(value.fixed(4))"
    }
    if let auc = metrics["auc"] { return "AUC \(auc.fixed(4))" }
    if let rmse = metrics["rmse"] { return "RMSE \(rmse.fixed(4))" }
    guard let ndcg = metrics.first(where: { $0.key.hasPrefix("ndcg_at_") }) else { return "" }
    return "NDCG@\(ndcg.key.dropFirst("ndcg_at_".count)) \(ndcg.value.fixed(4))"
  }
}

extension HomeOptions {
  /// The records of the home.
  func records() throws -> HomeRecords { try records(by: settings()) }

  /// The records of the home, by settings that have been read.
  func records(by settings: LoopSettings) throws -> HomeRecords {
    try HomeRecords(home: try opened(), configuration: settings.pipeline)
  }

  /// The settings to go by.
  func settings() throws -> LoopSettings { try LoopSettings(file: settingsFile()) }

  /// The settings to go by: a mistake in pipeline.toml must not be in the way of a look or a rollback
  /// beside a loop that has read it before the mistake was made.
  func settingsFile() throws -> String {
    let home = try opened()
    do {
      _ = try LoopSettings(file: home.configuration)
      return home.configuration
    } catch {
      guard (try? LoopSettings(file: home.settingsCopy)) != nil else { throw error }
      let facts = CommandLineError(error)?.facts ?? "\(error)"
      Terminal.error.note("\(facts); going by what the loop read when it started\n")
      return home.settingsCopy
    }
  }
}
