// The best configuration of a search for people.
import Tasks

/// Lays hyperparameters out in lines.
enum BestConfigurationText {
  /// A head, a line for each hyperparameter by its name, and one for what early stopping found.
  static func text(_ params: [String: JSONValue], found name: String, _ count: Int) -> String {
    let values = params.sorted { $0.key < $1.key }.map { line($0.key, words($0.value)) }
    return (["best configuration"] + values + [line(name, String(count))]).joined(separator: "\n")
  }

  private static func line(_ name: String, _ value: String) -> String {
    "  \(name.padded(20)) \(value)"
  }

  private static func words(_ value: JSONValue) -> String {
    switch value {
    case .number(let number): number < 0.1 ? number.fixed(5) : number.fixed(3)
    case .integer(let integer): String(integer)
    case .text(let text): text
    default: "-"
    }
  }
}
