// Which of the training rows early stopping validates on.

internal import NumericCore

/// A random division of rows into training and validation rows.
enum ValidationSplit {
  /// Divides rows; both parts keep their order and hold at least one row.
  ///
  /// - Parameters:
  ///   - groups: rows of the table that stay in one part, unless all rows are one group; nil if each
  ///     row is by itself.
  ///   - isStratified: whether both labels are divided in the same proportion.
  /// - Precondition: there are at least two rows.
  static func divide(
    rows: [Int32], labels: [Double], groups: RowGroups? = nil, fraction: Double,
    isStratified: Bool, random: CounterRandom
  ) -> (training: [Int32], validation: [Int32]) {
    precondition(rows.count >= 2, "\(rows.count) rows cannot be divided")
    if let groups = groups?.selecting(rows) {
      let parts = groups.dealt(
        labels: rows.map { isStratified && labels[Int($0)] == 1 },
        shares: [1 - fraction, fraction], random: random)
      let divided = (
        training: rows.indices.filter { parts[$0] == 0 }.map { rows[$0] },
        validation: rows.indices.filter { parts[$0] == 1 }.map { rows[$0] }
      )
      if !divided.training.isEmpty, !divided.validation.isEmpty { return divided }
    }
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
