// What can go wrong in searching, as facts. The command line adds what to do.
internal import Texts

/// An error of this module.
public enum TuningError: Error, Equatable, Sendable {
  /// A parameter's domain holds nothing, or contradicts itself.
  case unusableDomain(parameter: String, expected: String)
  /// A point to start from is not in the space.
  case outsideSpace(trial: Int)
  /// The file is not a study, or contradicts itself.
  case corruptStudy(path: String, reason: String)
  /// The study in the file is another search: something that decides its trials has another value,
  /// or none.
  case otherStudy(path: String, key: String, found: String?, expected: String?)
  /// A study was begun there and has not ended.
  case unfinished(path: String)
  /// Trials are to be added where there are none.
  case nothingToResume(path: String)
  /// The study has more trials than are wanted.
  case fewerTrials(path: String, found: Int, asked: Int)
  /// Another process works on the study.
  case locked(path: String)
  /// The database cannot be read or written.
  case database(path: String, reason: String)
}

extension TuningError: CustomStringConvertible {
  /// The facts, in one line.
  public var description: String {
    switch self {
    case .unusableDomain(let parameter, let expected):
      "the search space of '\(parameter)' cannot be used, expected \(expected)"
    case .outsideSpace(let trial): "trial \(trial) starts outside the search space"
    case .corruptStudy(let path, let reason): "\(path): the study is damaged: \(reason)"
    case .otherStudy(let path, let key, let found, let expected):
      "\(path): the study there is another one: "
        + Self.difference(of: key, found ?? "none", expected ?? "none")
    case .unfinished(let path): "\(path): a study was begun there and has not ended"
    case .nothingToResume(let path):
      "\(path): no search was begun for this folder, so there is nothing to resume"
    case .fewerTrials(let path, let found, let asked):
      "\(path): the study there has \(found) trial\(found == 1 ? "" : "s"), expected at most the "
        + "\(asked) that are asked for"
    case .locked(let path): "\(path): another process works on this study"
    case .database(let path, let reason):
      "\(path): the study cannot be stored (\(reason.foreignWords))"
    }
  }

  /// Checksums tell people nothing but that they differ.
  private static func difference(of key: String, _ found: String, _ expected: String) -> String {
    let longest = 40
    return max(found.count, expected.count) <= longest
      ? "found \(key) \(found), expected \(expected)"
      : "found another value of '\(key)', expected that of this search"
  }
}
