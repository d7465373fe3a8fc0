// What ends a test that hangs.

import Foundation
import Glibc

/// A test that is running, and the moment at which the whole run ends if it still is.
///
/// A thread that blocks cannot be stopped from outside, and the tests after it would wait for ever.
/// So the end of a limit ends the run: it names the test and stops the programs that were started.
final class TimeLimit: Sendable {
  private static let running = Locked(
    [ObjectIdentifier: (end: ContinuousClock.Instant, name: String)]())
  private static let clock: Void = {
    let thread = Thread {
      while true {
        Thread.sleep(forTimeInterval: 0.5)
        let now = ContinuousClock.now
        let late = running.change { $0.values.filter { $0.end < now }.map(\.name).sorted() }
        if !late.isEmpty { endRun(late) }
      }
    }
    thread.start()
  }()

  /// Starts the clock of a test.
  init(name: String, limit: Duration) {
    Self.clock
    let text = "\(name) ran into its time limit of \(limit.components.seconds) s"
    let end = ContinuousClock.now + limit
    Self.running.change { $0[ObjectIdentifier(self)] = (end, text) }
  }

  /// Stops the clock.
  func end() { _ = Self.running.change { $0.removeValue(forKey: ObjectIdentifier(self)) } }

  private static func endRun(_ late: [String]) -> Never {
    for text in late {
      FileHandle.standardError.write(Data("✘ Test \(text); the run of all tests ends here.\n".utf8))
    }
    for child in children() { kill(child, SIGKILL) }
    _exit(1)
  }

  /// The programs that this process has started.
  private static func children() -> [pid_t] {
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
    return threads.flatMap { thread in
      let text = try? String(contentsOfFile: "/proc/self/task/\(thread)/children", encoding: .utf8)
      return (text ?? "").split(separator: " ").compactMap { pid_t($0) }
    }
  }
}
