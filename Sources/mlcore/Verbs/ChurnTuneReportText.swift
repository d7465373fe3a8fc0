// The report of `tune churn` for people: the search, then the report of the final model.
import Tasks
import Tuning

/// Lays the report of a search out in lines.
struct ChurnTuneReportText {
  let report: ChurnTuneReport
  let terminal: Terminal

  /// The whole report.
  var text: String {
    [search, parameters].joined(separator: "\n\n") + "\n\n"
      + ChurnReportText(report: report.training, terminal: terminal).text
  }

  private var search: String {
    let pruned = report.trials.count { $0.state == .pruned }
    let name = report.metric == "auc" ? "AUC" : "log loss"
    let test =
      report.metric == "auc" ? report.test.metrics.auc : report.test.metrics.logLoss
    return """
      \(terminal.bold("search")) of \(report.trials.count.counted("trial")), \
      \(pruned.grouped) stopped early, in \(report.searchSeconds.fixed(1)) s
        best \(name) \(report.best.value.fixed(4)) in trial \(report.best.number), on the test \
      part \(test.fixed(4)) (optimism \(report.test.optimism.fixed(4)))
      """
  }

  private var parameters: String {
    BestConfigurationText.text(report.best.params, found: "num_trees", report.best.numTrees)
  }
}
