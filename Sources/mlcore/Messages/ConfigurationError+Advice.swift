// What to do about the errors of settings, in the words of the command line.
import Configuration

extension ConfigurationError {
  /// The facts, in one line; what no configuration has a key for is a flag.
  var facts: String {
    switch self {
    case .unfitOption: "--\(description)"
    default: description
    }
  }

  /// What to do, in one line.
  var advice: String {
    switch self {
    case .unknownKey(_, _, let suggestion?): "did you mean '\(suggestion)'?"
    case .unknownKey: "'mlcore help settings' lists the keys"
    case .sectionAsKey(let section, "--set", let example):
      "write for example --set \(example)=VALUE; 'mlcore help settings' lists the keys "
        + "of \(section)"
    case .sectionAsKey(let section, _, let example):
      "write [\(section)] on a line, and below it lines such as "
        + "\(example.dropFirst(section.count + 1)) = VALUE"
    case .unfit("data.id", _, _, _): "rename the column in the table"
    case .otherTask(_, let found, let expected):
      "give a file of the task \(expected), or name the task \(found) in place of \(expected)"
    case .refused(let key, _, _, _), .unfit(let key, _, _, _):
      "correct it, or leave \(key) out for its default"
    case .unfitOption(let name, _, _): "correct it, or leave --\(name) out for its default"
    case .syntax: "correct the line; text needs quotes, lists need brackets"
    case .notText: "correct the line; the file must be UTF-8 text without control characters"
    case .unreadable: "name a file with settings that you may read, such as a run.toml"
    case .notAnAssignment: "write for example --set boosting.learning_rate=0.05"
    case .missing(let key, let flag?): "add \(flag), or set \(key) in the --config file"
    case .missing(let key, nil): "set \(key) in the --config file"
    case .noTask: "set task in that file, or name the task, as in 'mlcore train churn'"
    case .conflict, .twoRoles: "leave one of them out"
    }
  }
}
