// A labelled table that has been read for training or searching, with what was found out about it.
import GradientBoosting
import LearningTasks
import NumericCore
import Storage
import Tables

/// A labelled table and the configuration that it was read with.
package struct TabularTable<Problem: TabularProblem>: TrainingTables {
  /// The configuration, with its lists of columns taken apart.
  package let configuration: Problem.Configuration
  let target: Problem.Target
  let rows: LabelledRows
  /// What is needed to read other data in the same way.
  let layout: Problem.Layout
  /// The model to which trees are to be added; nil where training starts anew.
  let continued: InitialModel<Problem>?

  /// Reads the table of a configuration.
  ///
  /// Where training continues from a model, its columns are read as it reads them.
  ///
  /// - Parameter output: the folder that is going to be written; nil for none.
  /// - Throws: `TableError`, `TaskError`, `ConfigurationError`, and the errors of a run folder.
  init(_ configuration: Problem.Configuration, output: String?, context: RunContext) throws {
    try context.begin("reading \(configuration.data.shownPath)")
    let separated = try configuration.separatingNames(reserved: Problem.answerNames)
    let continued = try Problem.continued(by: separated).map {
      try InitialModel<Problem>(folder: $0, output: output)
    }
    let data = separated.data
    (target, rows, layout) = try context.measure(.read) {
      let table = try LabelledTable(data, context: context) { options in
        Problem.adapt(&options, for: data)
        guard let continued else { return }
        options.kinds = try continued.kinds(for: data, asked: options.kinds)
        continued.model.layout.lay(under: &options)
      }
      let target = try Problem.target(
        table.target, separated, continuing: continued, context: context)
      let rows = try table.rows(
        labels: target.labels, keeping: continued?.inputNames ?? [], context: context)
      try target.check(separated.judging, data: data.shownPath)
      let columns = table.layout(rows, formatVersion: continued?.model.layout.formatVersion)
      return (target, rows, Problem.layout(columns, of: target))
    }
    self.configuration = separated
    self.continued = continued
  }

  /// A configuration of this table with every hyperparameter known.
  ///
  /// Resolved once, so that the judged models have the hyperparameters of the written one, though
  /// they learn from fewer rows.
  ///
  /// - Throws: `GradientBoostingError`.
  func resolved(_ configuration: Problem.Configuration) throws -> Problem.Configuration {
    var resolved = configuration
    resolved.boosting = try configuration.boosting.resolved(rows: rows.rowCount).configuration
    // Constraints on numbers that do not vary hold by themselves.
    resolved.boosting.monotoneConstraints = resolved.boosting.monotoneConstraints.filter {
      !rows.columns.constants.contains($0.key)
    }
    return resolved
  }
}
