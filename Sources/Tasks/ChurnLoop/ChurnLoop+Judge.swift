// The gate: whether a challenger may take the champion's place. Both predict the same newest rows, of
// which neither has learnt; every number goes into gate.json.
import Artifacts
import Evaluation
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
  var segments: [Segment]
  var checks: [GateCheck]
  var passes: Bool

  enum CodingKeys: String, CodingKey {
    case challenger, champion, rows, positives, comparisons, metrics, paired, segments, checks,
      passes
    case championMetrics = "champion_metrics"
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
    let results = try JSONDocument.value(
      ChurnResults.self,
      from: try RunFolderReader.bytes(
        ChurnRunFiles.metricsName, of: "\(candidate)/\(LoopFolder.run)"))
    let holdout = "\(work)/\(Self.holdoutName)"
    let sample = try scored(holdout, by: model)
    let metrics = ChurnMetrics(try BinaryMetrics(sample.rows, pool: context.pool))
    var document = GateDocument(
      challenger: model.version, champion: nil, rows: sample.rows.count,
      positives: sample.rows.positives, comparisons: comparisons, metrics: metrics, segments: [],
      checks: [], passes: false)
    document.checks = try ownChecks(sample.rows, metrics, results)
    if let champion {
      let old = try ChurnModel(folder: "\(champion)/\(LoopFolder.run)")
      let other = try scored(holdout, by: old)
      document.champion = old.version
      document.championMetrics = ChurnMetrics(
        try BinaryMetrics(other.rows, drawsInterval: false, pool: context.pool))
      try compare(other.rows, sample.rows, sample.table, model, &document)
    }
    document.passes = document.checks.allSatisfy(\.passes)
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
    let table = try model.layout.read(
      data, labelled: true, delimiter: nil, header: true, context: context)
    let labels = try model.layout.labels(of: table, data: data).map { $0 == 1 }
    return (
      try ScoredRows(labels: labels, probabilities: try model.predict(table, pool: context.pool)),
      table
    )
  }

  /// What a challenger must show by itself.
  private func ownChecks(
    _ rows: ScoredRows, _ metrics: ChurnMetrics, _ results: ChurnResults
  ) throws -> [GateCheck] {
    let gate = configuration.gate
    let slope = CalibrationSlope(rows)
    let lower = metrics.aucInterval?.first ?? 0
    let strongest = results.importances.first?.share ?? 0
    let baselines = results.baselines
    return [
      GateCheck(
        name: "holdout rows", passes: rows.count >= gate.minRows, found: Double(rows.count),
        expected: "at least \(gate.minRows)"),
      GateCheck(
        name: "lower end of the AUC", passes: lower > 0.5, found: lower, expected: "above 0.5"),
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

  /// What a challenger must show beside the champion.
  private func compare(
    _ champion: ScoredRows, _ challenger: ScoredRows, _ table: Table, _ model: ChurnModel,
    _ document: inout GateDocument
  ) throws {
    let gate = configuration.gate
    let paired = try PairedComparison(
      labels: challenger.labels, first: champion.probabilities,
      second: challenger.probabilities, pool: context.pool)
    document.paired = GateDocument.Paired(
      auc: paired.auc, logLoss: paired.logLoss, brier: paired.brier)
    let slack = paired.brier.first * gate.calibration
    let before = ReliabilityTable(champion).expectedCalibrationError
    let after = ReliabilityTable(challenger).expectedCalibrationError
    let psi = Self.scoreStability(champion.probabilities, challenger.probabilities)
    document.checks += [
      GateCheck(
        name: "lower end of the AUC difference", passes: paired.auc.lower > -gate.margin,
        found: paired.auc.lower, expected: "above \(-gate.margin)"),
      GateCheck(
        name: "Brier score difference", passes: paired.brier.value <= slack,
        found: paired.brier.value, expected: "at most \(LoopNumber.short(slack))"),
      GateCheck(
        name: "calibration error difference", passes: after - before <= gate.calibration,
        found: after - before, expected: "at most \(gate.calibration)"),
      GateCheck(
        name: "stability index of the scores", passes: psi < gate.scores, found: psi,
        expected: "below \(gate.scores)"),
    ]
    document.segments = try segments(champion, challenger, table, model)
    for segment in document.segments {
      let isWorse = segment.auc.value < -gate.segment && segment.auc.upper < 0
      guard isWorse else { continue }
      document.checks.append(
        GateCheck(
          name: "AUC difference where \(segment.column) is '\(segment.level)'", passes: false,
          found: segment.auc.value, expected: "at least \(-gate.segment)"))
    }
  }

  /// The comparison on each group of customers that is large enough.
  private func segments(
    _ champion: ScoredRows, _ challenger: ScoredRows, _ table: Table, _ model: ChurnModel
  ) throws -> [GateDocument.Segment] {
    var segments: [GateDocument.Segment] = []
    for column in model.layout.features(of: table) {
      guard case .category(let categories) = column.values,
        (2...20).contains(categories.levels.count)
      else { continue }
      for (code, level) in categories.levels.enumerated() {
        let rows = categories.codes.indices.filter { categories.codes[$0] == Int32(code) }
        let labels = rows.map { challenger.labels[$0] }
        guard rows.count >= configuration.gate.segmentRows, Set(labels).count == 2 else { continue }
        let paired = try PairedComparison(
          labels: labels, first: rows.map { champion.probabilities[$0] },
          second: rows.map { challenger.probabilities[$0] }, pool: context.pool)
        segments.append(
          GateDocument.Segment(
            column: column.name, level: level, rows: rows.count, auc: paired.auc))
      }
    }
    return segments
  }

  /// How far the challenger's scores lie from the champion's, in tenths of the champion's.
  private static func scoreStability(_ champion: [Double], _ challenger: [Double]) -> Double {
    let sorted = champion.sorted()
    let edges = (1..<10).map { sorted[$0 * (sorted.count - 1) / 10] }
    func counts(_ scores: [Double]) -> [Int] {
      var counts = [Int](repeating: 0, count: 10)
      for score in scores { counts[edges.count { score > $0 }] += 1 }
      return counts
    }
    return PopulationStability.index(reference: counts(champion), current: counts(challenger))
  }
}
