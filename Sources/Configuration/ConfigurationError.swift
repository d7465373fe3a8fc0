// What can be wrong with a configuration, as facts, and the only place that puts it into words.

/// A configuration that cannot be used; the program ends with code 2.
public enum ConfigurationError: Error, Equatable {
  /// There is no such key; `suggestion` is the nearest one, if any is near.
  case unknownKey(key: String, source: String, suggestion: String?)
  /// The value has the wrong type or is out of range.
  case refused(key: String, source: String, found: String, expected: String)
  /// The file is not TOML.
  case syntax(file: String, line: Int, problem: String)
  /// The file holds what no TOML text does, or more than is read; columns count characters from 1.
  case notText(file: String, line: Int, column: Int, problem: String)
  /// The file cannot be read.
  case unreadable(file: String, problem: String)
  /// `--set` was given something else than `key=value`.
  case notAnAssignment(text: String)
  /// A setting without which the task cannot run has no value.
  case missing(key: String, flag: String)
  /// Two settings exclude each other.
  case conflict(String, String)
  /// A column is named for two roles, or twice for one.
  case twoRoles(column: String, String, String)
}

extension ConfigurationError: CustomStringConvertible {
  /// The facts, in one line.
  public var description: String {
    switch self {
    case .unknownKey(let key, let source, _): "\(source): there is no key '\(key)'"
    case .refused(let key, let source, let found, let expected):
      "\(source): \(key) is \(found), expected \(expected)"
    case .syntax(let file, let line, let problem): "\(file): line \(line): \(problem)"
    case .notText(let file, let line, let column, let problem):
      "\(file): line \(line), column \(column): found \(problem)"
    case .unreadable(let file, let problem): "\(file): \(problem)"
    case .notAnAssignment(let text): "--set \(text): expected section.key=value"
    case .missing(let key, let flag): "nothing was given for \(key) (\(flag))"
    case .conflict(let first, let second): "\(first) and \(second) were both given"
    case .twoRoles(let column, let first, let second):
      "the column '\(column)' is named twice, in \(first) and in \(second)"
    }
  }

  /// What to do, in one line.
  public var advice: String {
    switch self {
    case .unknownKey(_, _, let suggestion?): "did you mean '\(suggestion)'?"
    case .unknownKey: "'mlcore help settings' lists the keys"
    case .refused("data.id", _, _, _): "rename the column in the table"
    case .refused(let key, _, _, _): "correct it, or leave \(key) out for its default"
    case .syntax: "correct the line; text needs quotes, lists need brackets"
    case .notText: "correct the line; the file must be UTF-8 text without control characters"
    case .unreadable: "check the path given to --config"
    case .notAnAssignment: "write for example --set boosting.learning_rate=0.05"
    case .missing(let key, let flag): "add \(flag), or set \(key) in the --config file"
    case .conflict, .twoRoles: "leave one of them out"
    }
  }
}
