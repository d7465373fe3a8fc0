// The fewest rows of a class with which training and judging make sense.
import LearningTasks
package import Tabular

extension ClassTarget: TabularTarget {
  /// The fewest rows of a class in a training table.
  private static let fewestOfClass = 10
  /// The fewest rows of a class in each part that is judged on.
  private static let fewestOfPart = 2

  package func check(_ judging: JudgingConfiguration, data: String) throws {
    try check(labels, fewest: Self.fewestOfClass, of: "each class", data: data)
    try check(folds: judging.folds, data: data)
    guard let holdout = judging.share else { return }
    // Both the rows set aside and those that are left.
    let share = min(holdout, 1 - holdout)
    let needed = (Double(Self.fewestOfPart) - 0.5) / share
    try check(
      labels, fewest: Int(min(needed.rounded(.up), 1e9)),
      of: "each class to set \(holdout) of the rows aside", data: data)
  }

  package func check(folds: Int, rows: [Int32], data: String) throws {
    try check(folds: folds, data: data)
  }

  package func checkJudged(_ labels: [Double], data: String) throws {
    try check(labels, fewest: Self.fewestOfPart, of: "each class", data: data)
  }

  private func check(folds: Int, data: String) throws {
    try check(
      labels, fewest: Self.fewestOfPart * folds, of: "each class for \(folds) folds", data: data)
  }

  /// - Throws: `TaskError.tooFewRows` if a class has fewer than `fewest` rows.
  private func check(
    _ labels: [Double], fewest: Int, of scope: String, data: String
  ) throws {
    let positives = labels.count { $0 == 1 }
    let negatives = labels.count - positives
    guard min(positives, negatives) < fewest else { return }
    throw TaskError.tooFewRows(
      column: column, counts: "\(positives) '\(positive)' and \(negatives) '\(negative)'",
      expected: "at least \(fewest) of \(scope)", ofClass: true, data: data)
  }
}
