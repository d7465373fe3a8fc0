// What can be wrong with a configuration, as facts. The command line adds what to do.
internal import Texts

/// A configuration that cannot be used; the program ends with code 2.
public enum ConfigurationError: Error, Equatable {
  /// There is no such key; `suggestion` is the nearest one, if any is near.
  case unknownKey(key: String, source: String, suggestion: String?)
  /// A section has a value instead of keys; `example` is one of its keys.
  case sectionAsKey(section: String, source: String, example: String)
  /// A file is for another task than the one that is asked for.
  case otherTask(file: String, found: String, expected: String)
  /// The value has the wrong type or is out of range.
  case refused(key: String, source: String, found: String, expected: String)
  /// A value is out of range or does not go with others, whatever has set it; `flag` is nil for a
  /// setting without one.
  case unfit(key: String, flag: String?, found: String, expected: String)
  /// The same for what no configuration has a key for, such as the number of trials.
  case unfitOption(name: String, found: String, expected: String)
  /// The file is not TOML.
  case syntax(file: String, line: Int, problem: String)
  /// The file holds what no TOML text does, or more than is read; columns count characters from 1.
  case notText(file: String, line: Int, column: Int, problem: String)
  /// The file cannot be read.
  case unreadable(file: String, problem: String)
  /// What sets a single key was given something else than `key=value`.
  case notAnAssignment(text: String, source: String)
  /// A setting without which the task cannot run has no value; nil for one without a flag.
  case missing(key: String, flag: String?)
  /// A file does not name the task that it is for.
  case noTask(file: String)
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
    case .sectionAsKey(let section, let source, _):
      "\(source): '\(section)' is a section, expected values of its keys"
    case .otherTask(let file, let found, let expected):
      "\(file): this file is for the task '\(found)', expected '\(expected)'"
    case .refused(let key, let source, let found, let expected):
      "\(source): \(key) is \(found), expected \(expected)"
    case .unfit(let key, let flag, let found, let expected):
      "\(key)\(flag.map { " (\($0))" } ?? "") is \(found), expected \(expected)"
    case .unfitOption(let name, let found, let expected):
      "\(name) is \(found), expected \(expected)"
    case .syntax(let file, let line, let problem):
      "\(file): line \(line): this is not TOML (\(problem.foreignWords))"
    case .notText(let file, let line, let column, let problem):
      "\(file): line \(line), column \(column): found \(problem)"
    case .unreadable(let file, let problem): "\(file): \(problem)"
    case .notAnAssignment(let text, let source): "\(source) \(text): expected section.key=value"
    case .missing(let key, let flag):
      "nothing was given for \(key)" + (flag.map { " (\($0))" } ?? "")
    case .noTask(let file): "\(file): there is no key 'task', expected the name of a task"
    case .conflict(let first, let second): "\(first) and \(second) were both given"
    case .twoRoles(let column, let first, let second):
      "the column '\(column)' is named twice, in \(first) and in \(second)"
    }
  }
}
