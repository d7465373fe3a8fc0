// Ctrl-C and SIGTERM. A handler raises a flag that training looks at after every round, so that
// work ends by ordinary unwinding, which removes half-made files. A second signal, or ten seconds
// without an end, stops at once. (Blocking the signals and waiting for them would not do: the
// threads of OpenBLAS exist before the first line of this program, and would take them.)
import Glibc
import Synchronization

/// The state of interruption of the process.
enum Interruption {
  private static let received = Atomic<Int32>(0)
  /// The end of a pipe that the handler writes to, to wake the thread that waits.
  private static let alarm = Atomic<Int32>(-1)
  /// Whether the system gave no thread that waits.
  private static let isAlone = Atomic<Bool>(false)
  /// What to remove when unwinding takes too long.
  private static let cleanups = Mutex<[@Sendable () -> Void]>([])
  /// What to tell that the program should end, for those who do not ask.
  private static let listeners = Mutex<[@Sendable () -> Void]>([])
  /// What a run that is stopped leaves behind, in words.
  private static let remains = Mutex("nothing was written")
  /// Milliseconds that unwinding may take before the process ends regardless.
  private static let patience: Int32 = 10_000

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

  /// Adds somebody to be told, on another thread, that the program should end.
  static func onRequest(_ listener: @escaping @Sendable () -> Void) {
    listeners.withLock { $0.append(listener) }
  }

  /// Adds a file that is being written, if there is one.
  static func unlinkOnForcedExit(_ path: String?) {
    if let path { onForcedExit { unlink(path) } }
  }

  /// Says what a run that is stopped leaves behind, where that is not nothing.
  static func leaves(_ words: String) { remains.withLock { $0 = words } }

  /// Starts listening for signals, also where they were ignored, as in background jobs of scripts.
  static func watch() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    alarm.store(ends[1], ordering: .releasing)
    // Both are made before the handler can run, which must not make anything.
    received.store(0, ordering: .releasing)
    isAlone.store(false, ordering: .releasing)
    var thread = pthread_t()
    let start = UnsafeMutableRawPointer(bitPattern: Int(ends[0]))
    let status = pthread_create(
      &thread, nil, { Interruption.wait(for: Int32(Int(bitPattern: $0))) }, start)
    // Without a thread that waits, the handler itself ends the process at the second signal.
    if status == 0 { pthread_detach(thread) } else { isAlone.store(true, ordering: .releasing) }
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { Interruption.raise($0) }
    action.sa_flags = SA_RESTART
    sigaction(SIGINT, &action, nil)
    sigaction(SIGTERM, &action, nil)
    // Whoever started the program may have blocked them, and a child inherits that.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// Ends the process with the code that shells expect: 130 for SIGINT, 143 for SIGTERM.
  static func exit(_ signal: Int32) -> Never {
    Terminal.error.note("mlcore: stopped; \(remains.withLock(\.self))\n")
    _exit(128 + signal)
  }

  /// The handler: only calls that are safe while anything else is going on.
  private static func raise(_ signal: Int32) {
    let number = errno
    let isFirst = received.compareExchange(
      expected: 0, desired: signal, ordering: .acquiringAndReleasing
    ).exchanged
    if !isFirst, isAlone.load(ordering: .acquiring) { _exit(128 + signal) }
    var byte: UInt8 = 0
    _ = write(alarm.load(ordering: .acquiring), &byte, 1)
    errno = number
  }

  private static func wait(for alarm: Int32) -> Never {
    var byte: UInt8 = 0
    while read(alarm, &byte, 1) != 1 {}
    for listener in listeners.withLock(\.self) { listener() }
    var second = pollfd(fd: alarm, events: Int16(POLLIN), revents: 0)
    while poll(&second, 1, patience) < 0 {}
    for cleanup in cleanups.withLock(\.self) { cleanup() }
    Self.exit(signal ?? SIGTERM)
  }
}
