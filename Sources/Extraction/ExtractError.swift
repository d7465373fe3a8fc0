// What can be wrong with an extraction, beside the database and the files, as facts.

/// An extraction that is refused or was cut short.
package enum ExtractError: Error, Equatable {
  /// A query file is not UTF-8.
  case notText(file: String)
  /// The query returned nothing.
  case noRows(query: String, source: String)
  /// A partition column is all that the query returns.
  case onlyPartitions(column: String, query: String)
  /// The folder has files that `etl` did not write.
  case foreignFolder(folder: String, example: String)
  /// A folder below the folder, which is no partition, has data files.
  case foreignBelow(folder: String, example: String)
  /// The folder is partitioned by another column.
  case otherPartitions(folder: String, found: String, wanted: String)
  /// Another process writes into the folder.
  case locked(folder: String)
  /// Rows of a partition came apart.
  case notSorted(column: String, value: String?)
}

extension ExtractError: CustomStringConvertible {
  /// The facts, in one line.
  package var description: String {
    switch self {
    case .notText(let file): "\(file): this is not UTF-8 text, expected one SELECT"
    case .noRows(let query, let source):
      "\(query): the query returned no row from \(source); nothing was changed"
    case .onlyPartitions(let column, let query):
      "\(query): the query returns only '\(column)', which names the partitions"
    case .foreignFolder(let folder, let example):
      "\(folder): the folder holds files that 'mlcore etl' did not write, such as \(example)"
    case .foreignBelow(let folder, let example):
      "\(folder): there is \(example), expected data files in the folder itself or in its partitions"
    case .otherPartitions(let folder, let found, let wanted):
      "\(folder): the folder is partitioned by '\(found)', expected '\(wanted)'"
    case .locked(let folder): "\(folder): another process is writing into this folder"
    case .notSorted(let column, let value):
      "the source sent rows with \(column) = '\(value ?? "NULL")' in two places"
    }
  }
}
