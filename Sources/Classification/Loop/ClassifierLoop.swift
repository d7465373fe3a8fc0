// The steps of a loop that keeps classifiers fresh: what is theirs alone in reading and training.
import Evaluation
import LearningTasks
import NumericCore
import Tables
import Tabular
import Texts

/// The steps of a loop over tables with two classes.
struct ClassifierLoop<Preset: ClassifierPreset>: TabularLoop {
  typealias Problem = Classification<Preset>
  typealias Rows = ScoredRows
  typealias Comparison = ClassifierComparison

  /// What a model reached when it was trained.
  struct Reached: ReachedQuality {
    /// The AUC on rows that the model had not seen, and the ends of its interval.
    var auc: Double
    var aucInterval: [Double]?

    enum CodingKeys: String, CodingKey {
      case auc
      case aucInterval = "auc_interval"
    }

    var problem: String? {
      if !(0...1).contains(auc) { return "the AUC \(auc)" }
      if let ends = aucInterval,
        ends.count != 2 || !(0 <= ends[0] && ends[0] <= ends[1] && ends[1] <= 1)
      {
        return "the interval \(ends) of the AUC"
      }
      return nil
    }
  }

  let configuration: TabularLoopConfiguration<ClassifierGate<Preset>>
  let context: RunContext

  init(_ configuration: TabularLoopConfiguration<ClassifierGate<Preset>>, context: RunContext) {
    self.configuration = configuration
    self.context = context
  }

  // MARK: - Targets

  static var targetKind: ColumnKind? { nil }

  func check(_ target: Column, layout: ClassifierLayout?, data: String) throws {
    if let layout {
      _ = try ClassTarget(target, positive: layout.positive, negative: layout.negative, data: data)
      return
    }
    let cells = LabelText(target)
    let classes = Set(
      texts: (0..<cells.count).compactMap { cells[$0].map(CellSpelling.canonical) }
    )
    .sorted().map(\.string)
    guard classes.count <= 2 else {
      throw TaskError.notTwoClasses(
        column: target.name, classes: Array(classes.prefix(5)), count: classes.count, data: data)
    }
  }

  func labelProblem(of rows: ScoredRows, earlier: Reached) throws -> String? {
    if configuration.doubtsLabels,
      let problem = Self.countProblem(rows.labels, rows.probabilities)
    {
      return problem
    }
    guard min(rows.positives, rows.count - rows.positives) >= 10 else { return nil }
    let measured = try BinaryMetrics(rows, pool: context.pool)
    let least = (earlier.aucInterval?.first ?? earlier.auc) - configuration.checks.labels
    guard measured.aucInterval.upperBound < least else { return nil }
    return "the labels do not agree with the champion's predictions: AUC "
      + "\(measured.auc.short), at most \(measured.aucInterval.upperBound.short), "
      + "expected at least \(least.short)"
  }

  /// What is wrong with the number of rows of a class; nil for nothing.
  ///
  /// It is wrong if it is less than a quarter of what the champion expects of the same rows, and
  /// surely not by chance. One class alone is the extreme of it.
  static func countProblem(_ labels: [Bool], _ probabilities: [Double]) -> String? {
    let expected = probabilities.reduce(0, +)
    let deviation = probabilities.reduce(0) { $0 + $1 * (1 - $1) }.squareRoot()
    let found = Double(labels.count { $0 })
    let rows = Double(labels.count)
    guard found < expected / 4 || rows - found < (rows - expected) / 4,
      abs(found - expected) > 6 * deviation
    else { return nil }
    return "\(Int(found)) of \(labels.count) rows are positive, expected about "
      + "\(Int(expected.rounded())), as the champion predicts them"
  }

  // MARK: - Training

  func adopt(
    _ layout: ClassifierLayout, continuing continued: String?,
    in training: inout ClassifierConfiguration<Preset>
  ) {
    training.positive = layout.positive
    training.continueFrom = continued
  }

  func reached(
    _ metrics: ClassifierMetrics, rows: () throws -> ScoredRows
  ) -> Reached {
    Reached(auc: metrics.auc, aucInterval: metrics.aucInterval)
  }

  static func shown(_ metrics: ClassifierMetrics) -> [String: Double] {
    [
      "auc": metrics.auc, "log_loss": metrics.logLoss,
      "brier": metrics.brier, "ece": metrics.ece,
    ]
  }
}

extension ScoredRows: GateRows {
  init(targets: [Double], predictions: [Double], groups: RowGroups?) throws {
    try self.init(
      labels: targets.map { $0 == 1 }, probabilities: predictions, groups: groups)
  }

  var targets: [Double] { labels.map { $0 ? 1 : 0 } }
  var predictions: [Double] { probabilities }
  var positiveCount: Int? { positives }
  /// Whether there are 20 rows of each class.
  var canBeJudged: Bool { min(positives, count - positives) >= 20 }
}
