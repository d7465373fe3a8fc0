// The gate: whether a challenger may take the champion's place. Both predict the same newest rows, of
// which neither has learnt; every number goes into gate.json. Three things may be found out about them:
//
// - The challenger is surely better. Then its predictions need not be like the champion's.
// - The champion has fallen: on the files that it did not have it is surely worse than a baseline,
//   because the world has changed. Then those rows alone count, and nothing that would keep it.
// - The new labels are noise, or contradict the champion in a group of rows. Then nothing is promoted,
//   whatever the other numbers say: both models were judged on those labels. Who answers for the labels
//   says so by checks.labels.
import Evaluation
import LearningTasks
package import LoopContract
import Storage
import Tables

extension TabularLoop {
  typealias Document = GateDocument<Metrics, Comparison>
  package typealias Sides = GateSides<Rows, Reached>
  package typealias NewRows = GateNewRows<Metrics, Comparison>

  /// Standard errors below or above a measure beyond which it surely does not lie, beside those of
  /// its interval at 95 %: the loop asks again and again.
  package static var surely: Double { 4 / 1.96 }

  package func judge(
    _ candidate: String, work: String, champion: String?, comparisons: Int
  ) throws -> Verdict {
    let model = try Task.Model(folder: "\(candidate)/\(LoopFolder.run)")
    let results = try RunResults<Task>(folder: "\(candidate)/\(LoopFolder.run)")
    let holdout = "\(work)/\(TabularWork.holdout)"
    let (rows, table) = try scored(holdout, by: model)
    var document = Document(
      challenger: model.version, rows: rows.count, positives: rows.positiveCount,
      comparisons: comparisons, metrics: try metrics(of: rows))
    document.checks =
      [
        GateCheck(
          .holdoutRows, Double(rows.count), .atLeast, Double(configuration.gate.minRows))
      ] + (try ownChecks(rows, document.metrics, results))
    if let champion {
      let old = try self.champion(champion)
      document.champion = old.version
      let note = try HoldoutNote(work: work, rows: rows.count)
      try compare(
        Sides(
          champion: try scored(holdout, by: old).rows, challenger: rows, table: table,
          newRows: rows.count - note.newRows..<rows.count,
          earlier: try Reference(folder: champion).reached),
        layout: model.layout, results, &document)
    }
    document.passes = !document.checks.contains(where: \.objects)
    try LoopFolder.write(document, to: "\(candidate)/\(LoopFolder.gate)")
    let shown = document.paired.map { Self.shown($0) } ?? [:]
    return Verdict(
      document.checks,
      metrics: shown.merging(["holdout_rows": Double(document.rows)]) { $1 })
  }

  /// What a challenger must show beside the champion.
  func compare(
    _ sides: Sides, layout: Task.Model.Layout, _ results: RunResults<Task>,
    _ document: inout Document
  ) throws {
    let gate = configuration.gate
    let champion = try metrics(of: sides.champion)
    let paired = try compare(sides.champion, sides.challenger)
    let fresh = try newRows(of: sides)
    let hasFallen =
      isBelowBaseline(champion, results) || (fresh?.championBesidePrior.lower ?? 0) > 0
    let deciding = hasFallen ? fresh?.paired ?? paired : paired
    let isBetter = deciding.isBetter(margin: gate.margin)
    document.championMetrics = champion
    document.paired = paired
    document.newRows = fresh
    document.championHasFallen = hasFallen
    document.isBetter = isBetter
    document.checks += deciding.checks(margin: gate.margin)
    if hasFallen {
      document.checks += try fallenChecks(deciding, isBetter: isBetter, fresh: fresh) {
        try sides.selecting(Array(sides.newRows)).challenger
      }
    }
    let labels = try fresh.flatMap { try labelCost($0, sides) }
    // Better on labels that may be noise is not surely better.
    let needsLikeness = !hasFallen && !(isBetter && labels?.cost.isUnsuspicious ?? true)
    document.checks += (likenessChecks(sides, paired) + [stabilityCheck(sides)]).map {
      $0.counting(needsLikeness)
    }
    let groups = Self.groups(of: sides.table, layout: layout)
    if fresh != nil {
      if let (cost, subject) = labels {
        document.checks.append(
          GateCheck(
            subject, cost.lost, .atMost, cost.most, counts: configuration.doubtsLabels))
      }
      document.checks += try contradictions(
        sides, groups: groups, counts: configuration.doubtsLabels)
    }
    document.segments = try segments(sides, groups: groups)
    document.checks += document.segments.compactMap { groupCheck($0, counts: !hasFallen) }
  }

  /// Both on the rows that are new to the champion; nil where those are too few.
  private func newRows(of sides: Sides) throws -> NewRows? {
    guard sides.newRows.count >= configuration.gate.minRows else { return nil }
    let (champion, challenger) = try sides.selecting(Array(sides.newRows))
    guard challenger.canBeJudged else { return nil }
    return NewRows(
      rows: challenger.count, positives: challenger.positiveCount,
      metrics: try metrics(of: challenger), championMetrics: try metrics(of: champion),
      paired: try compare(champion, challenger),
      championBesidePrior: try compare(try prior(of: challenger), champion).loss)
  }

  /// How far the challenger's predictions lie from the champion's, in tenths of the champion's.
  private func stabilityCheck(_ sides: Sides) -> GateCheck {
    let champion = sides.champion.predictions
    let bins = PredictionBins(of: champion)
    let index = PopulationStability.index(
      reference: bins.counts(of: champion), current: bins.counts(of: sides.challenger.predictions))
    return GateCheck(
      .stability(of: Self.predictionsName), index, .below, configuration.gate.stability)
  }

  // MARK: - Groups of rows

  /// The groups of rows by their categories.
  private static func groups(
    of table: Table, layout: Task.Model.Layout
  ) -> [RowsOfCategory] {
    layout.features(of: table).flatMap { column -> [RowsOfCategory] in
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

  /// The comparison on each group of rows that is large enough.
  private func segments(_ sides: Sides, groups: [RowsOfCategory]) throws -> [GateSegment] {
    try groups.compactMap { name, rows in
      guard rows.count >= configuration.gate.segmentRows else { return nil }
      let (champion, challenger) = try sides.selecting(rows)
      return try groupDifference(champion, challenger).map {
        GateSegment(name: name, rows: rows.count, measure: Self.groupMeasure, difference: $0)
      }
    }
  }
}

extension GateRows {
  var count: Int { predictions.count }
}

extension GateSubject {
  static let holdoutRows = GateSubject("holdout_rows", "holdout rows") { "at least \($0.whole)" }

  /// - Parameter predictions: what messages call them.
  static func stability(of predictions: String) -> GateSubject {
    GateSubject("score_stability", "stability index of the \(predictions)") { "below \($0)" }
  }
}
