// What to do about the errors of settings, in the words of the command line.
import Configuration

extension ConfigurationError {
  /// What to do, in one line.
  var advice: String {
    switch self {
    case .unknownKey(_, _, let suggestion?): "did you mean '\(suggestion)'?"
    case .unknownKey: "'mlcore help settings' lists the keys"
    case .refused("data.id", _, _, _): "rename the column in the table"
    case .refused(let key, _, _, _): "correct it, or leave \(key) out for its default"
    case .syntax: "correct the line; text needs quotes, lists need brackets"
    case .notText: "correct the line; the file must be UTF-8 text without control characters"
    case .unreadable: "check the path given to --config"
    case .notAnAssignment: "write for example --set boosting.learning_rate=0.05"
    case .missing(let key, let flag?): "add \(flag), or set \(key) in the --config file"
    case .missing(let key, nil): "set \(key) in the --config file"
    case .noTask: "set task in that file, or name the task, as in 'mlcore train churn'"
    case .conflict, .twoRoles: "leave one of them out"
    }
  }
}
