// A churn table that has been read for training or searching, with what was found out about it.
import GradientBoosting
import NumericCore
import Storage
import Tables

/// A labelled table and the configuration that it was read with.
package struct ClassifierTable: TrainingTables {
  /// The configuration, with its lists of columns taken apart.
  package let configuration: ChurnConfiguration
  let data: ClassifierData
  /// The model to which trees are to be added; nil where training starts anew.
  let continued: InitialModel?

  /// Reads the table of a configuration.
  ///
  /// - Parameter target: the folder that is going to be written; nil for none.
  /// - Throws: the errors of reading.
  init(_ configuration: ChurnConfiguration, target: String?, context: RunContext) throws {
    try context.begin("reading \(configuration.data.shownPath)")
    let separated = try configuration.separatingNames(reserved: PredictionColumns.columnNames)
    let continued = try separated.continueFrom.map {
      try InitialModel(folder: $0, target: target)
    }
    data = try context.measure(.read) {
      try ClassifierData.reading(separated, continuing: continued, context: context)
    }
    self.configuration = separated
    self.continued = continued
  }

  /// A configuration of this table with every hyperparameter known.
  ///
  /// - Throws: `GradientBoostingError`.
  func resolved(_ configuration: ChurnConfiguration) throws -> ChurnConfiguration {
    try configuration.resolved(rows: data.rowCount, constants: data.columns.constants)
  }
}
