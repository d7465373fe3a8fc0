// Champion and challenger side by side. Three things may be found out about them:
//
// - The challenger is surely better. Then its scores need not be like the champion's.
// - The champion has fallen: on the files that it did not have it is surely worse than a baseline,
//   because the world has changed. Then those rows alone count, and nothing that would keep it.
// - The new labels are noise, or contradict the champion in a group of customers. Then nothing is
//   promoted, whatever the other numbers say: both models were judged on those labels. Who answers for
//   the labels says so by checks.labels.
import Evaluation
import NumericCore
import Storage
import Tables

/// What the holdout table does not say: its last rows are of files that the champion did not have.
struct HoldoutNote: Codable {
  static let fileName = "holdout.json"
  var newRows: Int

  enum CodingKeys: String, CodingKey { case newRows = "new_rows" }
}

extension HoldoutNote {
  /// Reads the note of a work folder.
  ///
  /// - Parameter rows: those of the holdout.
  /// - Throws: `StorageError`.
  init(work: String, rows: Int) throws {
    let path = "\(work)/\(Self.fileName)"
    self = try JSONDocument.value(Self.self, from: try AtomicFile.read(path), file: path)
    guard (0...rows).contains(newRows) else {
      throw StorageError.corrupt(
        file: path, item: "key new_rows", found: "\(newRows)", expected: "0 to \(rows)")
    }
  }
}

/// The predictions of both for the same rows.
struct GateSides {
  var champion: ScoredRows
  var challenger: ScoredRows
  var table: Table
  /// The rows of files that the champion did not have.
  var newRows: Range<Int>
  /// What was known of the champion when it was trained.
  var earlier: ReferenceProfile

  /// Both on some of the rows.
  func selecting(_ rows: some Sequence<Int>) throws -> (
    champion: ScoredRows, challenger: ScoredRows
  ) {
    let rows = Array(rows)
    let labels = rows.map { challenger.labels[$0] }
    let groups = challenger.groups?.selecting(rows.map { Int32($0) })
    return (
      try ScoredRows(
        labels: labels, probabilities: rows.map { champion.probabilities[$0] }, groups: groups),
      try ScoredRows(
        labels: labels, probabilities: rows.map { challenger.probabilities[$0] }, groups: groups)
    )
  }
}

/// How much AUC the challenger lacks on the new rows, beside the champion's when that was new.
///
/// Noise costs the challenger as much as the champion; a change of the world it learns.
struct LabelCost {
  /// What new labels may cost without being taken for noise.
  static let allowed = 0.02

  /// What they cost.
  let lost: Double
  /// What they may cost, as far as 95 % sure.
  let most: Double
  /// Whether they cost too little to think of noise.
  let isUnsuspicious: Bool

  init(_ fresh: GateDocument.NewRows, earlier: ReferenceProfile) {
    func error(_ interval: [Double]?) -> Double { interval.map { ($0[1] - $0[0]) / 3.92 } ?? 0 }
    let errors = SIMD2(error(earlier.aucInterval), error(fresh.metrics.aucInterval))
    let byChance = Self.allowed + 1.645 * (errors * errors).sum().squareRoot()
    let learnt = (earlier.auc - fresh.championMetrics.auc) / 2
    lost = earlier.auc - fresh.metrics.auc
    most = max(byChance, learnt)
    isUnsuspicious = lost <= max(byChance / 2, learnt)
  }
}

extension ChurnLoop {
  /// The fewest rows of each class on which new labels are judged.
  private static let fewestOfClass = 20
  /// From here on `checks.labels` says that the labels are not to be doubted.
  private static let noDoubt = 0.5
  /// By how much the share of churners in a group may surely differ from what the champion expects.
  private static let largestShift = 0.3

  /// What a challenger must show beside the champion.
  func compare(
    _ sides: GateSides, layout: ClassifierLayout, baselines: ClassifierBaselines,
    _ document: inout GateDocument
  ) throws {
    let gate = configuration.gate
    let champion = ClassifierMetrics(try BinaryMetrics(sides.champion, pool: context.pool))
    document.championMetrics = champion
    let paired = GateDocument.Paired(try comparison(sides.champion, sides.challenger))
    document.paired = paired
    document.newRows = try newRows(of: sides)
    let fresh = document.newRows
    // Worse than the logistic regression of today's rows, or than knowing nothing of the customers.
    let isBelowLogistic =
      (champion.aucInterval?.last ?? 1) < baselines.logistic.auc - 0.02
    let isBelowPrior = (fresh?.championBesidePrior.lower ?? 0) > 0
    let hasFallen = isBelowLogistic || isBelowPrior
    let deciding = hasFallen ? fresh?.paired ?? paired : paired
    let isNotWorse = deciding.auc.lower > -gate.margin
    let isBetter = isNotWorse && (deciding.auc.lower > 0 || deciding.logLoss.upper < 0)
    document.championHasFallen = hasFallen
    document.isBetter = isBetter
    document.checks += [
      GateCheck(.aucDifference, deciding.auc.lower, .above, -gate.margin),
      GateCheck(.logLossDifference, deciding.logLoss.lower, .atMost, 0),
    ]
    if hasFallen { document.checks += fallenChecks(fresh, deciding, isBetter: isBetter) }
    let cost = fresh.map { LabelCost($0, earlier: sides.earlier) }
    // Better on labels that may be noise is not surely better.
    let needsLikeness = !hasFallen && !(isBetter && cost?.isUnsuspicious ?? true)
    document.checks += likenessChecks(sides, paired, counts: needsLikeness)
    let doubtsLabels = configuration.checks.labels < Self.noDoubt
    if let cost {
      document.checks.append(
        GateCheck(.labelCost, cost.lost, .atMost, cost.most, counts: doubtsLabels))
      document.checks += try contradictions(sides, layout: layout, counts: doubtsLabels)
    }
    document.segments = try segments(sides, layout: layout)
    for segment in document.segments {
      let isWorse = segment.auc.value < -gate.segment && segment.auc.upper < 0
      guard isWorse else { continue }
      document.checks.append(
        GateCheck(
          .segment(.init(column: segment.column, level: segment.level)),
          segment.auc.value, .atLeast, -gate.segment, counts: !hasFallen))
    }
  }

