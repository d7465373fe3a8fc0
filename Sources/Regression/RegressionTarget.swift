// The target of a regression: a number in every row.
import GradientBoosting
import LearningTasks
import Tables
package import Tabular

/// The numbers to predict, checked.
package struct RegressionTarget: TabularTarget {
  let column: String
  /// One number for each row.
  package let labels: [Double]

  /// The fewest rows with which training and judging make sense.
  private static let fewestRows = 20
  /// From this size on sums of squares lose themselves in single precision.
  private static let limit = 1e12

  /// Reads a target.
  ///
  /// - Parameter loss: that of the model.
  /// - Throws: `TaskError`.
  init(_ column: Column, loss: RegressionLoss, data: String) throws {
    guard case .number(let numbers) = column.values else {
      throw TaskError.unusableTarget(
        column: column.name, row: 1, found: "'\(LabelText(column)[0] ?? "")'",
        expected: "a number", data: data)
    }
    let values = numbers.doubles()
    if let first = values.firstIndex(where: \.isNaN) {
      throw TaskError.missingLabels(
        column: column.name, count: values.count { $0.isNaN }, firstRow: first + 1, data: data)
    }
    let isCount = type(of: loss.objective).labelKind == .nonNegative
    if let row = values.firstIndex(where: { abs($0) >= Self.limit || (isCount && $0 < 0) }) {
      throw TaskError.unusableTarget(
        column: column.name, row: row + 1, found: values[row].asWritten,
        expected: isCount
          ? "a number of at least 0 and below 1e12, as the loss \(loss.rawValue) needs"
          : "a number between -1e12 and 1e12", data: data)
    }
    self.column = column.name
    labels = values
  }

  package func check(_ judging: JudgingConfiguration, data: String) throws {
    try check(count: labels.count, fewest: max(Self.fewestRows, 2 * judging.folds), data: data)
    guard labels.contains(where: { $0 != labels[0] }) else {
      throw TaskError.constantTarget(column: column, found: labels[0], data: data)
    }
  }

  package func check(folds: Int, rows: [Int32], data: String) throws {
    try check(count: rows.count, fewest: 2 * folds, suffix: " for \(folds) folds", data: data)
  }

  private func check(count: Int, fewest: Int, suffix: String = "", data: String) throws {
    guard count < fewest else { return }
    throw TaskError.tooFewRows(
      column: column, counts: "\(count)", expected: "at least \(fewest)\(suffix)", ofClass: false,
      data: data)
  }
}
