// One check of the gate, and the verdict that all checks come to.
import LoopContract

/// What a gate checks, told by facts; the sentences of a task's checks are in one file.
protocol GateSubject {
  /// The name of the check for programs, and that and the expectation for people.
  ///
  /// - Parameter bound: what the value is held against.
  func words(bound: Double) -> (id: String, name: String, expected: String)
}

/// One check of gate.json: a value held against a bound.
struct GateCheck: Encodable {
  /// How a value has to lie to a bound.
  enum Relation: String, Encodable {
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
  var passes: Bool
  /// Whether it decides, or is only told.
  var counts: Bool
  /// The value.
  var found: Double
  var relation: Relation
  /// What the value is held against; nil where that is infinite.
  var bound: Double?
  /// What was expected, for people.
  var expected: String

  /// Holds a value against a bound.
  ///
  /// - Parameter passes: whether it passes, where that does not follow from value and bound alone.
  init(
    _ subject: some GateSubject, _ value: Double, _ relation: Relation, _ bound: Double,
    passes: Bool? = nil, counts: Bool = true
  ) {
    (id, name, expected) = subject.words(bound: bound)
    self.passes = passes ?? relation.holds(value, bound)
    self.counts = counts
    found = value
    self.relation = relation
    self.bound = bound.isFinite ? bound : nil
  }

  /// Whether it keeps a model from being promoted.
  var objects: Bool { !passes && counts }
}

extension Verdict {
  /// Sums checks up.
  init(_ checks: [GateCheck], metrics: [String: Double]) {
    let objections = checks.filter(\.objects)
    self.init(
      passes: objections.isEmpty,
      objections: objections.map {
        "\($0.name) is \(LoopNumber.short($0.found)), expected \($0.expected)"
      }, metrics: metrics)
  }
}

/// Numbers in the words of a loop.
enum LoopNumber {
  /// A number with three digits after the point.
  static func short(_ number: Double) -> String {
    (number * 1_000).rounded().isFinite ? "\((number * 1_000).rounded() / 1_000)" : "\(number)"
  }

  /// A whole number.
  static func whole(_ number: Double) -> String {
    Int(exactly: number).map { "\($0)" } ?? "\(number)"
  }
}
