// The log as JSON lines, written by a thread of its own: whoever logs never waits for a slow reader
// of standard error. Lines that do not fit the buffer are counted, and that is told.
import Glibc
import Logging
import Synchronization
import Texts

/// Writes lines in order, without keeping their writer waiting.
final class LineWriter: Sendable {
  private struct State {
    var bytes: [UInt8] = []
    var lost = 0
  }

  private let state = Mutex(State())
  private nonisolated(unsafe) let waiting: UnsafeMutablePointer<sem_t>
  private let descriptor: Int32
  private static let limit = 4 << 20
  /// Microseconds between the first line and its writing.
  private static let pause: UInt32 = 10_000

  /// Starts the thread, which lives as long as the process.
  init(descriptor: Int32) {
    self.descriptor = descriptor
    waiting = .allocate(capacity: 1)
    sem_init(waiting, 0, 0)
    var thread = pthread_t()
    let start = Unmanaged.passRetained(self)
    let status = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<LineWriter>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, start.toOpaque())
    if status == 0 { pthread_detach(thread) } else { start.release() }
  }

  /// Queues a line.
  func write(_ line: String) {
    let wasEmpty = state.withLock { state in
      guard state.bytes.count + line.utf8.count < Self.limit else {
        state.lost += 1
        return false
      }
      let wasEmpty = state.bytes.isEmpty
      state.bytes += line.utf8
      return wasEmpty
    }
    if wasEmpty { sem_post(waiting) }
  }

  /// Writes what is queued on the calling thread.
  func flush() {
    let (bytes, lost) = state.withLock { state in
      defer { state = State() }
      return (state.bytes, state.lost)
    }
    var rest = bytes[...]
    if lost > 0 { rest += "{\"event\":\"log lines were lost\",\"lines\":\(lost)}\n".utf8 }
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  private func run() {
    while true {
      while sem_wait(waiting) != 0 {}
      // Lines of these milliseconds are written together, and wake nobody.
      usleep(Self.pause)
      flush()
    }
  }
}

/// A swift-log handler whose lines are JSON objects.
struct JSONLineHandler: LogHandler {
  let writer: LineWriter
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .info

  init(_ writer: LineWriter) { self.writer = writer }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let time =
      CalendarTime.text(secondsSince1970: now.tv_sec)
      + ".\((now.tv_nsec / 1_000_000).padded(to: 3))Z"
    var line = "{\"time\":\"\(time)\",\"level\":\"\(event.level)\",\"event\":"
    line += JSONText.literal("\(event.message)")
    let members = metadata.merging(event.metadata ?? [:]) { $1 }
    for (name, value) in members.sorted(by: { $0.key.precedesInBytes($1.key) }) {
      line += ",\(JSONText.literal(name)):\(Self.text(value))"
    }
    writer.write(line + "}\n")
  }

  private static func text(_ value: Logger.Metadata.Value) -> String {
    switch value {
    case .string(let text): JSONText.literal(text)
    case .stringConvertible(let value) where value is Int || value is Double: value.description
    default: JSONText.literal(value.description)
    }
  }
}
