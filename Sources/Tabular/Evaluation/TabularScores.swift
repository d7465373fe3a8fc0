// How well predictions agree with what happened: the numbers of a task, from one table of its fields.
import LearningTasks
package import NumericCore

/// What happened in some rows, and what a model predicts of them.
package struct PredictedRows {
  package var labels: [Double]
  package var predictions: [Double]
  /// Rows that are drawn together where intervals are drawn; nil if each row is by itself.
  package var groups: RowGroups?
}

/// How well predictions agree with what happened.
///
/// The numbers have nine significant digits: further ones depend on the order in which the linear
/// algebra of a processor adds, and mean nothing.
package protocol TabularScores: Codable, Sendable {
  /// The numbers, the most important one first.
  static var fields: [ScoreField<Self>] { get }
  /// The key of the interval in documents.
  static var intervalKey: String { get }
  /// The seed of intervals of tables that no training reads.
  static var usualSeed: UInt64 { get }
  /// The bootstrap interval of the first number at 95 %; nil, in JSON null, where it was not drawn or
  /// has no width, which is no certainty but means that too few rows were drawn from.
  var interval: [Double]? { get set }

  /// Numbers that are filled in by the table of fields.
  init()
  /// Measures predictions.
  ///
  /// - Parameter seed: decides the interval's draws.
  /// - Throws: `EvaluationError`.
  init(_ rows: PredictedRows, seed: UInt64, drawsInterval: Bool, pool: WorkerPool) throws
}

/// A number of scores.
package struct ScoreField<Scores> {
  let key: String
  /// What a measurement can give.
  let range: ClosedRange<Double>
  let read: (Scores) -> Double?
  let write: (inout Scores, Double) -> Void
  /// Whether there may be none, in JSON null.
  let isOptional: Bool

  package init(
    _ key: String, _ path: WritableKeyPath<Scores, Double>,
    in range: ClosedRange<Double> = 0...Double.greatestFiniteMagnitude
  ) {
    self.key = key
    self.range = range
    read = { $0[keyPath: path] }
    write = { $0[keyPath: path] = $1 }
    isOptional = false
  }

  package init(
    _ key: String, _ path: WritableKeyPath<Scores, Double?>,
    in range: ClosedRange<Double> = 0...Double.greatestFiniteMagnitude
  ) {
    self.key = key
    self.range = range
    read = { $0[keyPath: path] }
    write = { $0[keyPath: path] = $1 }
    isOptional = true
  }
}

extension TabularScores {
  /// The mean of some scores, without an interval; none of a number that one of them lacks.
  ///
  /// - Precondition: there is at least one.
  static func mean(of scores: [Self]) -> Self {
    precondition(!scores.isEmpty, "the mean of no scores")
    var result = Self()
    for field in fields {
      let values = scores.compactMap(field.read)
      guard values.count == scores.count else { continue }
      field.write(&result, (values.reduce(0, +) / Double(values.count)).reported)
    }
    return result
  }

  /// Reads scores; what no measurement gives is an error.
  package init(from decoder: any Decoder) throws {
    self.init()
    let container = try decoder.container(keyedBy: NamedKey.self)
    func check(_ holds: Bool, _ key: NamedKey, _ found: Any) throws {
      guard holds else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: container, debugDescription: "\(found)")
      }
    }
    for field in Self.fields {
      let key = NamedKey(field.key)
      let number =
        field.isOptional
        ? try container.decodeIfPresent(Double.self, forKey: key)
        : try container.decode(Double.self, forKey: key)
      guard let number else { continue }
      try check(field.range.contains(number), key, number)
      field.write(&self, number)
    }
    let key = NamedKey(Self.intervalKey)
    interval = try container.decodeIfPresent([Double].self, forKey: key)
    guard let ends = interval else { return }
    let range = Self.fields[0].range
    try check(ends.count == 2 && ends.allSatisfy(range.contains) && ends[0] <= ends[1], key, ends)
  }

  /// Writes all scores, those that there are not as null.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NamedKey.self)
    for field in Self.fields { try container.encode(field.read(self), forKey: NamedKey(field.key)) }
    try container.encode(interval, forKey: NamedKey(Self.intervalKey))
  }
}

extension ClosedRange<Double> {
  /// The ends as documents have them; nil where they are one.
  package var reportedEnds: [Double]? {
    lowerBound < upperBound ? [lowerBound.reported, upperBound.reported] : nil
  }
}
