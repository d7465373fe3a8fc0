// The cells of a column as text, whatever the column holds: for targets and identifiers.
import LearningTasks
package import Tables

/// A view of a column as text.
package struct LabelText {
  private enum Cells {
    case strings(TextColumn)
    case categories(CategoryColumn)
    case numbers([Double])
  }

  private let cells: Cells
  /// The number of rows.
  package let count: Int

  package init(_ column: Column) {
    count = column.count
    cells =
      switch column.values {
      case .text(let strings): .strings(strings)
      case .category(let categories): .categories(categories)
      case .number(let numbers), .timestamp(let numbers): .numbers(numbers.doubles())
      }
  }

  /// The text of a row, whole numbers without a point; nil where the cell is missing.
  package subscript(row: Int) -> String? {
    switch cells {
    case .strings(let strings): strings[row]
    case .categories(let categories): categories[row]
    case .numbers(let numbers): Self.text(numbers[row])
    }
  }

  private static func text(_ number: Double) -> String? {
    number.isNaN ? nil : number.asWritten
  }
}
