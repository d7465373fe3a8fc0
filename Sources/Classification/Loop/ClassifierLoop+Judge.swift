// What the gate asks of a classifier, by itself and beside the champion.
import Evaluation
import LearningTasks
import NumericCore
import Tabular

/// How two classifiers differ on the same rows.
struct ClassifierComparison: ModelComparison {
  var auc: PairedComparison.Difference
  var logLoss: PairedComparison.Difference
  var brier: PairedComparison.Difference

  enum CodingKeys: String, CodingKey {
    case auc, brier
    case logLoss = "log_loss"
  }

  var loss: PairedComparison.Difference { logLoss }

  func isBetter(margin: Double) -> Bool {
    auc.lower > -margin && (auc.lower > 0 || logLoss.upper < 0)
  }

  func checks(margin: Double) -> [GateCheck] {
    [
      GateCheck(.aucDifference, auc.lower, .above, -margin),
      GateCheck(.logLossDifference, logLoss.lower, .atMost, 0),
    ]
  }
}

extension ClassifierLoop {
  /// The fewest rows of each class by which a group contradicts the champion.
  private static var fewestOfClass: Int { 20 }
  /// By how much the share of churners in a group may surely differ from what the champion expects.
  private static var largestShift: Double { 0.3 }

  /// The share of positive rows as the probability of each.
  func prior(of rows: ScoredRows) throws -> ScoredRows {
    let share = Double(rows.positives) / Double(rows.count)
    return try ScoredRows(
      labels: rows.labels, probabilities: [Double](repeating: share, count: rows.count))
  }

  func ownChecks(
    _ rows: ScoredRows, _ metrics: ClassifierMetrics,
    _ results: RunResults<TabularTask<Classification<Preset>>>
  ) -> [GateCheck] {
    let gate = configuration.gate
    let slope = CalibrationSlope(rows)
    let strongest = results.importances.first?.share ?? 0
    let baselines = results.baselines
    let logistic = baselines.logistic.auc
    return [
      GateCheck(.lowestAUC, Self.lowestAUC(metrics), .above, 0.5),
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

  /// What an AUC surely is: four standard errors below it.
  private static func lowestAUC(_ metrics: ClassifierMetrics) -> Double {
    metrics.aucInterval.map { metrics.auc - surely * (metrics.auc - $0[0]) } ?? 0
  }

  // MARK: - Beside the champion

  func compare(_ champion: ScoredRows, _ challenger: ScoredRows) throws -> ClassifierComparison {
    let paired = try PairedComparison(
      labels: challenger.labels, first: champion.probabilities,
      second: challenger.probabilities, groups: challenger.groups, pool: context.pool)
    return ClassifierComparison(auc: paired.auc, logLoss: paired.logLoss, brier: paired.brier)
  }

  /// Whether a champion is surely worse than the logistic regression of today's rows.
  func isBelowBaseline(
    _ champion: ClassifierMetrics, _ results: RunResults<TabularTask<Classification<Preset>>>
  ) -> Bool {
    (champion.aucInterval?.last ?? 1) < results.baselines.logistic.auc - 0.02
  }

  func fallenChecks(
    _ deciding: ClassifierComparison, isBetter: Bool, fresh: NewRows?,
    rows: () throws -> ScoredRows
  ) -> [GateCheck] {
    let better = GateCheck(
      .betterThanFallen, deciding.logLoss.upper, .below, 0, passes: isBetter)
    guard let fresh else { return [better] }
    return [better, GateCheck(.lowestNewAUC, Self.lowestAUC(fresh.metrics), .above, 0.5)]
  }

  func likenessChecks(_ sides: Sides, _ paired: ClassifierComparison) -> [GateCheck] {
    let allowed = configuration.gate.calibration
    let before = ReliabilityTable(sides.champion).expectedCalibrationError
    let after = ReliabilityTable(sides.challenger).expectedCalibrationError
    return [
      GateCheck(.brierDifference, paired.brier.value, .atMost, paired.brier.first * allowed),
      GateCheck(.calibrationDifference, after - before, .atMost, allowed),
    ]
  }

  // MARK: - New labels

  func labelCost(_ fresh: NewRows, _ sides: Sides) -> (cost: LabelCost, subject: GateSubject)? {
    func error(_ interval: [Double]?) -> Double { interval.map { ($0[1] - $0[0]) / 3.92 } ?? 0 }
    let errors = SIMD2(error(sides.earlier.aucInterval), error(fresh.metrics.aucInterval))
    let cost = LabelCost(
      lost: sides.earlier.auc - fresh.metrics.auc,
      byChance: LabelCost.allowedAUC + 1.645 * (errors * errors).sum().squareRoot(),
      champion: sides.earlier.auc - fresh.championMetrics.auc)
    return (cost, .labelCost)
  }

  /// The groups of customers whose new labels contradict the champion, or differ widely from what it
  /// expects.
  ///
  /// Where the world has changed that much at once, a person has to confirm it.
  func contradictions(
    _ sides: Sides, groups: [RowsOfCategory], counts: Bool
  ) throws -> [GateCheck] {
    var checks: [GateCheck] = []
    for group in groups {
      let rows = group.rows.filter(sides.newRows.contains)
      guard rows.count >= configuration.gate.minRows else { continue }
      let champion = try sides.selecting(rows).champion
      let count = Double(champion.count)
      let expected = champion.probabilities.reduce(0, +) / count
      let found = Double(champion.positives) / count
      let spread = champion.probabilities.reduce(0) { $0 + $1 * (1 - $1) }.squareRoot() / count
      let shift = max(0, abs(found - expected) - 4 * spread)
      if shift > Self.largestShift {
        checks.append(
          GateCheck(.surprise(group.name), shift, .atMost, Self.largestShift, counts: counts))
      }
      guard min(champion.positives, champion.count - champion.positives) >= Self.fewestOfClass,
        try BinaryMetrics(champion, drawsInterval: false, pool: context.pool).auc < 0.5
      else { continue }
      let metrics = try metrics(of: champion)
      let highest =
        metrics.aucInterval.map { metrics.auc + Self.surely * ($0[1] - metrics.auc) } ?? 1
      if highest < 0.5 {
        checks.append(
          GateCheck(.championAUC(group.name), metrics.auc, .atLeast, 0.5, counts: counts))
      }
    }
    return checks
  }

  // MARK: - Groups of customers

  static var groupMeasure: GateSegment.Measure { .auc }

  func groupDifference(
    _ champion: ScoredRows, _ challenger: ScoredRows
  ) throws -> PairedComparison.Difference? {
    guard (1..<challenger.count).contains(challenger.positives) else { return nil }
    return try compare(champion, challenger).auc
  }

  func groupCheck(_ segment: GateSegment, counts: Bool) -> GateCheck? {
    let (auc, allowed) = (segment.difference, configuration.gate.segment)
    guard auc.value < -allowed, auc.upper < 0 else { return nil }
    return GateCheck(.segment(segment.name), auc.value, .atLeast, -allowed, counts: counts)
  }

  static var predictionsName: String { "scores" }

  static func shown(_ comparison: ClassifierComparison) -> [String: Double] {
    [
      "auc_difference": comparison.auc.value, "auc_difference_lower": comparison.auc.lower,
      "champion_auc": comparison.auc.first,
    ]
  }
}
