// The profit of contacting customers, for people.
import Classification

/// Lays profits out in lines.
enum ProfitText {
  /// The threshold that earns most, beside the simple choices.
  static func text(_ found: ProfitReport) -> String {
    let best =
      found.contacted == 0
      ? "nobody" : "from \(found.threshold.fixed(4)) on, \(found.contacted.counted("row"))"
    let range =
      "  (95 % interval \(found.interval[0].fixed(2)) to \(found.interval[1].fixed(2)))"
    return [
      "profit of contacting",
      line(best, found.profit) + range + "  earns most",
      line("from 0.5 on", found.atHalf), line("everyone", found.everyone),
      line("nobody", found.nobody),
      "  the threshold that earns most lies between \(found.thresholdInterval[0].fixed(4)) and "
        + "\(found.thresholdInterval[1].fixed(4)) (95 % interval)",
    ].joined(separator: "\n")
  }

  private static func line(_ name: String, _ profit: Double) -> String {
    "  " + name.padded(30) + profit.fixed(2).leftPadded(16)
  }
}
