// What is to be predicted: the two classes of the target column, and which of them is positive.
import LearningTasks
import Tables
import Tabular
import Texts

/// The target column of a classifier's table, reduced to 0 and 1.
package struct ClassTarget: Sendable, Equatable {
  /// The name of the column.
  let column: String
  /// The positive class.
  package let positive: String
  /// The other class.
  let negative: String
  /// 1 for the positive class, 0 for the other one; one per row.
  package let labels: [Double]
  /// Why `positive` was chosen, in words for the report.
  package let reason: String
  /// Whether `positive` is a number that was chosen for no better reason than its frequency.
  let isGuess: Bool

  /// The number of positive rows.
  var positiveCount: Int { labels.reduce(0) { $0 + ($1 == 1 ? 1 : 0) } }

  /// What the positive class is called where nobody says so, in lower case.
  private static let positiveNames: Set<String> = [
    "1", "1.0", "yes", "y", "true", "t", "churn", "churned", "left", "exited", "attrited customer",
    "positive", "cancelled", "canceled", "lost",
  ]

  /// Reads the target of a training table.
  ///
  /// - Parameter positive: the positive class; nil picks the one with a telling name, else
  ///   the rarer one.
  /// - Throws: `TaskError`.
  init(_ column: Column, positive: String?, data: String) throws {
    let cells = LabelText(column)
    try Self.refuseMissing(cells, column: column.name, data: data)
    let counts = Self.counts(cells)
    guard counts.count == 2 else {
      throw TaskError.notTwoClasses(
        column: column.name, classes: counts.prefix(5).map(\.name), count: counts.count, data: data)
    }
    let names = counts.map(\.name)
    let chosen: (name: String, reason: String)
    var isGuess = false
    if let positive {
      guard let match = names.first(where: { Self.isSame($0, positive) })
      else {
        throw TaskError.noSuchClass(
          name: positive, column: column.name, classes: names, data: data)
      }
      chosen = (match, "as asked for")
    } else {
      let isCode = names.allSatisfy { Double($0) != nil }
      // Of two numbers 1 is telling only beside 0 or -1: of 1 and 2 either may be meant.
      let telling =
        isCode && !names.contains { Self.isSameNumber($0, "0") || Self.isSameNumber($0, "-1") }
        ? [] : names.filter { Self.positiveNames.contains($0.lowercased()) }
      if telling.count == 1 {
        chosen = (telling[0], "by its name")
      } else {
        // Of equally frequent classes the one that sorts last, so that the choice is stable.
        let rarer = counts.min {
          ($0.count, ByteText($1.name)) < ($1.count, ByteText($0.name))
        }
        chosen = (rarer?.name ?? names[1], "the rarer class")
        isGuess = isCode
      }
    }
    self.init(
      column: column.name, positive: chosen.name,
      negative: names.first { !$0.hasSameBytes(as: chosen.name) } ?? names[0],
      labels: Self.labels(cells, positive: chosen.name), reason: chosen.reason, isGuess: isGuess)
  }

  /// Reads the target of other data with the classes of a trained model.
  ///
  /// - Throws: `TaskError`.
  init(_ column: Column, positive: String, negative: String, data: String) throws {
    let cells = LabelText(column)
    try Self.refuseMissing(cells, column: column.name, data: data)
    let labels = try (0..<cells.count).map { row -> Double in
      let label = cells[row] ?? ""
      if Self.isSame(label, positive) { return 1 }
      if Self.isSame(label, negative) { return 0 }
      throw TaskError.unknownLabel(
        label: label, row: row + 1, column: column.name, classes: [negative, positive], data: data)
    }
    self.init(
      column: column.name, positive: positive, negative: negative, labels: labels,
      reason: "as in training", isGuess: false)
  }

  private init(
    column: String, positive: String, negative: String, labels: [Double], reason: String,
    isGuess: Bool
  ) {
    self.column = column
    self.positive = positive
    self.negative = negative
    self.labels = labels
    self.reason = reason
    self.isGuess = isGuess
  }

  private static func refuseMissing(_ cells: LabelText, column: String, data: String) throws {
    let missing = (0..<cells.count).filter { cells[$0] == nil }
    guard let first = missing.first else { return }
    throw TaskError.missingLabels(
      column: column, count: missing.count, firstRow: first + 1, data: data)
  }

  /// The classes with their numbers of rows, sorted by name; a boolean or number that is written in
  /// several ways is one class, with the name that most rows have.
  private static func counts(_ cells: LabelText) -> [(name: String, count: Int)] {
    var counts: [ByteText: Int] = [:]
    for row in 0..<cells.count { counts[ByteText(cells[row] ?? ""), default: 0] += 1 }
    var classes: [ByteText: (name: String, most: Int, count: Int)] = [:]
    for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
      let spelling = ByteText(CellSpelling.canonical(name.string))
      let known = classes[spelling] ?? (name.string, 0, 0)
      classes[spelling] = (
        count > known.most ? name.string : known.name, max(count, known.most), known.count + count
      )
    }
    return classes.values.sorted { ByteText($0.name) < ByteText($1.name) }.map {
      (name: $0.name, count: $0.count)
    }
  }

  /// 1 for the rows of the positive class.
  private static func labels(_ cells: LabelText, positive: String) -> [Double] {
    let wanted = CellSpelling.canonical(positive)
    var isPositive: [ByteText: Bool] = [:]
    return (0..<cells.count).map { row in
      let label = ByteText(cells[row] ?? "")
      let known =
        isPositive[label] ?? CellSpelling.canonical(label.string).hasSameBytes(as: wanted)
      isPositive[label] = known
      return known ? 1 : 0
    }
  }

  /// Whether two texts name the same class: equal ones, and one boolean or number.
  static func isSame(_ first: String, _ second: String) -> Bool {
    CellSpelling.areSame(first, second) || isSameNumber(first, second)
  }

  /// Whether two texts are the same number: "1" and "1.0".
  static func isSameNumber(_ first: String, _ second: String) -> Bool {
    guard let first = Double(first), let second = Double(second) else { return false }
    return first == second
  }
}
