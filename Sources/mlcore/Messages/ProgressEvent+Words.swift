// What a run says of its data and results while it runs, in the words of the command line.
import LearningTasks
import Tables

extension ProgressEvent {
  /// The words for people with what kind they are of; nil for what only moves a bar.
  var message: (kind: String, text: String)? {
    switch self {
    case .note(let text): ("note", text)
    case .unseenCategories(let found): ("note", found.words)
    case .doubtfulKind(let finding): ("note", finding.words)
    case .warning(let warning): ("warning", warning.words)
    case .phase, .round, .trial: nil
    }
  }
}

extension RunWarning {
  /// The warning, in one line.
  fileprivate var words: String {
    switch self {
    case .sameTable(let test):
      "\(test) of --test is the training data itself: the metrics say nothing about new rows"
    case .sharedIdentifiers(let rows, let count, let test):
      "\(rows) of the \(count) rows of \(test) of --test have an identifier that is in the "
        + "training data too: on customers that were learnt from the metrics are too good"
    case .equalRows(let rows, let count, let test):
      "\(rows) of the \(count) rows of \(test) of --test are equal to rows of the training "
        + "data: on rows that were learnt from the metrics are too good"
    case .trainedOn(let table):
      "the model was trained on \(table) itself: the metrics say nothing about new rows"
    case .learntBefore(let table):
      "the model continued from has learnt from the rows of \(table): the metrics are too good"
    case .calibratedOnLearnt(let table):
      "the model continued from has learnt from the rows of \(table), on which calibration is "
        + "fitted: probabilities are too close to 0 and 1"
    case .fewRows(let count):
      "the metrics are measured on only \(count) rows, and so are rough"
    case .largeGroup(let data, let rows, let count):
      "\(data): one group of rows that repeat each other has \(rows) of \(count) rows, so that "
        + "no even split is left and the metrics are rough: remove repeated rows"
    case .emptyColumn(let column, let rows):
      "'\(column)' is missing in all \(rows) rows, though the model was trained on its values: check "
        + "the step that wrote the table"
    case .unseenCategories(let found): found.words
    case .guessedClass(let column, let positive, let negative):
      "the classes of '\(column)' are the numbers \(negative) and \(positive); \(positive), the "
        + "rarer one, is taken for the positive class: give --positive to say which"
    case .leak(let feature):
      "the AUC is suspiciously high: check whether '\(feature)', the strongest feature, "
        + "is known before the event, else leave it out with --drop"
    case .betterBaseline(let name, let k, let model, let baseline):
      "the baseline \(name.replacing("_", with: " ")) ranks better than the model: "
        + "NDCG@\(k) \(baseline.fixed(4)), model \(model.fixed(4)); "
        + (["graph", "ease"].contains(name)
          ? "train with --preset \(name)"
          : "search hyperparameters with 'mlcore tune recommender', or give the model more "
            + "interactions")
    case .text(let text): text
    }
  }
}

extension UnseenCategories {
  /// The fact, in one line.
  fileprivate var words: String {
    let tenths = (1_000 * Double(count) / Double(rows)).rounded()
    let share = tenths == 0 ? "less than 0.1" : "\(tenths / 10)"
    return "'\(column)' has categories that the model has never seen in \(count) rows "
      + "(\(share) %), such as '\(example)'; the model treats them as missing values"
  }
}

extension ColumnFinding {
  /// What the user should know of a kind that may be another one than is wanted.
  fileprivate var words: String {
    let facts = "'\(name)' is a \(kind.rawValue): \(reason)"
    let advice: String? =
      switch reason {
      case .leadingZeros: "--numeric \(name) makes it a number"
      case .exceptions(_, _, _, .number): "leave such cells empty to make it a number"
      case .exceptions: "leave such cells empty to make it a date"
      case .foreignDates(_, let formats):
        formats.isEmpty
          ? "write all of them in one way, and name it with --date \(name)=FORMAT"
          : formats.prefix(2).map { "--date '\(name)=\($0)'" }.joined(separator: " or ")
            + " reads them"
      case .decimalCommas: "--decimal , reads them"
      case .markedNumbers: "write digits only, with a decimal point, to make it a number"
      case .given, .missing, .numbers, .instants, .booleans, .declared, .texts: nil
      }
    return advice.map { "\(facts); \($0)" } ?? facts
  }
}
