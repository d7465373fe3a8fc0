// What to do about the errors of tasks, in the words of the command line.
import Tasks

extension TaskError {
  /// The facts, in one line, with the flags of the command line.
  var facts: String {
    switch self {
    case .reasons(let found, let most):
      "--explain is \(found), expected a whole number from 1 to \(most)"
    default: description
    }
  }

  /// What to do, in one line.
  var advice: String {
    switch self {
    case .noTarget(_, _, let suggestion?): "did you mean '\(suggestion)'?"
    case .noTarget: "give --target a column of the table's header"
    case .missingLabels: "fill the cells, or remove these rows"
    case .notTwoClasses(_, _, 1, _): "add rows of the other class; one class cannot be told apart"
    case .notTwoClasses: "name a column with two values as --target, or merge the classes"
    case .noSuchClass: "give --positive one of these"
    case .unknownLabel: "correct the label, or train a model with these classes"
    case .tooFewRows: "add rows; so few cannot tell whether a model is good"
    case .unusableTarget: "correct the cell, or remove the row"
    case .constantTarget: "name a column that varies as --target"
    case .unknownCategories(let column, _, _, _):
      "write '\(column)' as in the training data, or train without it (--drop)"
    case .missingPartition(let column, _):
      "give --data the folder that holds the folders \(column)=..."
    case .continuedColumn:
      "give the data the columns of that model, or leave --continue-from out"
    case .continuedIsOutput: "give --out another folder"
    case .infinity(_, _, _, canDrop: false), .beyondScale: "correct the cell, or leave it empty"
    case .infinity: "correct the cell, leave it empty, or drop the column with --drop"
    case .noFeatures: "keep at least one column besides the target that has two values"
    case .unknownColumn(_, let suggestion?): "did you mean '\(suggestion)'?"
    case .unknownColumn: "leave it out, or train with it"
    case .unusableValue: "correct the value, or leave it out if it is not known"
    case .insideModel: "write to another folder"
    case .outputIsInput: "write to a place outside of the table"
    case .notAFolder: "give another name, or remove the file that has it"
    case .otherTask(_, _, let expected):
      "give a folder that 'mlcore tune \(expected)' wrote, or leave --warm-start out"
    case .notAModel: "give a folder that 'mlcore train' wrote"
    case .exportCalibrated: "train with --calibration none, and export that model"
    case .exportDiffers: "keep using the model with mlcore, and report this with the model"
    case .reasons(_, let most):
      "give --explain a number in that range: the model reads \(most) "
        + "column\(most == 1 ? "" : "s")"
    case .nameTaken: "rename the column in the table, and train with the new name as --id"
    case .vectorNotFinite: "train again with a smaller learning rate"
    case .sameIdentifier: "give every user and every item an identifier of its own"
    case .identifiersTooLong: "choose --format npy or --format parquet"
    case .badStreamRecord: "correct the record, or leave it out"
    case .searchOfContinued:
      "a model that goes on keeps its hyperparameters: set train.trials to 0, or train.continue to "
        + "false"
    case .noUsableTrial:
      "give a lower --learning-rate, or look at the numbers of the features"
    case .recommender(let problem): problem.advice
    case .cancelled: "run the command again"
    }
  }
}

extension RecommenderProblem {
  /// What to do, in one line.
  var advice: String {
    switch self {
    case .noColumn(_, _, _, _, let suggestion?): "did you mean '\(suggestion)'?"
    case .noColumn(_, _, let flag, _, nil): "name the column with \(flag)"
    case .noTimes: "name a column of times as --timestamp, or leave the flag out"
    case .missingTime: "fill the cell, remove the row, or leave --timestamp out"
    case .repeatedEntity: "keep one of the rows"
    case .missingIdentifier: "give the row an identifier, or remove it"
    case .wordForRating: "write a number, or remove the row"
    case .missingRating: "fill the cell, remove the row, or use --preset retrieval without --rating"
    case .featureBeyondScale: "correct the number, or leave it out if it is not known"
    case .unusableRating:
      "correct the row, widen the scale with data.lowest_rating and data.highest_rating, or use "
        + "--preset retrieval"
    case .equalRatings:
      "give the scale with data.lowest_rating and data.highest_rating, or use --preset retrieval"
    case .noInteractions: "check that the tables of users and items belong to these interactions"
    case .nothingToJudge: "give interactions that were not in the training data"
    case .tooFewInteractions(_, anywhereHelps: true):
      "add interactions, give --test, or set evaluation.split to anywhere"
    case .tooFewInteractions: "add interactions, or give --test"
    case .tooFewToValidate: "add interactions, or set model.validation_fraction higher"
    case .noSuchUser: "give --user-features with what is known of a new user"
    case .noSuchItem: "give an item of the training data"
    case .unknownFeature(_, _, let suggestion?): "did you mean '\(suggestion)'?"
    case .unknownFeature: "leave it out, or train with it"
    case .notANumber: "write it as a number, such as 59811"
    case .noDirection: "train with interactions or with features of it"
    case .otherVectors, .otherModel: "load this model with 'mlcore export pgvector' first"
    case .nothingKnown: "give a feature whose value occurs in the training data"
    }
  }
}
