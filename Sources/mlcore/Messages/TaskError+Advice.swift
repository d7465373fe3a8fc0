// What to do about the errors of tasks, in the words of the command line.
import LearningTasks

extension TaskError {
  /// The facts, in one line, with the flags of the command line.
  var facts: String {
    switch self {
    case .reasons(let found, let most):
      "--explain is \(found), expected a whole number from 1 to \(most)"
    case .interactions(_, 0):
      "--interactions is given, but no tree of the model asks about two columns on one path"
    case .interactions(let found, let most):
      "--interactions is \(found), expected a whole number from 1 to \(most)"
    default: description
    }
  }

  /// What to do, in one line.
  var advice: String {
    switch self {
    case .noTarget(_, _, let known) where known.count <= 1:
      "the table has the column \(ColumnAdvice.list(known)): name the right delimiter with "
        + "--delimiter; a table without header needs --no-header"
    case .noTarget(let name, _, let known): ColumnAdvice.text(for: name, among: known)
    case .missingLabels: "fill the cells, or remove these rows"
    case .notTwoClasses(_, _, 1, _): "add rows of the other class"
    case .notTwoClasses: "name a column with two classes as --target, or merge the classes"
    case .oneClass: "evaluate on rows of both classes"
    case .noSuchClass: "give --positive one of these"
    case .unknownLabel: "correct the label, or train a model with these classes"
    case .tooFewRows(_, _, _, ofClass: true, _): "add rows of that class"
    case .tooFewRows: "add rows"
    case .noRowsLeft:
      "set data.id to columns that tell one customer or row from another, or add files with other "
        + "rows"
    case .otherTarget(_, let expected, _):
      "set data.target to '\(expected)', or give the other target a home of its own"
    case .textTarget(_, _, let found, _) where found.hasDecimalComma:
      "train with --decimal , if numbers have a comma before the fraction"
    case .textTarget:
      "correct the cell, or name a column of numbers as --target; 'mlcore train classification' "
        + "predicts one of two classes"
    case .unusableTarget: "correct the cell, or remove the row"
    case .constantTarget: "name a column of different numbers as --target"
    case .unknownCategories(let column, _, _, _):
      "write '\(column)' as in the training data, or leave it out of the training with --drop"
    case .missingPartition(let column, _):
      "give --data the folder that holds the folders \(column)=..."
    case .continuedColumn:
      "give the data the columns of that model, or leave --continue-from out"
    case .continuedIsOutput: "give --out another folder"
    case .infinity(_, _, _, canDrop: false), .beyondScale: "correct the cell, or leave it empty"
    case .infinity: "correct the cell, leave it empty, or drop the column with --drop"
    case .noFeatures: "keep at least one column besides the target that has two different values"
    case .unknownColumn(_, let suggestion?): "did you mean '\(suggestion)'?"
    case .unknownColumn: "leave it out, or train with it"
    case .unusableValue: "correct the value, or leave it out if it is not known"
    case .insideModel: "write to another folder"
    case .outputIsInput: "write to a place outside of the table"
    case .notAFolder: "give another name, or remove the file that has it"
    case .otherTask(_, _, let expected):
      "give a folder that 'mlcore tune \(expected)' wrote, or leave --warm-start out"
    case .notAModel: "give a folder that 'mlcore train' or 'mlcore tune' wrote"
    case .otherModel(_, _, let expected):
      "give a folder that " + expected.map { "'mlcore train \($0)'" }.joined(separator: " or ")
        + " wrote"
    case .noStudy: "give a folder that 'mlcore tune' wrote"
    case .exportCalibrated: "train with --calibration none, and export that model"
    case .exportDiffers: "keep using the model with mlcore, and report this with the model"
    case .reasons(_, let most):
      "give --explain a number in that range: the model reads \(most) "
        + "column\(most == 1 ? "" : "s")"
    case .interactions(_, 0): "leave --interactions out"
    case .interactions(_, let most):
      "give --interactions a number in that range: the trees of the model join \(most) "
        + "pair\(most == 1 ? "" : "s") of columns"
    case .noReasons: "leave the reasons out"
    case .nameTaken: "rename the column in the table, and train with the new name as --id"
    case .searchOfContinued:
      "a model that goes on keeps its hyperparameters: set train.trials to 0, or train.continue to "
        + "false"
    case .noUsableTrial:
      "give a lower --learning-rate, or look at the numbers of the features"
    case .cancelled: "run the command again"
    }
  }
}
