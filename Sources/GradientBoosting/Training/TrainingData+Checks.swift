// What training data must be like, and weights relative to their mean.

internal import Tables
internal import Texts

extension TrainingData {
  /// Weights divided by the mean weight of some rows, so that their unit does not matter.
  static func relativeWeights(_ weights: [Double], rows: [Int32]) -> [Double] {
    // Divided by the largest first, sums of the largest numbers stay finite.
    let largest = rows.reduce(0) { max($0, weights[Int($1)]) }
    let mean = rows.reduce(0) { $0 + weights[Int($1)] / largest } / Double(rows.count)
    return weights.map { $0 / largest / mean }
  }

  /// Refuses rows that cannot be trained on.
  ///
  /// - Throws: `GradientBoostingError`.
  func check(rows: [Int32], labelKind: LabelKind) throws {
    guard !rows.isEmpty else { throw GradientBoostingError.noRows }
    precondition(zip(rows, rows.dropFirst()).allSatisfy(<), "rows are not ascending")
    for row in rows {
      let label = labels[Int(row)]
      // Labels are held in single precision.
      guard Float(label).isFinite, labelKind.holds(label) else {
        throw GradientBoostingError.unusableLabel(row: Int(row), found: label)
      }
      if let weight = weights?[Int(row)], !(weight.isFinite && weight >= 0) {
        throw GradientBoostingError.unusableWeight(row: Int(row), found: weight)
      }
    }
    try checkWeight(of: rows, part: "training")
  }

  /// Refuses monotone constraints on anything but columns of numbers or instants.
  ///
  /// - Throws: `GradientBoostingError`.
  func check(monotoneConstraints: [ByteText: Int]) throws {
    for name in monotoneConstraints.keys.sorted().map(\.string) {
      guard let column = features.first(where: { $0.name.hasSameBytes(as: name) }) else {
        throw GradientBoostingError.constrainedColumnMissing(
          name: name, known: features.map(\.name))
      }
      guard column.kind == .number || column.kind == .timestamp else {
        throw GradientBoostingError.constrainedColumnUnordered(
          name: name, kind: column.kind.rawValue)
      }
    }
  }

  /// - Throws: `GradientBoostingError.noWeight` if all rows of a part weigh nothing.
  func checkWeight(of rows: [Int32], part: String) throws {
    guard let weights else { return }
    guard rows.contains(where: { weights[Int($0)] > 0 }) else {
      throw GradientBoostingError.noWeight(part: part)
    }
  }
}
