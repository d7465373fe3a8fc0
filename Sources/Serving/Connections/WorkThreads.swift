// Threads for work that takes longer than an event loop may wait. Their queue is bounded: what does
// not fit is refused at once instead of being answered late.
import Glibc
import Synchronization

/// A fixed number of threads and a bounded queue.
final class WorkThreads: Sendable {
  private struct State {
    var jobs: [@Sendable () -> Void] = []
    var next = 0
  }

  private let state = Mutex(State())
  private let capacity: Int
  private nonisolated(unsafe) let waiting: UnsafeMutablePointer<sem_t>

  /// Starts threads, which live as long as the process.
  init(threads: Int, capacity: Int) {
    self.capacity = capacity
    waiting = .allocate(capacity: 1)
    sem_init(waiting, 0, 0)
    for _ in 0..<threads {
      var thread = pthread_t()
      let start = Unmanaged.passRetained(self)
      let status = pthread_create(
        &thread, nil,
        { argument in
          guard let argument else { return nil }
          Unmanaged<WorkThreads>.fromOpaque(argument).takeRetainedValue().run()
          return nil
        }, start.toOpaque())
      if status == 0 { pthread_detach(thread) } else { start.release() }
    }
  }

  /// Queues a job; false if the queue is full.
  func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
    let isAccepted = state.withLock { state in
      guard state.jobs.count - state.next < capacity else { return false }
      state.jobs.append(job)
      return true
    }
    if isAccepted { sem_post(waiting) }
    return isAccepted
  }

  private func run() {
    while true {
      while sem_wait(waiting) != 0 {}
      let job = state.withLock { state -> (@Sendable () -> Void)? in
        guard state.next < state.jobs.count else { return nil }
        let job = state.jobs[state.next]
        state.next += 1
        if state.next == state.jobs.count || state.next > 1_024 {
          state.jobs.removeFirst(state.next)
          state.next = 0
        }
        return job
      }
      job?()
    }
  }
}
