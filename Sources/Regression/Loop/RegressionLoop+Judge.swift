// What the gate asks of a regression model, by itself and beside the champion. Differences of the loss
// are shares of the loss that they are held against, so that they mean the same for targets of any size.
import Evaluation
import LearningTasks
import NumericCore
import Tabular

/// How the losses of two regression models differ on the same rows.
struct RegressionComparison: ModelComparison {
  /// What the loss is.
  var measure: RegressionMetric
  var loss: PairedComparison.Difference

  func isBetter(margin: Double) -> Bool { loss.upper < 0 }

  func checks(margin: Double) -> [GateCheck] {
    [
      GateCheck(
        .lossDifference(measure), loss.share(loss.upper), .below, margin,
        objection: loss.objectionToExactness(measure))
    ]
  }
}

extension RegressionLoop {
  func prior(of rows: PredictedNumbers) throws -> PredictedNumbers {
    try rows.constant(by: measure)
  }

  func ownChecks(
    _ rows: PredictedNumbers, _ metrics: RegressionScores, _ results: RunResults<RegressionTask>
  ) throws -> [GateCheck] {
    [try constantCheck(.constantDifference(measure), rows)]
  }

  /// Whether the loss is surely below that of a constant: by four standard errors.
  private func constantCheck(
    _ subject: GateSubject, _ rows: PredictedNumbers
  ) throws -> GateCheck {
    let loss = rows.loss(beside: try prior(of: rows), by: measure, pool: context.pool)
    let highest = loss.value + Self.surely * (loss.upper - loss.value)
    // Nothing can be better than a constant there; a rounded mean may seem to be worse.
    let isConstant = rows.targets.allSatisfy { $0 == rows.targets[0] }
    return GateCheck(
      subject, loss.share(highest), .below, 0, passes: isConstant ? false : nil,
      objection: isConstant ? "the targets of the judged rows do not vary" : nil)
  }

  // MARK: - Beside the champion

  func compare(
    _ champion: PredictedNumbers, _ challenger: PredictedNumbers
  ) -> RegressionComparison {
    RegressionComparison(
      measure: measure,
      loss: challenger.loss(beside: champion, by: measure, pool: context.pool))
  }

  func fallenChecks(
    _ deciding: RegressionComparison, isBetter: Bool, fresh: NewRows?,
    rows: () throws -> PredictedNumbers
  ) throws -> [GateCheck] {
    let loss = deciding.loss
    let better = GateCheck(.betterThanFallen(measure), loss.share(loss.upper), .below, 0)
    guard fresh != nil else { return [better] }
    return [better, try constantCheck(.newConstantDifference(measure), try rows())]
  }

  // MARK: - New labels

  /// By which share new labels may raise the loss without being taken for noise.
  static let allowedCost = 0.05

  /// What the labels cost, if the champion was measured as the challenger is.
  func labelCost(
    _ fresh: NewRows, _ sides: Sides
  ) throws -> (cost: LabelCost, subject: GateSubject)? {
    let earlier = sides.earlier
    guard earlier.measure == measure, earlier.loss > 0 else { return nil }
    let challenger = try sides.selecting(Array(sides.newRows)).challenger
      .loss(by: measure, pool: context.pool)
    func error(_ lower: Double, _ upper: Double) -> Double { (upper - lower) / 3.92 / earlier.loss }
    let errors = SIMD2(
      error(earlier.lossInterval[0], earlier.lossInterval[1]),
      error(challenger.lower, challenger.upper))
    let cost = LabelCost(
      lost: challenger.second / earlier.loss - 1,
      byChance: Self.allowedCost + 1.645 * (errors * errors).sum().squareRoot(),
      champion: fresh.paired.loss.first / earlier.loss - 1)
    return (cost, .labelCost(measure))
  }

  // MARK: - Groups of rows

  static let groupMeasure = GateSegment.Measure.loss

  func groupDifference(
    _ champion: PredictedNumbers, _ challenger: PredictedNumbers
  ) -> PairedComparison.Difference? { compare(champion, challenger).loss }

  func groupCheck(_ segment: GateSegment, counts: Bool) -> GateCheck? {
    let (loss, allowed) = (segment.difference, configuration.gate.segment)
    guard loss.value > allowed * loss.first, loss.lower > 0 else { return nil }
    return GateCheck(
      .segment(measure, segment.name), loss.share(loss.value), .atMost, allowed, counts: counts,
      objection: loss.objectionToExactness(measure, segment.name))
  }

  static let predictionsName = "predictions"

  static func shown(_ comparison: RegressionComparison) -> [String: Double] {
    let (name, loss) = (comparison.measure.rawValue, comparison.loss)
    return [
      "\(name)_difference": loss.value, "\(name)_difference_lower": loss.lower,
      "\(name)_difference_upper": loss.upper, "champion_\(name)": loss.first,
    ]
  }
}
