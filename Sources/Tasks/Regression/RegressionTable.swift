// Reads the tables of a regression: the target is a number in every row.
import NumericCore
import Tables
import Texts

/// A table that has been read for training, with what was found out about it.
package struct RegressionTable: TrainingTables {
  /// The configuration, with its lists of columns taken apart.
  package let configuration: RegressionConfiguration
  let rows: LabelledRows
  let layout: ColumnLayout

  /// The fewest rows with which training and judging make sense.
  private static let fewestRows = 20

  /// Reads the table of a configuration.
  ///
  /// - Throws: `TableError`, `TaskError`, `ConfigurationError`.
  init(_ configuration: RegressionConfiguration, context: RunContext) throws {
    try context.begin("reading \(configuration.data.shownPath)")
    let separated = try configuration.separatingNames(reserved: RegressionPredictor.columnNames)
    let data = separated.data
    (rows, layout) = try context.measure(.read) {
      let table = try LabelledTable(data, context: context) {
        $0.kinds[ByteText(data.target)] = .number
      }
      let target = try RegressionTarget(table.target, loss: separated.loss, data: data.shownPath)
      try target.checkTraining(
        fewest: max(Self.fewestRows, 2 * separated.judging.folds), data: data.shownPath)
      let rows = try table.rows(labels: target.values, context: context)
      return (rows, table.layout(rows))
    }
    self.configuration = separated
  }
}

/// The numbers to predict, checked.
struct RegressionTarget {
  let column: String
  /// One number for each row.
  let values: [Double]

  /// From this size on sums of squares lose themselves in single precision.
  private static let limit = 1e12

  /// Reads a target.
  ///
  /// - Parameter loss: that of the model.
  /// - Throws: `TaskError`.
  init(_ column: Column, loss: RegressionConfiguration.Loss, data: String) throws {
    guard case .number(let numbers) = column.values else {
      throw TaskError.unusableTarget(
        column: column.name, row: 1, found: LabelText(column)[0] ?? "", expected: "a number",
        data: data)
    }
    let values = numbers.doubles()
    if let first = values.firstIndex(where: \.isNaN) {
      throw TaskError.missingLabels(
        column: column.name, count: values.count { $0.isNaN }, firstRow: first + 1, data: data)
    }
    let isCount = loss == .poisson
    if let row = values.firstIndex(where: { abs($0) >= Self.limit || (isCount && $0 < 0) }) {
      throw TaskError.unusableTarget(
        column: column.name, row: row + 1, found: "\(values[row])",
        expected: isCount
          ? "a number of at least 0 and below 1e12, as the loss poisson needs"
          : "a number between -1e12 and 1e12", data: data)
    }
    self.column = column.name
    self.values = values
  }

  /// Refuses a target that there is nothing to learn of.
  ///
  /// - Throws: `TaskError.tooFewRows`, `.constantTarget`.
  func checkTraining(fewest: Int, data: String) throws {
    guard values.count >= fewest else {
      throw TaskError.tooFewRows(
        column: column, counts: "\(values.count)", expected: "at least \(fewest)", data: data)
    }
    guard values.contains(where: { $0 != values[0] }) else {
      throw TaskError.constantTarget(column: column, found: values[0], data: data)
    }
  }
}

extension ColumnLayout {
  /// The targets of a table that was read as labelled.
  ///
  /// - Throws: `TaskError`.
  func targets(
    of table: Table, loss: RegressionConfiguration.Loss, data: String
  ) throws -> [Double] {
    guard let column = table[target.name] else {
      preconditionFailure("the table was read without '\(target.name)'")
    }
    return try RegressionTarget(column, loss: loss, data: data).values
  }
}
