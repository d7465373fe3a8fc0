// The gate: whether a challenger may take the champion's place. Both predict the same newest rows, of
// which neither has learnt; every number goes into gate.json. ChurnLoop+Compare.swift has what they
// must show beside each other.
import Evaluation
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
    var metrics: ChurnMetrics
    var championMetrics: ChurnMetrics
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
  var metrics: ChurnMetrics
  var championMetrics: ChurnMetrics?
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
  /// Judges a candidate, and writes gate.json into its folder.
  ///
  /// - Parameters:
  ///   - work: the folder of the tables of its training.
  ///   - champion: the folder of the version in service; nil before the first.
  ///   - comparisons: how often the champion was compared before.
  /// - Throws: the errors of every room below.
  public func judge(
    _ candidate: String, work: String, champion: String?, comparisons: Int
  ) throws -> LoopVerdict {
    let model = try ChurnModel(folder: "\(candidate)/\(LoopFolder.run)")
    let results = try ChurnResults(folder: "\(candidate)/\(LoopFolder.run)")
    let holdout = "\(work)/\(Self.holdoutName)"
    let sample = try scored(holdout, by: model)
    let metrics = ChurnMetrics(try BinaryMetrics(sample.rows, pool: context.pool))
    var document = GateDocument(
      challenger: model.version, champion: nil, rows: sample.rows.count,
      positives: sample.rows.positives, comparisons: comparisons, metrics: metrics, segments: [],
      checks: [], passes: false)
    document.checks = ownChecks(sample.rows, metrics, results)
    if let champion {
      let old = try ChurnModel(folder: "\(champion)/\(LoopFolder.run)")
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
    try AtomicFile.write(
      Array(try JSONDocument.text(of: document).utf8), to: "\(candidate)/\(LoopFolder.gate)")
    var shown = ["holdout_rows": Double(document.rows)]
    if let paired = document.paired {
      shown["auc_difference"] = paired.auc.value
      shown["auc_difference_lower"] = paired.auc.lower
      shown["champion_auc"] = paired.auc.first
    }
    return LoopVerdict(document.checks, metrics: shown)
  }

  private func scored(
    _ data: String, by model: ChurnModel
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
    _ rows: ScoredRows, _ metrics: ChurnMetrics, _ results: ChurnResults
  ) -> [GateCheck] {
    let gate = configuration.gate
    let slope = CalibrationSlope(rows)
    let lower = Self.surely(metrics)
    let strongest = results.importances.first?.share ?? 0
    let baselines = results.baselines
    return [
      GateCheck(
        name: "holdout rows", passes: rows.count >= gate.minRows, found: Double(rows.count),
        expected: "at least \(gate.minRows)"),
      GateCheck(
        name: "AUC less four standard errors", passes: lower > 0.5, found: lower,
        expected: "above 0.5"),
      GateCheck(
        name: "log loss", passes: metrics.logLoss < baselines.prior.logLoss,
        found: metrics.logLoss,
        expected: "below the prior's \(LoopNumber.short(baselines.prior.logLoss))"),
      GateCheck(
        name: "AUC", passes: metrics.auc > baselines.logistic.auc - 0.02, found: metrics.auc,
        expected:
          "about the logistic regression's \(LoopNumber.short(baselines.logistic.auc)) or more"),
      GateCheck(
        name: "AUC that the data give away",
        passes: metrics.auc <= gate.leak && !(metrics.auc > 0.95 && strongest > 0.8),
        found: metrics.auc, expected: "at most \(gate.leak), or a feature knows the answer"),
      GateCheck(
        name: "calibration slope",
        passes: slope.slope + 2 * slope.error >= 0.8 && slope.slope - 2 * slope.error <= 1.25,
        found: slope.slope, expected: "from 0.8 to 1.25 within two standard errors"),
    ]
  }

  /// What an AUC surely is: four standard errors below it, as the loop asks again and again.
  static func surely(_ metrics: ChurnMetrics) -> Double {
    metrics.aucInterval.map { metrics.auc - 4 / 1.96 * (metrics.auc - $0[0]) } ?? 0
  }
}
