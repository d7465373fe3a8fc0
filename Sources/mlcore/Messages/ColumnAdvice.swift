// What to do about the name of a column that a table or a query lacks.
import Texts

/// Advice about names of columns.
enum ColumnAdvice {
  private static let mostShown = 20

  /// What was probably meant, or which columns there are.
  static func text(for name: String, among known: [String]) -> String {
    // Equal characters and other bytes: a column of that name is missing, so this is not it.
    if let alike = known.first(where: { $0 == name }) {
      return "copy the name '\(alike)' from the table: it is in another Unicode form"
    }
    if let nearest = Suggestion.nearest(to: name, in: known) {
      return "did you mean '\(nearest)'?"
    }
    return "name one of the columns: \(list(known))"
  }

  /// The names of a table's columns, or the first of them.
  static func list(_ known: [String]) -> String {
    known.prefix(mostShown).joined(separator: ", ") + (known.count > mostShown ? ", ..." : "")
  }
}
