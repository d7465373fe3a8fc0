// Runs a decoder over damaged inputs. A case is a number: the same number is the same input, so that
// what is found can be repeated (tools/fuzz --case NUMBER TARGET).
import Foundation
import Glibc
import NumericCore
import Testing

/// What a decoder did with an input.
enum FuzzOutcome {
  /// It was taken, and what was read could be used.
  case accepted
  /// It was refused with an error that belongs to damaged files.
  case refused
}

/// An input that was neither refused as it should be nor could be used.
struct FuzzFinding: Error {
  var problem: String
}

/// The loop over cases.
///
/// MLCORE_FUZZ_SECONDS sets how long it runs, MLCORE_FUZZ_FIRST the first case; MLCORE_FUZZ_CASE runs
/// one case alone. Without them a fixed number of cases runs.
enum Fuzzer {
  /// The cases that run where nothing else is said.
  private static let usualCases: UInt64 = 200
  /// Seconds after which a case counts as hanging.
  private static let mostSeconds: UInt32 = 60

  /// The time limit of a target: five minutes beside the seconds that were asked for.
  static var timeLimit: Duration { .seconds(300 + Int(clamping: number("SECONDS") ?? 0)) }

  private static func number(_ name: String) -> UInt64? {
    ProcessInfo.processInfo.environment["MLCORE_FUZZ_\(name)"].flatMap { UInt64($0) }
  }

  /// Runs the cases of a target.
  ///
  /// - Parameter attempt: makes the input of a case, decodes it and uses what was read.
  static func run(
    _ target: String, _ attempt: (_ random: inout SeededGenerator) throws -> FuzzOutcome
  ) {
    let seconds = number("SECONDS")
    let only = number("CASE")
    let first = only ?? number("FIRST") ?? 0
    if seconds != nil || only != nil { CrashNote.install() }
    let start = ContinuousClock.now
    var (cases, accepted, findings) = (UInt64(0), 0, 0)
    while true {
      if let only, first + cases > only { break }
      if let seconds {
        if ContinuousClock.now - start >= .seconds(Int(seconds)) { break }
      } else if only == nil, cases >= usualCases {
        break
      }
      let number = first + cases
      CrashNote.set("fuzz: \(target) ended in case \(number)\n")
      if seconds != nil { alarm(mostSeconds) }
      var random = SeededGenerator(seed: number, stream: 77)
      do {
        if case .accepted = try attempt(&random) { accepted += 1 }
      } catch let finding as FuzzFinding {
        findings += 1
        Issue.record("\(target), case \(number): \(finding.problem)")
      } catch {
        findings += 1
        Issue.record("\(target), case \(number): \(type(of: error)): \(error)")
      }
      cases += 1
      if findings >= 20 { break }
    }
    alarm(0)
    if seconds != nil || only != nil {
      print(
        "fuzz: \(target): \(cases) cases from \(first), \(accepted) accepted, \(findings) found")
    }
  }
}

/// What a process says of the case that ends it.
private enum CrashNote {
  private nonisolated(unsafe) static let text = {
    let text = UnsafeMutablePointer<CChar>.allocate(capacity: 200)
    text.initialize(repeating: 0, count: 200)
    return text
  }()

  static func set(_ note: String) {
    _ = note.withCString { strncpy(text, $0, 199) }
  }

  static func install() {
    set("")
    for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGALRM] {
      signal(number) { number in
        write(STDERR_FILENO, CrashNote.text, strlen(CrashNote.text))
        signal(number, SIG_DFL)
        raise(number)
      }
    }
  }
}

extension SeededGenerator {
  /// An index below a count of at least 1.
  mutating func index(_ count: Int) -> Int { Int(next() % UInt64(count)) }

  /// One of some items.
  mutating func one<Item>(of items: [Item]) -> Item { items[index(items.count)] }

  /// True once in so many times.
  mutating func once(in count: Int) -> Bool { index(count) == 0 }
}
