// Files are refused at the door for numbers that no training could scale: else each training after
// them would fail.
import Preprocessing
import Tables

extension [Column] {
  /// Refuses numbers that are infinite, or too large to be scaled.
  ///
  /// - Throws: `TaskError.infinity`, `TaskError.beyondScale`.
  func requireScalable(data: String) throws {
    try FeatureColumns.requireFinite(self, data: data)
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
