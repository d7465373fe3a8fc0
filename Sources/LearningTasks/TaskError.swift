// What can be wrong with data or a folder for a task, as facts. The command line adds what to do.

/// An error about what a task was given, such as a file, which the loop refuses for it.
package protocol TaskFailure: Error, CustomStringConvertible {}

/// A run that a task refuses, of the kinds that several tasks have.
package enum TaskError: TaskFailure, Equatable {
  /// The target is not a column of the table.
  case noTarget(name: String, data: String, known: [String])
  /// The target has missing cells.
  case missingLabels(column: String, count: Int, firstRow: Int, data: String)
  /// The target does not have two classes; at most the first five are listed.
  case notTwoClasses(column: String, classes: [String], count: Int, data: String)
  /// The positive class is not one of the target's.
  case noSuchClass(name: String, column: String, classes: [String], data: String)
  /// A label of other data is not a class that the model knows.
  case unknownLabel(label: String, row: Int, column: String, classes: [String], data: String)
  /// There are too few rows, or `ofClass` too few rows of a class; all but the column and the data in
  /// words.
  case tooFewRows(
    column: String, counts: String, expected: String, ofClass: Bool, data: String)
  /// The rows of all files leave none to judge on, or none to learn from.
  case noRowsLeft(toJudge: Bool, rows: Int, files: Int, id: [String])
  /// The settings of a loop name another target than its champion has.
  case otherTarget(found: String, expected: String, model: String)
  /// A target that must be a number is no usable one; `found` has the quotes of a text.
  case unusableTarget(column: String, row: Int, found: String, expected: String, data: String)
  /// A cell of a target that must be a number is a text; `place` is its line or row.
  case textTarget(column: String, place: String, found: String, data: String)
  /// The rows to evaluate on are all of one class.
  case oneClass(isPositive: Bool, rows: Int, data: String)
  /// A target that must be a number is the same in all rows.
  case constantTarget(column: String, found: Double, data: String)
  /// A number of a feature is too large to be scaled.
  case beyondScale(column: String, row: Int, found: Double, data: String)
  /// A number is infinite; a column of a trained model cannot be dropped.
  case infinity(column: String, row: Int, data: String, canDrop: Bool)
  /// A column has no category that the model knows; some that it knows.
  case unknownCategories(column: String, example: String, known: [String], data: String)
  /// A column is missing that was the name of folders in training.
  case missingPartition(column: String, data: String)
  /// The model to continue from reads a column that the new data do not offer.
  case continuedColumn(column: String, kind: String, problem: String, data: String, model: String)
  /// The model to continue from is in the folder that is going to be written.
  case continuedIsOutput(folder: String)
  /// No column is left to learn from.
  case noFeatures(data: String)
  /// The folder is not a model folder.
  case notAModel(folder: String, problem: String)
  /// The model is one of another task than one of those that can be used.
  case otherModel(folder: String, found: String, expected: [String])
  /// The run folder is not that of a search.
  case noStudy(folder: String)
  /// The study of an earlier search is one of another task.
  case otherTask(folder: String, found: String, expected: String)
  /// More or fewer reasons are asked for than a model can give.
  case reasons(found: Int, most: Int)
  /// Reasons are asked for, and models of the task give none for the rows of tables.
  case noReasons(task: String)
  /// More or fewer interactions are asked for than a model has.
  case interactions(found: Int, most: Int)
  /// An identifier has the name of a column that predictions have.
  case nameTaken(column: String, data: String)
  /// A row to predict has a value under a name that no column of the model has.
  case unknownColumn(name: String, suggestion: String?)
  /// A value of a row to predict is not of the kind of its column.
  case unusableValue(column: String, found: String, expected: String)
  /// An output would be written into a model folder.
  case insideModel(path: String, folder: String)
  /// An output is what is read, lies in a folder that is read, or would take it away.
  case outputIsInput(path: String, input: String)
  /// An output folder cannot be made.
  case notAFolder(path: String)
  /// An export holds only trees, and the probabilities of a calibrated model differ from theirs.
  case exportCalibrated(folder: String)
  /// A file for another program would not predict as the model does.
  case exportDiffers(file: String, difference: Double, limit: Double)
  /// A search is asked for, and a training that continues from a model.
  case searchOfContinued(file: String, trials: Int)
  /// No trial of a search ended with a finite loss.
  case noUsableTrial(count: Int)
  /// The work was stopped from outside.
  case cancelled
}

