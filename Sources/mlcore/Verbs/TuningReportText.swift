// The report of `tune` for people: the search, then the report of the final model.
import LearningTasks
import Tuning

/// Lays the report of a search out in lines.
struct TuningReportText<Task: CommandTask> {
  let report: TuningReport<Task>
  let terminal: Terminal

  /// The whole report.
  var text: String {
    [search, parameters, Task.text(report.training, for: terminal)].joined(separator: "\n\n")
  }

  private var search: String {
    let pruned = report.trials.count { $0.state == .pruned }
    let measure = Task.measure(report)
    let defaults = measure.defaults.map { ", where the defaults have \($0.fixed(4))" } ?? ""
    return """
      \(terminal.bold("search")) of \(report.trials.count.counted("trial")), \
      \(pruned.grouped) stopped early, in \(report.searchSeconds.fixed(1)) s
        best \(measure.name) \(report.best.value.fixed(4)) in trial \(report.best.number), on the \
      test part \(measure.test.fixed(4)) (optimism \(report.test.optimism.fixed(4)))\(defaults)
      """
  }

  /// A head, a line for each hyperparameter by its name, and one for what early stopping found.
  private var parameters: String {
    let values = report.best.params.sorted { $0.key < $1.key }.map { line($0.key, words($0.value)) }
    return
      (["best configuration"] + values
      + [line(Task.Search.stepsKey, String(report.best.steps))]).joined(separator: "\n")
  }

  private func line(_ name: String, _ value: String) -> String {
    "  \(name.padded(20)) \(value)"
  }

  private func words(_ value: JSONValue) -> String {
    switch value {
    case .number(let number): number < 0.1 ? number.fixed(5) : number.fixed(3)
    case .integer(let integer): String(integer)
    case .text(let text): text
    default: "-"
    }
  }
}
