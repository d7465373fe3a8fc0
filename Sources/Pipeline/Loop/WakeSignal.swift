// Wakes a thread that waits for something to do, and starts such threads.
import Glibc

/// A signal that one thread waits for and others send.
///
/// A signal before the wait counts, and many signals count once.
final class WakeSignal: Sendable {
  private let ends: (read: Int32, write: Int32)

  init() {
    var ends: [Int32] = [-1, -1]
    let status = pipe(&ends)
    precondition(status == 0, "pipe failed with error \(errno)")
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    self.ends = (ends[0], ends[1])
  }

  deinit {
    close(ends.read)
    close(ends.write)
  }

  /// Wakes the thread that waits, or will wait next.
  func send() {
    var byte: UInt8 = 1
    // A full pipe wakes the thread anyway.
    _ = write(ends.write, &byte, 1)
  }

  /// Waits for a signal, at most for a time.
  func wait(atMost duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    var event = pollfd(fd: ends.read, events: Int16(POLLIN), revents: 0)
    _ = poll(&event, 1, Int32(clamping: max(0, milliseconds)))
    var bytes: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    while read(ends.read, &bytes, MemoryLayout.size(ofValue: bytes)) > 0 {}
  }
}

/// A thread that runs one closure.
final class BackgroundThread: Sendable {
  private let thread: pthread_t

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  init(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { pointer in
        if let pointer { Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run() }
        return nil
      }, Unmanaged.passRetained(Body(body)).toOpaque())
    guard status == 0 else {
      // A loop without its threads would wait for ever; nothing has been begun that could be undone.
      let words = "mlcore: no further thread can be started: \(String(cString: strerror(status)))\n"
      _ = words.withCString { write(STDERR_FILENO, $0, strlen($0)) }
      _exit(4)
    }
    self.thread = thread
  }

  /// Waits until the closure has returned; to be called once.
  func join() { pthread_join(thread, nil) }
}