  private func comparison(
    _ champion: ScoredRows, _ challenger: ScoredRows
  ) throws -> PairedComparison {
    try PairedComparison(
      labels: challenger.labels, first: champion.probabilities,
      second: challenger.probabilities, groups: challenger.groups, pool: context.pool)
  }

  /// Both on the rows that are new to the champion; nil where those are too few.
  private func newRows(of sides: GateSides) throws -> GateDocument.NewRows? {
    guard sides.newRows.count >= configuration.gate.minRows else { return nil }
    let (champion, challenger) = try sides.selecting(sides.newRows)
    let positives = challenger.positives
    guard min(positives, challenger.count - positives) >= Self.fewestOfClass else { return nil }
    let share = Double(positives) / Double(challenger.count)
    let prior = try ScoredRows(
      labels: challenger.labels,
      probabilities: [Double](repeating: share, count: challenger.count))
    return GateDocument.NewRows(
      rows: challenger.count, positives: positives,
      metrics: ClassifierMetrics(try BinaryMetrics(challenger, pool: context.pool)),
      championMetrics: ClassifierMetrics(try BinaryMetrics(champion, pool: context.pool)),
      paired: GateDocument.Paired(try comparison(champion, challenger)),
      championBesidePrior: try comparison(prior, champion).logLoss)
  }

  /// What takes the place of a champion that has fallen must be better, and good where that is not.
  private func fallenChecks(
    _ fresh: GateDocument.NewRows?, _ paired: GateDocument.Paired, isBetter: Bool
  ) -> [GateCheck] {
    let better = GateCheck(.betterThanFallen, paired.logLoss.upper, .below, 0, passes: isBetter)
    guard let fresh else { return [better] }
    return [
      better,
      GateCheck(.lowestNewAUC, Self.surely(fresh.metrics), .above, 0.5),
    ]
  }

  /// Whether the challenger's scores are like the champion's.
  private func likenessChecks(
    _ sides: GateSides, _ paired: GateDocument.Paired, counts: Bool
  ) -> [GateCheck] {
    let gate = configuration.gate
    let slack = paired.brier.first * gate.calibration
    let before = ReliabilityTable(sides.champion).expectedCalibrationError
    let after = ReliabilityTable(sides.challenger).expectedCalibrationError
    let psi = Self.scoreStability(sides.champion.probabilities, sides.challenger.probabilities)
    return [
      GateCheck(.brierDifference, paired.brier.value, .atMost, slack, counts: counts),
      GateCheck(
        .calibrationDifference, after - before, .atMost, gate.calibration,
        counts: counts),
      GateCheck(.scoreStability, psi, .below, gate.scores, counts: counts),
    ]
  }

  /// The groups of customers whose new labels contradict the champion, or differ widely from what it
  /// expects.
  ///
  /// Where the world has changed that much at once, a person has to confirm it.
  private func contradictions(
    _ sides: GateSides, layout: ClassifierLayout, counts: Bool
  ) throws -> [GateCheck] {
    var checks: [GateCheck] = []
    for group in groups(of: sides.table, layout: layout) {
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
          GateCheck(
            .surprise(group.name), shift, .atMost, Self.largestShift,
            counts: counts))
      }
      guard min(champion.positives, champion.count - champion.positives) >= Self.fewestOfClass,
        try BinaryMetrics(champion, drawsInterval: false, pool: context.pool).auc < 0.5
      else { continue }
      let metrics = ClassifierMetrics(try BinaryMetrics(champion, pool: context.pool))
      let highest = metrics.aucInterval.map { metrics.auc + 4 / 1.96 * ($0[1] - metrics.auc) } ?? 1
      if highest < 0.5 {
        checks.append(
          GateCheck(.championAUC(group.name), metrics.auc, .atLeast, 0.5, counts: counts))
      }
    }
    return checks
  }

  private typealias Group = (name: CustomerGroup, rows: [Int])

  /// The groups of customers by their categories.
  private func groups(of table: Table, layout: ClassifierLayout) -> [Group] {
    layout.features(of: table).flatMap { column -> [Group] in
      guard case .category(let categories) = column.values,
        (2...20).contains(categories.levels.count)
      else { return [] }
      return categories.levels.enumerated().map { code, level in
        (
          .init(column: column.name, level: level),
          categories.codes.indices.filter { categories.codes[$0] == Int32(code) }
        )
      }
    }
  }

  /// The comparison on each group of customers that is large enough.
  private func segments(
    _ sides: GateSides, layout: ClassifierLayout
  ) throws -> [GateDocument.Segment] {
    try groups(of: sides.table, layout: layout).compactMap { group in
      guard group.rows.count >= configuration.gate.segmentRows else { return nil }
      let (champion, challenger) = try sides.selecting(group.rows)
      guard Set(challenger.labels).count == 2 else { return nil }
      return GateDocument.Segment(
        column: group.name.column, level: group.name.level, rows: group.rows.count,
        auc: try comparison(champion, challenger).auc)
    }
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