extension TaskError {
  /// The facts, in one line.
  package var description: String {
    switch self {
    case .noTarget(let name, let data, _): "\(data): there is no column '\(name)' to predict"
    case .missingLabels(let column, let count, let firstRow, let data):
      "\(data): the target '\(column)' has \(count) missing cell\(count == 1 ? "" : "s"), the first "
        + "in data row \(firstRow)"
    case .notTwoClasses(let column, let classes, let count, let data):
      "\(data): the target '\(column)' has \(count) class\(count == 1 ? "" : "es") "
        + "(\(Self.list(classes, of: count))), expected 2"
    case .noSuchClass(let name, let column, let classes, let data):
      "\(data): the positive class '\(name)' is not in '\(column)', which has "
        + classes.map { "'\($0)'" }.joined(separator: " and ")
    case .unknownLabel(let label, let row, let column, let classes, let data):
      "\(data): data row \(row) of '\(column)' is '\(label)', expected "
        + classes.map { "'\($0)'" }.joined(separator: " or ")
    case .tooFewRows(let column, let counts, let expected, _, let data):
      "\(data): the target '\(column)' has \(counts) rows, expected \(expected)"
    case .noRowsLeft(let toJudge, let rows, let files, let id):
      "\(files) file\(files == 1 ? "" : "s"): found no row to \(toJudge ? "judge on" : "learn from") "
        + "among \(rows), expected rows "
        + (id.isEmpty
          ? "that do not repeat each other: data.id names no column"
          : "with different values of data.id (\(id.joined(separator: ", "))) that do not repeat "
            + "each other")
    case .otherTarget(let found, let expected, let model):
      "data.target is '\(found)', expected '\(expected)', the target of the champion in \(model)"
    case .unusableTarget(let column, let row, let found, let expected, let data):
      "\(data): the target '\(column)' is \(found) in data row \(row), expected \(expected)"
    case .textTarget(let column, let place, let found, let data):
      "\(data): the target '\(column)' is '\(found)' in \(place), expected a number: regression "
        + "predicts numbers"
    case .oneClass(let isPositive, let rows, let data):
      "\(data): all \(rows) rows are \(isPositive ? "positive" : "negative"), expected rows of both "
        + "classes"
    case .constantTarget(let column, let found, let data):
      "\(data): the target '\(column)' is \(found.asWritten) in all rows, expected numbers that vary"
    case .unknownCategories(let column, let example, let known, let data):
      "\(data): no row of '\(column)' has a category that the model knows: found '\(example)', "
        + "expected one such as " + known.map { "'\($0)'" }.joined(separator: ", ")
    case .missingPartition(let column, let data):
      "\(data): the column '\(column)' is missing, which folders \(column)=... held in training"
    case .continuedColumn(let column, let kind, let problem, let data, let model):
      "\(data): the column '\(column)' \(problem), expected a column of the kind \(kind), which the "
        + "model in \(model) reads"
    case .continuedIsOutput(let folder):
      "\(folder): boosting.continue_from is the folder that is going to be written, expected another "
        + "one, which stays as it is"
    case .infinity(let column, let row, let data, _):
      "\(data): column '\(column)' is infinite in data row \(row), expected a finite number"
    case .beyondScale(let column, let row, let found, let data):
      "\(data): column '\(column)' is \(found) in data row \(row), expected a number between -1e140 "
        + "and 1e140"
    case .noFeatures(let data): "\(data): no column is left to learn from"
    case .notAModel(let folder, let problem): "\(folder): \(problem)"
    case .otherModel(let folder, let found, let expected):
      "\(folder): this is a model of the task '\(found)', expected "
        + expected.map { "'\($0)'" }.joined(separator: " or ")
    case .noStudy(let folder): "\(folder): this run folder holds no study of a search"
    case .otherTask(let folder, let found, let expected):
      "\(folder): this is a search of the task '\(found)', expected one of the task '\(expected)'"
    case .reasons(let found, let most):
      "\(found) reasons are asked for, expected a whole number from 1 to \(most)"
    case .interactions(_, 0):
      "interactions are asked for, but no tree of the model asks about two columns on one path"
    case .interactions(let found, let most):
      "\(found) interactions are asked for, expected a whole number from 1 to \(most)"
    case .nameTaken(let column, let data):
      "\(data): the identifier '\(column)' has the name of a column of the predictions"
    case .noReasons(let task): "a model of the task \(task) gives no reasons for the rows of tables"
    case .unknownColumn(let name, _): "the model knows no column '\(name)'"
    case .unusableValue(let column, let found, let expected):
      "the column '\(column)' is '\(found)', expected \(expected)"
    case .insideModel(let path, let folder):
      "\(path): this is inside the model folder \(folder), which holds nothing but the model"
    case .outputIsInput(let path, let input):
      "\(path): writing this would change \(input), which is read as a table"
    case .notAFolder(let path): "\(path): a folder of this name cannot be made"
    case .exportCalibrated(let folder):
      "\(folder): the model is calibrated, expected one that is not: an export holds trees only"
    case .exportDiffers(let file, let difference, let limit):
      "\(file): the exported model's predictions differ by up to \(difference), expected at most "
        + "\(limit); it was not written"
    case .searchOfContinued(let file, let trials):
      "\(file): train.trials is \(trials) and train.continue is true, expected one of them"
    case .noUsableTrial(let count):
      "none of \(count) trial\(count == 1 ? "" : "s") ended with a finite loss"
    case .cancelled: "stopped"
    }
  }

  private static func list(_ classes: [String], of count: Int) -> String {
    classes.map { "'\($0)'" }.joined(separator: ", ") + (count > classes.count ? ", ..." : "")
  }
}
