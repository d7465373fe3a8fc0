// What to do about the name of a column that a table or a query lacks.
import Texts

/// Advice about names of columns.
enum ColumnAdvice {
  private static let mostShown = 20

  /// What was probably meant by a name that somebody gave, or which columns there are.
  static func text(for name: String, among known: [String]) -> String {
    meant(by: name, among: known) ?? "name one of the columns: \(list(known))"
  }

  /// What to do about a file that lacks a column which others have.
  static func text(missing name: String, among known: [String]) -> String {
    meant(by: name, among: known) ?? "add it to the file, whose columns are: \(list(known))"
  }

  /// Which column was probably meant; nil where none is near.
  private static func meant(by name: String, among known: [String]) -> String? {
    // Equal characters and other bytes: a column of that name is missing, so this is not it.
    if let alike = known.first(where: { $0 == name }) {
      return "copy the name '\(alike)' from the table: it is in another Unicode form"
    }
    return Suggestion.nearest(to: name, in: known).map { "did you mean '\($0)'?" }
  }

  /// The names of a table's columns, or the first of them.
  static func list(_ known: [String]) -> String {
    known.prefix(mostShown).joined(separator: ", ") + (known.count > mostShown ? ", ..." : "")
  }
}
