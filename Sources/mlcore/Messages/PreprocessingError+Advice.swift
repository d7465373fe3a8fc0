// What to do about columns that cannot become numbers, in the words of the command line.
import Preprocessing

extension PreprocessingError {
  /// What to do, in one line.
  var advice: String {
    switch self {
    case .missingColumn: "add the column; its cells may be empty"
    case .wrongKind: "write the column as in the training data"
    case .infinite, .beyondScale: "leave the cell empty if the value is unknown, or drop the column"
    }
  }
}
