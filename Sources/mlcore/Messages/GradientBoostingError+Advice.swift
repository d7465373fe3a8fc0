// What to do about the errors of gradient boosting, in the words of the command line.
import GradientBoosting
import Texts

extension GradientBoostingError {
  /// What to do, in one line.
  var advice: String {
    switch self {
    case .parameterOutOfRange(let name, _, _): "set \(name) to a value in that range"
    case .unusableDirection:
      "write 1 where predictions may never fall along the column, -1 where they may never rise"
    case .constrainedColumnMissing(let name, let known):
      Suggestion.nearest(to: name, in: known).map { "did you mean '\($0)'?" }
        ?? "name a numeric column of the data that the model learns from"
    case .constrainedColumnUnordered: "constrain only columns of numbers"
    case .noRows: "give a table with at least one labelled row"
    case .noUsableFeature: "give a table with columns that vary"
    case .tooManyFeatures: "leave out columns that cannot matter"
    case .noWeight: "give rows of every part a weight above 0"
    case .unusableLabel: "give every training row a label that the objective allows"
    case .unusableWeight: "give every training row a finite weight"
    case .missingFeature: "give the data the columns that the model was trained on"
    case .otherObjective: "continue with the objective of that model, or train a new one"
    case .corruptModel: "train the model again, or restore its folder from a backup"
    case .cancelled: "run the command again"
    }
  }
}
