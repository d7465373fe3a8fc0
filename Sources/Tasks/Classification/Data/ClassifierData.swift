// Reads churn tables: once to find out what the columns are, later by what was found.
import Tables

/// A labelled table, ready to learn from.
@dynamicMemberLookup
struct ClassifierData: Sendable {
  /// The rows.
  let rows: LabelledRows
  /// The target.
  let target: ClassTarget
  /// What is needed to read other data in the same way.
  let layout: ClassifierLayout

  subscript<Value>(dynamicMember path: KeyPath<LabelledRows, Value>) -> Value {
    rows[keyPath: path]
  }

  /// Reads the table that a model is trained on.
  ///
  /// Where training continues from a model, its columns are read as it reads them, and its classes
  /// are those of the target.
  ///
  /// - Throws: `TableError`, `TaskError`.
  static func reading(
    _ churn: ChurnConfiguration, continuing continued: InitialModel?, context: RunContext
  ) throws -> ClassifierData {
    let configuration = churn.data
    let table = try LabelledTable(configuration, context: context) { options in
      guard let continued else { return }
      options.kinds = try continued.kinds(for: configuration, asked: options.kinds)
      continued.layout.lay(under: &options)
    }
    try continued?.checkPositive(churn.positive)
    let target =
      if let continued {
        try ClassTarget(
          table.target, positive: continued.positive, negative: continued.negative,
          data: configuration.shownPath)
      } else {
        try ClassTarget(table.target, positive: churn.positive, data: configuration.shownPath)
      }
    if target.isGuess {
      context.warn([
        "the classes of '\(target.column)' are the numbers \(target.negative) and "
          + "\(target.positive); \(target.positive), the rarer one, is taken for churn: give "
          + "--positive to say which"
      ])
    }
    let rows = try table.rows(
      labels: target.labels, keeping: continued?.inputNames ?? [], context: context)
    return ClassifierData(
      rows: rows, target: target,
      layout: ClassifierLayout(
        table.layout(rows, formatVersion: continued?.layout.formatVersion),
        positive: target.positive, negative: target.negative))
  }
}
