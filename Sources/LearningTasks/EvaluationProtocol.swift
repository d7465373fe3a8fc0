// How a model was judged, as facts and as the one sentence that documents have.

/// The rows that a model is judged on, none of which the judged model has learnt from.
package enum EvaluationProtocol: Sendable, Equatable {
  /// The mean over so many folds.
  case folds(Int)
  /// So many rows that were set aside, before the final training on all rows.
  case holdout(rows: Int)
  /// So many rows of a table of its own.
  case test(String, rows: Int)

  /// The sentence, as `judged_on` of metrics.json and of `inspect` has it.
  ///
  /// - Parameter unit: what the rows are, in the plural.
  func sentence(_ unit: String) -> String {
    switch self {
    case .folds(let count): "as the mean of \(count) folds"
    case .holdout(let rows): "on \(rows) \(unit) set aside, before the final training"
    case .test(let name, let rows): "on the \(rows) \(unit) of \(name)"
    }
  }
}
