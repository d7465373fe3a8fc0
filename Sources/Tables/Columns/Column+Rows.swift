// Single rows of a column: some of them as a column of their own, and one as text.

extension Column {
  /// Returns some rows as a column of its own, in the order given.
  ///
  /// - Precondition: every row lies in the column.
  public func selecting(_ rows: [Int32]) -> Column {
    let selected: Values =
      switch values {
      case .number(let numbers): .number(numbers.selecting(rows))
      case .timestamp(let instants): .timestamp(NumberColumn(instants.doubles(rows: rows)))
      case .category(let category):
        .category(
          CategoryColumn(codes: rows.map { category.codes[Int($0)] }, levels: category.levels))
      case .text(let strings): .text(TextColumn(rows.map { strings[Int($0)] }))
      }
    return Column(name: name, values: selected)
  }

  /// Returns a row as CSV files have it, an instant as ISO 8601 in UTC; nil where it is missing.
  ///
  /// - Precondition: the row lies in the column.
  public func text(row: Int) -> String? {
    switch values {
    case .number(let numbers):
      if let whole = numbers.wholeNumbers {
        whole[row].map { String($0) }
      } else {
        CellText.number(numbers[row])
      }
    case .timestamp(let instants): CellText.instant(instants[row])
    case .category(let category): category[row]
    case .text(let strings): strings[row]
    }
  }
}
