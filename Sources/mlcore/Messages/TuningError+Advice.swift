// What to do about the errors of searches, in the words of the command line.
import Tuning

extension TuningError {
  /// What to do, in one line.
  var advice: String {
    switch self {
    case .unusableDomain: "correct the bounds, the step or the scale"
    case .outsideSpace: "start from values within the bounds"
    case .corruptStudy: "remove it and search again"
    case .otherStudy(_, let key, _, _):
      "resume with \(Self.means(of: key)), or start anew with --force and without --resume"
    case .unfinished: "go on with --resume, or start anew with --force"
    case .nothingToResume:
      "correct --out, or leave --resume out and give --out a folder that does not exist yet"
    case .fewerTrials(_, let found, _):
      "give --trials \(found) or more, or start anew with --force and without --resume"
    case .locked: "wait until it has ended"
    case .database: "check the folder's permissions and the space on its disk"
    }
  }

  /// What gives a search the same value of a key that decides its trials.
  private static func means(of key: String) -> String {
    switch key {
    case "program": "the version of mlcore that began the search"
    case "data": "the tables that the search began with"
    case "starting points": "the --warm-start of that search"
    case "seed", "sampler", "pruner", "metric", "folds": "the --\(key) of that search"
    default: "the settings that the search began with"
    }
  }
}
