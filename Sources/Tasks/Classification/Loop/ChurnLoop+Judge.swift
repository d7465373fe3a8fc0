// The gate: whether a challenger may take the champion's place. Both predict the same newest rows, of
// which neither has learnt; every number goes into gate.json. ChurnLoop+Compare.swift has what they
// must show beside each other.
import Evaluation
public import LoopContract
import Storage
import Tables

/// gate.json.
struct GateDocument: Encodable {
  struct Segment: Encodable {
    var column: String
    var level: String
    var rows: Int
    var auc: PairedComparison.Difference
  }

  struct Paired: Encodable {
    var auc: PairedComparison.Difference
    var logLoss: PairedComparison.Difference
    var brier: PairedComparison.Difference

    enum CodingKeys: String, CodingKey {
      case auc, brier
      case logLoss = "log_loss"
    }

    init(_ paired: PairedComparison) {
      auc = paired.auc
      logLoss = paired.logLoss
      brier = paired.brier
    }
  }

  /// The rows of files that the champion did not have.
  struct NewRows: Encodable {
    var rows: Int
    var positives: Int
    var metrics: ClassifierMetrics
    var championMetrics: ClassifierMetrics
    var paired: Paired
    /// The champion's log loss beside that of the share of churners alone.
    var championBesidePrior: PairedComparison.Difference

    enum CodingKeys: String, CodingKey {
      case rows, positives, metrics, paired
      case championMetrics = "champion_metrics"
      case championBesidePrior = "champion_beside_prior"
    }
  }

  var challenger: String
  var champion: String?
  var rows: Int
  var positives: Int
  /// How often the champion was compared on these or overlapping rows before.
  var comparisons: Int
  var metrics: ClassifierMetrics
  var championMetrics: ClassifierMetrics?
  var paired: Paired?
  /// The rows that are new to the champion; nil where there are too few.
  var newRows: NewRows?
  /// Whether the champion is surely worse than a baseline.
  var championHasFallen: Bool?
  /// Whether the challenger is surely better than the champion in AUC or log loss.
  var isBetter: Bool?
  var segments: [Segment]
  var checks: [GateCheck]
  var passes: Bool

  enum CodingKeys: String, CodingKey {
    case challenger, champion, rows, positives, comparisons, metrics, paired, segments, checks,
      passes
    case championMetrics = "champion_metrics"
    case newRows = "new_rows"
    case championHasFallen = "champion_has_fallen"
    case isBetter = "is_better"
  }
}

extension ChurnLoop {
  public func judge(
    _ candidate: String, work: String, champion: String?, comparisons: Int
  ) throws -> Verdict {
    let model = try ClassifierModel(folder: "\(candidate)/\(LoopFolder.run)")
    let results = try ClassifierResults(folder: "\(candidate)/\(LoopFolder.run)")
    let holdout = "\(work)/\(Self.holdoutName)"
    let sample = try scored(holdout, by: model)
    let metrics = ClassifierMetrics(try BinaryMetrics(sample.rows, pool: context.pool))
    var document = GateDocument(
      challenger: model.version, champion: nil, rows: sample.rows.count,
      positives: sample.rows.positives, comparisons: comparisons, metrics: metrics, segments: [],
      checks: [], passes: false)
    document.checks = ownChecks(sample.rows, metrics, results)
    if let champion {
      let old = try ClassifierModel(folder: "\(champion)/\(LoopFolder.run)")
      let other = try scored(holdout, by: old)
      document.champion = old.version
      let note = try HoldoutNote(work: work, rows: sample.rows.count)
      try compare(
        GateSides(
          champion: other.rows, challenger: sample.rows, table: sample.table,
          newRows: sample.rows.count - note.newRows..<sample.rows.count,
          earlier: try ReferenceProfile(folder: champion)),
        layout: model.layout, baselines: results.baselines, &document)
    }
    document.passes = !document.checks.contains(where: \.objects)
    try LoopFolder.write(document, to: "\(candidate)/\(LoopFolder.gate)")
    var shown = ["holdout_rows": Double(document.rows)]
    if let paired = document.paired {
      shown["auc_difference"] = paired.auc.value
      shown["auc_difference_lower"] = paired.auc.lower
      shown["champion_auc"] = paired.auc.first
    }
    return Verdict(document.checks, metrics: shown)
  }

  private func scored(
    _ data: String, by model: ClassifierModel
  ) throws -> (rows: ScoredRows, table: Table) {
    let table = try model.layout.readingToJudge(
      TableSource(location: data, header: true), context: context
    ).table
    let labels = try model.layout.labels(of: table, data: data)
    return (
      try ScoredRows(
        labels: labels.map { $0 == 1 },
        probabilities: try model.predict(table, pool: context.pool),
        groups: model.layout.groups(of: table, labels: labels, pool: context.pool)),
      table
    )
  }

  /// What a challenger must show by itself.
  private func ownChecks(
    _ rows: ScoredRows, _ metrics: ClassifierMetrics, _ results: ClassifierResults
  ) -> [GateCheck] {
    let gate = configuration.gate
    let slope = CalibrationSlope(rows)
    let strongest = results.importances.first?.share ?? 0
    let baselines = results.baselines
    let logistic = baselines.logistic.auc
    return [
      GateCheck(.holdoutRows, Double(rows.count), .atLeast, Double(gate.minRows)),
      GateCheck(.lowestAUC, Self.surely(metrics), .above, 0.5),
      GateCheck(.logLoss, metrics.logLoss, .below, baselines.prior.logLoss),
      GateCheck(.auc(logistic: logistic), metrics.auc, .above, logistic - 0.02),
      GateCheck(
        .leak, metrics.auc, .atMost, gate.leak,
        passes: metrics.auc <= gate.leak && !(metrics.auc > 0.95 && strongest > 0.8)),
      // Of the two bounds the one that the slope is nearer to.
      GateCheck(
        .calibrationSlope, slope.slope, slope.slope < 1 ? .atLeast : .atMost,
        slope.slope < 1 ? 0.8 : 1.25,
        passes: slope.slope + 2 * slope.error >= 0.8 && slope.slope - 2 * slope.error <= 1.25),
    ]
  }

  /// What an AUC surely is: four standard errors below it, as the loop asks again and again.
  static func surely(_ metrics: ClassifierMetrics) -> Double {
    metrics.aucInterval.map { metrics.auc - 4 / 1.96 * (metrics.auc - $0[0]) } ?? 0
  }
}
