// Numbers that no model reads and no training could scale. The loop refuses files for them at the
// door: else each training after them would fail.
import Preprocessing
import Tables

extension [Column] {
  /// Refuses numbers without end in columns that a model is about to read.
  ///
  /// - Throws: `TaskError.infinity`.
  package func requireFinite(data: String) throws {
    for column in self {
      switch column.values {
      case .number(let numbers), .timestamp(let numbers):
        guard let row = numbers.doubles().firstIndex(where: \.isInfinite) else { continue }
        throw TaskError.infinity(column: column.name, row: row + 1, data: data, canDrop: false)
      case .category, .text: continue
      }
    }
  }

  /// Refuses numbers that are infinite, or too large to be scaled.
  ///
  /// - Throws: `TaskError.infinity`, `TaskError.beyondScale`.
  package func requireScalable(data: String) throws {
    try requireFinite(data: data)
    for column in self {
      guard case .number(let numbers) = column.values else { continue }
      let values = numbers.doubles()
      guard let row = values.firstIndex(where: { abs($0) > StandardScaler.largestNumber }) else {
        continue
      }
      throw TaskError.beyondScale(
        column: column.name, row: row + 1, found: values[row], data: data)
    }
  }
}
