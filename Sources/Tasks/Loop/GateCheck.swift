// One check of the gate, and the verdict that all checks come to.
import LoopContract

/// One check of gate.json.
struct GateCheck: Encodable {
  /// What was checked.
  var name: String
  var passes: Bool
  /// Whether it decides, or is only told.
  var counts = true
  /// What was found and what was expected.
  var found: Double
  var expected: String

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
}
