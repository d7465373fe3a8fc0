// Recommenders in words for people.
import ArgumentParser
import LearningTasks
import Recommendation

extension RecommenderTask: CommandTask {
  static var trainCommand: any ParsableCommand.Type { TrainRecommender.self }
  static var tuneCommand: any ParsableCommand.Type { TuneRecommender.self }

  static func text(_ report: RecommenderReport, for terminal: Terminal) -> String {
    RecommenderReportText(report: report, terminal: terminal).text
  }

  static func measure(_ report: TuningReport<RecommenderTask>) -> SearchedMeasure {
    func value(_ metrics: RecommenderMetrics) -> Double {
      (report.metric == "ndcg" ? metrics.ndcg : metrics.rmse) ?? .nan
    }
    let test = report.test.metrics
    return SearchedMeasure(
      name: report.metric == "ndcg" ? "validation NDCG@\(test.k)" : "validation RMSE",
      test: value(test), defaults: report.test.defaults.map(value))
  }

  static func lines(_ found: Inspection<RecommenderTask>) -> [String] {
    let model = found.model
    return [
      "\(Terminal.output.bold("recommender")) \(found.modelVersion), by mlcore "
        + found.mlcoreVersion,
      "  \(found.users.counted("user")), \(found.items.counted("item")), "
        + found.interactions.counted("interaction"),
      "  \(model.words), \(found.epochs.counted("epoch"))",
      "", "  measured \(found.judgedOn), all items ranked",
    ] + RankingTable.lines(found.first)
  }

  static func text(_ found: EvaluationReport<RecommenderTask>) -> String {
    """
    model \(found.modelVersion) on \(found.data): \(found.metrics.users.counted("user")), \
    \(found.interactions.counted("interaction")) outside of the training data

    \((RankingTable.lines([(name: "model", metrics: found.metrics)]) + lines(found.unknown))
      .joined(separator: "\n"))

    """
  }

  /// What the rows of users and items score that the training does not know.
  fileprivate static func lines(_ unknown: UnknownRows?) -> [String] {
    guard let unknown else { return [] }
    let (k, metrics) = (unknown.metrics.k, unknown.metrics)
    return [
      "  \(unknown.rows.counted("row")) of \(unknown.users.counted("unknown user")) and "
        + "\(unknown.items.counted("unknown item")) left out: they score ndcg@\(k) "
        + "\(metrics.ndcg?.fixed(4) ?? "") and recall@\(k) \(metrics.recall?.fixed(4) ?? ""),",
      "  unknown users by popularity, unknown items in no list",
    ]
  }
}

/// Lays a recommender report out in lines.
struct RecommenderReportText {
  let report: RecommenderReport
  let terminal: Terminal

  /// The whole report.
  var text: String { [summary, judgement, place].joined(separator: "\n\n") + "\n" }

  private var summary: String {
    """
    \(terminal.bold("recommender")) from \(report.data)
      \(report.users.counted("user")), \(report.items.counted("item")), \
    \(report.interactions.counted("interaction"))
    """
  }

  private var judgement: String {
    (choice + [terminal.dim("  measured \(report.judgedOn), all items ranked")]
      + RankingTable.lines(report.summary) + RecommenderTask.lines(report.unknown))
      .joined(separator: "\n")
  }

  private var choice: [String] {
    guard let candidates = report.candidates else { return [] }
    let words = candidates.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.fixed(4))" }
    return [terminal.dim("  compared on a validation part: \(words.joined(separator: ", "))")]
  }

  private var place: String {
    guard report.metrics != nil else { return "baselines only: nothing was written" }
    return """
      \(report.out): \(report.model.words), \(report.epochs.counted("epoch")), in \
      \(report.timings.total.fixed(1)) s on \(report.threads.counted("thread"))
      """
  }
}

/// Lays the measures of recommenders out in columns.
enum RankingTable {
  /// A head, and lines for the model, its vectors if they are another, and simpler models by name.
  static func lines(_ summary: RecommenderSummary) -> [String] {
    let name = summary.embeddings == nil ? "two towers" : summary.model.preset
    return lines(
      [(name: name, metrics: summary.metrics), (name: "its vectors", metrics: summary.embeddings)]
        .compactMap { name, metrics in metrics.map { (name: name, metrics: $0) } }
        + summary.baselines.sorted { $0.key < $1.key }.map {
          (name: $0.key.replacing("_", with: " "), metrics: $0.value)
        })
  }

  /// A head, and a line for each recommender.
  static func lines(_ rows: [(name: String, metrics: RecommenderMetrics)]) -> [String] {
    let k = rows.first?.metrics.k ?? 0
    let head = ["ndcg@\(k)", "recall@\(k)", "hit rate", "coverage", "rmse"]
    return ["  " + "".padded(to: 20) + head.map { $0.leftPadded(to: 11) }.joined()]
      + rows.map { name, metrics in
        "  " + name.padded(to: 20)
          + [metrics.ndcg, metrics.recall, metrics.hitRate, metrics.coverage, metrics.rmse]
          .map { ($0?.fixed(4) ?? "").leftPadded(to: 11) }.joined()
      }
  }
}

extension RecommenderSummary.ModelSummary {
  /// The size of the model.
  fileprivate var words: String {
    "\(preset) preset, \(arcs.map { "\($0.counted("arc")), " } ?? "")\(dimension) wide, "
      + parameters.counted("parameter")
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  fileprivate func leftPadded(to width: Int) -> String {
    String(repeating: " ", count: max(1, width - count)) + self
  }
}
