// Which of the training rows early stopping validates on.

internal import NumericCore

/// A random division of rows into training and validation rows.
enum ValidationSplit {
  /// Divides rows; both parts keep their order and hold at least one row.
  ///
  /// - Parameter isStratified: whether both labels are divided in the same proportion.
  /// - Precondition: there are at least two rows.
  static func divide(
    rows: [Int32], labels: [Double], fraction: Double, isStratified: Bool, random: CounterRandom
  ) -> (training: [Int32], validation: [Int32]) {
    precondition(rows.count >= 2, "\(rows.count) rows cannot be divided")
    var generator = SeededGenerator(random)
    var isValidation = [Bool](repeating: false, count: rows.count)
    let classes: [Double?] = isStratified ? [0, 1] : [nil]
    for label in classes {
      var positions = rows.indices.filter { label == nil || labels[Int(rows[$0])] == label }
      positions.shuffle(using: &generator)
      let share = (Double(positions.count) * fraction).rounded()
      for position in positions.prefix(Int(share)) { isValidation[position] = true }
    }
    if !isValidation.contains(true) { isValidation[rows.count - 1] = true }
    if !isValidation.contains(false) { isValidation[0] = false }
    return (
      rows.indices.filter { !isValidation[$0] }.map { rows[$0] },
      rows.indices.filter { isValidation[$0] }.map { rows[$0] }
    )
  }
}
