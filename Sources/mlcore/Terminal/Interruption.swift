// Ctrl-C and SIGTERM. The signals are blocked in every thread; one thread waits for them and
// raises a flag that training looks at after every round, so that work ends by ordinary unwinding,
// which removes half-made files. A second signal, or ten seconds without an end, stops at once.
import Glibc
import Synchronization

/// The state of interruption of the process.
enum Interruption {
  private static let received = Atomic<Int32>(0)
  /// What to remove when unwinding takes too long.
  private static let cleanups = Mutex<[@Sendable () -> Void]>([])
  /// Seconds that unwinding may take before the process ends regardless.
  private static let patience = 10

  /// The signal that asked the program to end, if one did.
  static var signal: Int32? {
    let value = received.load(ordering: .acquiring)
    return value == 0 ? nil : value
  }

  /// Whether work should stop.
  static var isRequested: Bool { signal != nil }

  /// Adds something to remove before the process is ended by force.
  static func onForcedExit(_ cleanup: @escaping @Sendable () -> Void) {
    cleanups.withLock { $0.append(cleanup) }
  }

  /// Starts waiting for signals; call first, so that every later thread inherits the mask.
  static func watch() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    var thread = pthread_t()
    let status = pthread_create(&thread, nil, { _ in Interruption.wait() }, nil)
    precondition(status == 0, "pthread_create failed with error \(status)")
    pthread_detach(thread)
  }

  /// Ends the process with the code that shells expect: 130 for SIGINT, 143 for SIGTERM.
  static func exit(_ signal: Int32) -> Never {
    Terminal.error.note("mlcore: stopped; nothing was written\n")
    _exit(128 + signal)
  }

  private static func wait() -> Never {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    var signal: Int32 = 0
    sigwait(&signals, &signal)
    received.store(signal, ordering: .releasing)
    var patienceLeft = timespec(tv_sec: Int(patience), tv_nsec: 0)
    _ = sigtimedwait(&signals, nil, &patienceLeft)
    for cleanup in cleanups.withLock(\.self) { cleanup() }
    Self.exit(signal)
  }
}
