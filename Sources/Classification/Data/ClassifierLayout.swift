// preprocessing.json of a classifier: the layout of its tables, and the two classes.
package import Tables
package import Tabular
package import Texts

/// The columns that a classifier reads, and their roles.
package struct ClassifierLayout: TableLayout, Equatable {
  package var formatVersion = newestFormatVersion
  package var target: Schema.Field
  /// The positive class.
  var positive: String
  /// The other class.
  var negative: String
  package var id: [String]
  package var features: [Schema.Field]
  package var partitions: [String]?
  package var dropped: [DroppedColumn]
  package var header: Bool
  /// The probability from which on a row is labelled as positive.
  var threshold = 0.5
  package var decimal: String?
  package var dates: NamedValues<String>?
  package var columnKinds: [ColumnDescription]?

  enum CodingKeys: String, CodingKey {
    case target, positive, negative, id, features, partitions, dropped, header, threshold
    case decimal, dates
    case columnKinds = "column_kinds"
    case formatVersion = "format_version"
  }

  /// The labels of a table that was read as labelled.
  func labels(of table: Table, data: String) throws -> [Double] {
    try ClassTarget(
      targetColumn(of: table), positive: positive, negative: negative, data: data
    ).labels
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
  package var problem: String? {
    if let columnProblem { return columnProblem }
    if positive.utf8.elementsEqual(negative.utf8) { return "one class, '\(positive)'" }
    return (0...1).contains(threshold) ? nil : "the threshold \(threshold)"
  }
}
