// One check of the gate, and the verdict that all checks come to.
import LoopContract

/// What a check is about; those of a task, with their sentences, are in one file.
package struct GateSubject: Sendable {
  /// The name of the check for programs.
  let id: String
  /// The name for people.
  let name: String
  /// What is expected, for people, by the bound.
  let expected: @Sendable (Double) -> String

  package init(_ id: String, _ name: String, expected: @escaping @Sendable (Double) -> String) {
    (self.id, self.name, self.expected) = (id, name, expected)
  }
}

/// One check of gate.json: a value held against a bound.
package struct GateCheck: Encodable {
  /// How a value has to lie to a bound.
  package enum Relation: String, Encodable {
    case atLeast = "at_least"
    case atMost = "at_most"
    case above, below

    func holds(_ value: Double, _ bound: Double) -> Bool {
      switch self {
      case .atLeast: value >= bound
      case .atMost: value <= bound
      case .above: value > bound
      case .below: value < bound
      }
    }
  }

  /// What was checked, for programs.
  var id: String
  /// What was checked, for people.
  var name: String
  package var passes: Bool
  /// Whether it decides, or is only told.
  var counts: Bool
  /// The value.
  var found: Double
  var relation: Relation
  /// What the value is held against; nil where that is infinite.
  var bound: Double?
  /// What was expected, for people.
  var expected: String
  /// What an objection says where the value means nothing to people; nil for value and bound.
  private var objection: String?

  private enum CodingKeys: String, CodingKey {
    case id, name, passes, counts, found, relation, bound, expected
  }

  /// Holds a value against a bound.
  ///
  /// - Parameters:
  ///   - passes: whether it passes, where that does not follow from value and bound alone.
  ///   - objection: what is said of it for value and bound, where the value means nothing.
  package init(
    _ subject: GateSubject, _ value: Double, _ relation: Relation, _ bound: Double,
    passes: Bool? = nil, counts: Bool = true, objection: String? = nil
  ) {
    (id, name, expected) = (subject.id, subject.name, subject.expected(bound))
    self.passes = passes ?? relation.holds(value, bound)
    self.counts = counts
    self.objection = objection
    found = value
    self.relation = relation
    self.bound = bound.isFinite ? bound : nil
  }

  /// The same check, which decides or is only told.
  package func counting(_ counts: Bool) -> GateCheck {
    var check = self
    check.counts = counts
    return check
  }

  /// Whether it keeps a model from being promoted.
  package var objects: Bool { !passes && counts }

  /// What is wrong, in words.
  fileprivate var words: String {
    objection ?? "\(name) is \(found.short), expected \(expected)"
  }
}

extension Verdict {
  /// Sums checks up.
  package init(_ checks: [GateCheck], metrics: [String: Double]) {
    let objections = checks.filter(\.objects)
    self.init(
      passes: objections.isEmpty,
      objections: objections.map(\.words), metrics: metrics)
  }
}

extension Double {
  /// The number with three digits after the point.
  package var short: String {
    (self * 1_000).rounded().isFinite ? "\((self * 1_000).rounded() / 1_000)" : "\(self)"
  }

  /// The number without a point where it is whole.
  package var whole: String { Int(exactly: self).map { "\($0)" } ?? "\(self)" }
}
