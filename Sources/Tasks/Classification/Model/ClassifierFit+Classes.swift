// The fewest rows of a class with which training and judging make sense.

extension ClassifierFit {
  /// The fewest rows of a class in a training table.
  private static let fewestOfClass = 10
  /// The fewest rows of a class in each part that is judged on.
  private static let fewestOfPart = 2

  /// Refuses a training table with too few rows of a class.
  ///
  /// - Throws: `TaskError.tooFewRows`.
  func checkClasses() throws { try checkClasses(ofFolds: configuration.judging.folds) }

  /// Refuses a training table with too few rows of a class for a number of folds.
  ///
  /// - Throws: `TaskError.tooFewRows`.
  func checkClasses(ofFolds folds: Int) throws {
    let shown = configuration.data.shownPath
    try checkClasses(labels, fewest: Self.fewestOfClass, of: "each class", data: shown)
    let holdout = configuration.judging.share
    if folds > 0 {
      try checkClasses(
        labels, fewest: Self.fewestOfPart * folds, of: "each class for \(folds) folds", data: shown)
    }
    if let holdout {
      // Both the rows set aside and those that are left.
      let share = min(holdout, 1 - holdout)
      let needed = (Double(Self.fewestOfPart) - 0.5) / share
      try checkClasses(
        labels, fewest: Int(min(needed.rounded(.up), 1e9)),
        of: "each class to set \(holdout) of the rows aside", data: shown)
    }
  }

  /// - Throws: `TaskError.tooFewRows` if a class has fewer than `fewest` rows.
  func checkClasses(_ labels: [Bool], fewest: Int, of scope: String, data shown: String) throws {
    let positives = labels.count { $0 }
    let negatives = labels.count - positives
    guard min(positives, negatives) < fewest else { return }
    let target = data.target
    throw TaskError.tooFewRows(
      column: target.column,
      counts: "\(positives) '\(target.positive)' and \(negatives) '\(target.negative)'",
      expected: "at least \(fewest) of \(scope)", data: shown)
  }
}
