// Reasons to doubt a result, as facts. They are for people; nothing that is written depends on them.

/// A reason to doubt the result of a run.
package enum RunWarning: Sendable, Equatable {
  /// The table to judge on is the training table.
  case sameTable(test: String)
  /// Rows of the table to judge on have an identifier of the training table.
  case sharedIdentifiers(rows: Int, of: Int, test: String)
  /// Rows of the table to judge on are equal to rows of the training table.
  case equalRows(rows: Int, of: Int, test: String)
  /// The model was trained on the table that it is evaluated on.
  case trainedOn(table: String)
  /// The model that training went on from has learnt from a table to judge on.
  case learntBefore(table: String)
  /// The model that training went on from has learnt from the table of the calibration.
  case calibratedOnLearnt(table: String)
  /// The metrics are measured on few rows.
  case fewRows(Int)
  /// One group of rows that repeat each other is large.
  case largeGroup(data: String, rows: Int, of: Int)
  /// A column that the model reads is missing in all rows.
  case emptyColumn(String, rows: Int)
  /// A column has many categories that the model has never seen.
  case unseenCategories(UnseenCategories)
  /// Of two numbers the positive one was chosen by its frequency alone.
  case guessedClass(column: String, positive: String, negative: String)
  /// The AUC is so high that a feature may only be known after the event.
  case leak(feature: String)
  /// A baseline ranks better than the model by more than chance; both NDCGs are of lists of `k`.
  case betterBaseline(name: String, k: Int, model: Double, baseline: Double)
  /// A line that has no facts of its own.
  case text(String)
}

/// A column with categories that a model has never seen.
package struct UnseenCategories: Sendable, Equatable {
  /// The column.
  package let column: String
  /// How many of the rows have one, and how many have any category.
  package let count: Int
  package let present: Int
  /// How many rows there are.
  package let rows: Int
  /// The first of them.
  package let example: String
  /// Some that the model has seen, in the order of their bytes.
  package let known: [String]

  /// Describes a column.
  package init(
    column: String, count: Int, present: Int, rows: Int, example: String, known: [String]
  ) {
    self.column = column
    self.count = count
    self.present = present
    self.rows = rows
    self.example = example
    self.known = known
  }
}
