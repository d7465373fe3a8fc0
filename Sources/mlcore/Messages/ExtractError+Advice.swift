// What to do about the errors of extractions, in the words of the command line.
import Extraction

extension ExtractError {
  /// What to do, in one line.
  var advice: String {
    switch self {
    case .notText: "save the query as UTF-8 text"
    case .noRows: "check the source and the query; an empty result never replaces what is there"
    case .onlyPartitions: "add columns to the query"
    case .foreignFolder:
      "move them away, choose another folder, or add --force to replace its CSV and Parquet files"
    case .foreignBelow: "choose another folder, or move that file away"
    case .otherPartitions: "choose another folder, or add --force to replace the partitions"
    case .locked: "wait until it has finished, and try again"
    case .notSorted:
      "partition by a column of numbers or strings, and report this with the database"
    }
  }
}
