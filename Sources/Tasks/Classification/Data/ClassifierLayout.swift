// preprocessing.json of a classifier: the layout of its tables, and the two classes.
import Tables
import Texts

/// The columns that a churn model reads, and their roles.
struct ClassifierLayout: TableLayout, Equatable {
  var formatVersion = newestFormatVersion
  var target: Schema.Field
  /// The class that means churn.
  var positive: String
  /// The other class.
  var negative: String
  var id: [String]
  var features: [Schema.Field]
  var partitions: [String]?
  var dropped: [DroppedColumn]
  var header: Bool
  /// The probability from which on a row is labelled as churning.
  var threshold = 0.5
  var decimal: String?
  var dates: NamedValues<String>?
  var columnKinds: [ColumnDescription]?

  enum CodingKeys: String, CodingKey {
    case target, positive, negative, id, features, partitions, dropped, header, threshold
    case decimal, dates
    case columnKinds = "column_kinds"
    case formatVersion = "format_version"
  }

  /// The labels of a table that was read as labelled.
  func labels(of table: Table, data: String) throws -> [Double] {
    guard let column = table[target.name] else {
      preconditionFailure("the table was read without '\(target.name)'")
    }
    return try ClassTarget(column, positive: positive, negative: negative, data: data).labels
  }
}

extension ClassifierLayout {
  /// Adds the two classes to columns.
  init(_ columns: ColumnLayout, positive: String, negative: String) {
    self.init(
      formatVersion: columns.formatVersion, target: columns.target, positive: positive,
      negative: negative, id: columns.id, features: columns.features,
      partitions: columns.partitions, dropped: columns.dropped, header: columns.header,
      decimal: columns.decimal, dates: columns.dates, columnKinds: columns.columnKinds)
  }

  /// What the layout contradicts itself in; nil if it does not.
  var problem: String? {
    if let columnProblem { return columnProblem }
    if positive.utf8.elementsEqual(negative.utf8) { return "one class, '\(positive)'" }
    return (0...1).contains(threshold) ? nil : "the threshold \(threshold)"
  }
}
