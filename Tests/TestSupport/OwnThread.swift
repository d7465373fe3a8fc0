// The trait that every suite has: a test runs on a thread of its own and has a time limit.
//
// Tests wait for programs, servers, locks and other threads. Swift's cooperative pool has as many
// threads as the machine has processors, so that two waiting tests would stop all others, and the
// clock of a time limit as well. Here nothing that blocks runs on that pool.

import Foundation
public import Testing

extension Trait where Self == OwnThread {
  /// Each test of the suite runs on a thread of its own and may take five minutes.
  public static var onOwnThread: Self { onOwnThread(limit: .seconds(300)) }

  /// The same with another time limit, for tests that are told how long to run.
  public static func onOwnThread(limit: Duration) -> Self { OwnThread(limit: limit) }
}

/// Runs each test on a thread of its own, with a time limit whose end names the test.
public struct OwnThread: SuiteTrait, TestTrait, TestScoping {
  /// How long a test may run, from its first statement on.
  let limit: Duration

  public var isRecursive: Bool { true }

  public func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? {
    testCase == nil ? nil : self
  }

  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    // A test with several arguments has one scope for each: every one of them has its own limit.
    await Places.shared.take()
    let thread = TestThread()
    let watch = TimeLimit(name: Self.name(of: test), limit: limit)
    do {
      try await withTaskExecutorPreference(thread) { try await function() }
    } catch {
      await end(watch, thread)
      throw error
    }
    await end(watch, thread)
  }

  private func end(_ watch: TimeLimit, _ thread: TestThread) async {
    watch.end()
    thread.end()
    await Places.shared.giveBack()
  }

  private static func name(of test: Test) -> String {
    "\"\(test.displayName ?? test.name)\" (\(test.sourceLocation.fileID):\(test.sourceLocation.line))"
  }
}

/// How many tests run at once: one more than there are processors, because some only wait.
private actor Places {
  static let shared = Places(ProcessInfo.processInfo.activeProcessorCount + 1)

  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(_ count: Int) { free = count }

  func take() async {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  func giveBack() {
    if waiting.isEmpty {
      free += 1
    } else {
      waiting.removeFirst().resume()
    }
  }
}

/// A thread that runs the parts of one test, one after the other.
private final class TestThread: TaskExecutor, Sendable {
  private struct State {
    var jobs: [UnownedJob] = []
    var isOver = false
  }

  private let state = Locked(State())

  init() {
    let thread = Thread { [self] in
      let executor = asUnownedTaskExecutor()
      while let job = next() { job.runSynchronously(on: executor) }
    }
    thread.stackSize = 8 << 20
    thread.start()
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.change { $0.jobs.append(job) }
  }

  /// Lets the thread go when its jobs are done.
  func end() { state.change { $0.isOver = true } }

  private func next() -> UnownedJob? {
    state.wait { state in
      if !state.jobs.isEmpty { return .some(state.jobs.removeFirst()) }
      return state.isOver ? .some(nil) : nil
    }
  }
}
