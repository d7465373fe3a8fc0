// A thread that does one kind of work, as long as there is some, and waits for a signal when not.
import Synchronization

/// Work that is found, not sent: after each signal, the worker looks what there is to do.
final class WorkerLoop: Sendable {
  /// What one look came to.
  enum Outcome {
    /// Something was done; there may be more.
    case worked
    /// There is nothing to do.
    case nothing
    /// There is something to do, but not before this time has passed.
    case later(Duration)
    /// It failed, and is to be tried again when this time has passed.
    case failed(any Error, again: Duration)
  }

  let wakeSignal = WakeSignal()
  private let state = Mutex(State())
  private let name: String
  private let log: LoopLog
  private let work: @Sendable () throws -> Outcome

  private struct State {
    // The first look needs no asking.
    var asked = 1
    var answered = 0
    var isStopped = false
    /// Whether what failed may go better now.
    var isNew = false
    var failure: (any Error)?
    var thread: BackgroundThread?
  }

  init(name: String, log: LoopLog, work: @escaping @Sendable () throws -> Outcome) {
    self.name = name
    self.log = log
    self.work = work
  }

  func start() {
    let thread = BackgroundThread { [self] in run() }
    state.withLock { $0.thread = thread }
  }

  /// Asks the worker to look for work.
  ///
  /// - Parameter isNew: whether something has changed that what failed may have waited for.
  func ask(isNew: Bool = false) {
    state.withLock { state in
      state.asked += 1
      if isNew {
        state.isNew = true
        state.failure = nil
      }
    }
    wakeSignal.send()
  }

  /// Whether the worker has found nothing to do since it was asked last, or nothing that it can do now.
  var isIdle: Bool { state.withLock { $0.failure != nil || $0.answered == $0.asked } }

  /// What the last look failed with; nil where it did not.
  var failure: (any Error)? { state.withLock(\.failure) }

  /// Ends the thread when it is done with what it does.
  func stop() {
    let thread = state.withLock { state in
      state.isStopped = true
      return state.thread
    }
    wakeSignal.send()
    thread?.join()
  }

  private func run() {
    var backoff = Backoff(longest: .seconds(30))
    while true {
      let (asked, isStopped) = state.withLock { state in
        state.isNew = false
        return (state.asked, state.isStopped)
      }
      if isStopped { return }
      var wait = Duration.seconds(3_600)
      do {
        let outcome = try work()
        if case .failed = outcome {} else { state.withLock { $0.failure = nil } }
        switch outcome {
        case .worked:
          log.resolved(name)
          backoff.succeeded()
          continue
        case .nothing:
          log.resolved(name)
          backoff.succeeded()
          state.withLock { $0.answered = asked }
        case .later(let duration):
          state.withLock { $0.answered = asked }
          wait = duration
        case .failed(let error, let duration):
          note(error, asked)
          wait = duration
        }
      } catch PipelineError.stopped {
        return
      } catch {
        note(error, asked)
        sleep(backoff.failed(error))
        continue
      }
      wakeSignal.wait(atMost: wait)
    }
  }

  private func note(_ error: any Error, _ asked: Int) {
    log.problem(error, about: name)
    state.withLock { state in
      state.failure = error
      state.answered = asked
    }
  }

  /// Waits, however often it is asked meanwhile, unless there is news: what failed is not tried more
  /// often than that.
  private func sleep(_ duration: Duration) {
    let end = ContinuousClock.now + duration
    while !state.withLock({ $0.isStopped || $0.isNew }) {
      let left = end - ContinuousClock.now
      if left <= .zero { return }
      wakeSignal.wait(atMost: left)
    }
  }
}
