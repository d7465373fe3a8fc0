// Times each kernel of CKernels beside the obvious loop in Swift, on one thread, and prints a
// table in Markdown. The two must agree before they are timed.

import Foundation

@main
struct KernelBenchmark {
  static func main() throws {
    let rows = try histogramKernels() + partitionKernels() + treeKernels() + vectorKernels()
    print("| kernel | shape | kernel ns | obvious loop ns | times faster |")
    print("|---|---|---|---|---|")
    for row in rows { print(row.line) }
  }
}

/// A kernel and its naive twin, timed.
struct Comparison {
  let line: String

  /// Checks that the two agree and times them in turn, each with its fastest of some runs.
  ///
  /// - Parameter elements: how many elements one call works on; times are given for one of them.
  init(
    _ name: String, shape: String, elements: Int, agree: () -> Bool, kernel: () -> Void,
    naive: () -> Void
  ) throws {
    kernel()
    naive()
    guard agree() else { throw Disagreement(kernel: name) }
    // Long enough for the clock: a run is repeated until it takes about 4 ms.
    let (kernelCalls, naiveCalls) = (Self.calls(kernel), Self.calls(naive))
    var (best, naiveBest) = (Double.infinity, Double.infinity)
    for _ in 0..<15 {
      best = min(best, Self.seconds(kernel, calls: kernelCalls))
      naiveBest = min(naiveBest, Self.seconds(naive, calls: naiveCalls))
    }
    let scale = 1e9 / Double(elements)
    line = String(
      format: "| %@ | %@ | %.3f | %.3f | %.1f |", name, shape, best * scale, naiveBest * scale,
      naiveBest / best)
  }

  private static func calls(_ body: () -> Void) -> Int {
    max(1, Int(0.004 / max(seconds(body, calls: 1), 1e-7)))
  }

  /// The seconds of one call, measured over several.
  private static func seconds(_ body: () -> Void, calls: Int) -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    for _ in 0..<calls { body() }
    return start.duration(to: clock.now) / .seconds(1) / Double(calls)
  }
}

/// A kernel whose result is not that of its twin.
struct Disagreement: Error, CustomStringConvertible {
  let kernel: String
  var description: String { "\(kernel) and its obvious loop do not agree" }
}

/// Whether two sequences of numbers are equal up to a relative error.
func agree(_ left: [Float], _ right: [Float], within tolerance: Float) -> Bool {
  zip(left, right).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
}
