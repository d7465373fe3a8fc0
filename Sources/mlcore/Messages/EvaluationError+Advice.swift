// What to do about rows that cannot be evaluated, in the words of the command line.
import Evaluation

extension EvaluationError {
  /// What to do, in one line.
  var advice: String {
    switch self {
    case .empty: "give a table with at least one labelled row of each class"
    case .probability: "check the model that made the probabilities"
    case .weight: "correct the weight column, or leave it out"
    case .oneClass: "evaluate on rows of both classes"
    case .tooFewRows: "use fewer folds, or more rows of that class"
    case .groupsTooLarge: "remove repeated rows, use fewer folds, or give a test table"
    }
  }
}
