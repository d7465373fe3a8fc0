// Damage of a TOML file by its lines.
import NumericCore

/// The lines of a TOML file.
enum TOMLLines {
  private static let strange = [
    "", "true", "false", "0", "-1", "1", "1.0", "0.5", "1e300", "-1e300", "inf", "-inf", "nan",
    "1_0",
    "0x10", "9223372036854775807", "9223372036854775808", "\"\"", "\"x\"", "'x'", "\"auto\"",
    "\"\\u0000\"", "\"a\\u0000b\"", "'''x'''", "\"\"\"\nx\n\"\"\"", "[]", "[1]", "[\"x\"]",
    "[\"x\", \"x\"]", "[[\"x\"]]", "[\"x\", 1]", "{}", "{a = 1}", "{a.b.c = {d = 1}}", "1979-05-27",
    "07:32:00", "1979-05-27T07:32:00Z", "\"\\u007F\"", "\"é\"", "\"e\u{301}\"",
  ]

  /// A text after one to three changes.
  static func mutated(_ text: String, _ random: inout SeededGenerator) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      .filter { !$0.hasPrefix("#") }
    for _ in 0...random.index(3) {
      let (one, two) = (random.index(lines.count), random.index(lines.count))
      switch random.index(10) {
      case 0: lines.append(lines[one])
      case 1: lines.swapAt(one, two)
      case 2 where lines.count > 1: lines.remove(at: one)
      case 3:
        let parts = random.one(of: [2, 15, 16, 17, 300, 100_000])
        let key = Array(repeating: random.one(of: ["a", "''", "\"x\""]), count: parts)
          .joined(separator: ".")
        lines.insert(random.one(of: ["\(key) = 1", "[\(key)]", "[[\(key)]]"]), at: one)
      case 4:
        let depth = random.one(of: [2, 15, 17, 300, 100_000])
        lines.insert(
          "x = "
            + random.one(of: [
              String(repeating: "[", count: depth) + String(repeating: "]", count: depth),
              String(repeating: "{a=", count: depth) + "1" + String(repeating: "}", count: depth),
            ]), at: one)
      case 5: lines[one] = random.one(of: strange)
      default: lines[one] = key(lines[one]) + " = " + value(lines[two], &random)
      }
    }
    return lines.joined(separator: random.once(in: 8) ? "\r\n" : "\n")
  }

  private static func key(_ line: String) -> String {
    line.firstIndex(of: "=").map { String(line[..<$0]) } ?? line
  }

  /// A strange value, or that of another line.
  private static func value(_ line: String, _ random: inout SeededGenerator) -> String {
    guard random.once(in: 4), let equals = line.firstIndex(of: "=") else {
      return random.one(of: strange)
    }
    return String(line[line.index(after: equals)...])
  }
}
