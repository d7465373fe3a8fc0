// The report of `tune recommender` for people: the search, then the report of the final model.
import Tasks
import Tuning

/// Lays the report of a search out in lines.
struct RecommenderTuneReportText {
  let report: RecommenderTuneReport
  let terminal: Terminal

  /// The whole report.
  var text: String {
    [
      search, BestConfigurationText.text(report.best.params, found: "epochs", report.best.epochs),
      RecommenderReportText(report: report.training, terminal: terminal).text,
    ].joined(separator: "\n\n")
  }

  private var search: String {
    let pruned = report.trials.count { $0.state == .pruned }
    let name = report.metric == "ndcg" ? "NDCG@\(report.test.metrics.k)" : "RMSE"
    return """
      \(terminal.bold("search")) of \(report.trials.count.counted("trial")), \
      \(pruned.grouped) stopped early, in \(report.searchSeconds.fixed(1)) s
        best validation \(name) \(report.best.value.fixed(4)) in trial \(report.best.number), on \
      the test part \(value(report.test.metrics)) (optimism \(report.test.optimism.fixed(4))), \
      where the defaults have \(value(report.test.defaults))
      """
  }

  private func value(_ metrics: RecommenderMetrics) -> String {
    ((report.metric == "ndcg" ? metrics.ndcg : metrics.rmse) ?? .nan).fixed(4)
  }
}
