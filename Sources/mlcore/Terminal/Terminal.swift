// What is known about the terminal, and the few styles that the program uses on it.
import Glibc
import Synchronization

/// A stream that may be a terminal.
struct Terminal: Sendable {
  /// Whether styles and redrawing may be used.
  let isInteractive: Bool
  /// Whether colours and bold may be used: a terminal, and `NO_COLOR` is not set.
  let hasColor: Bool
  private let descriptor: Int32

  /// Whether the program was started without a standard output; what is written there is lost.
  static let isOutputClosed = Atomic<Bool>(false)

  /// The program as it was called; tools/mlcore says how in the environment.
  static var command: String {
    getenv("MLCORE_COMMAND").map { String(cString: $0).shellQuoted } ?? "mlcore"
  }

  /// Standard error, where words and progress go.
  static let error = Terminal(descriptor: STDERR_FILENO)
  /// Standard output, where data goes.
  static let output = Terminal(descriptor: STDOUT_FILENO)

  private init(descriptor: Int32) {
    self.descriptor = descriptor
    let isDumb = getenv("TERM").map { String(cString: $0) == "dumb" } ?? false
    isInteractive = isatty(descriptor) == 1 && !isDumb
    let noColor = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
    hasColor = isInteractive && !noColor
  }

  /// The number of characters in a line; 80 when the terminal does not say.
  var width: Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// The text in bold, where the terminal can.
  func bold(_ text: String) -> String { hasColor ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

  /// The text in a subdued colour, where the terminal can.
  func dim(_ text: String) -> String { hasColor ? "\u{1B}[2m\(text)\u{1B}[0m" : text }

  /// Writes text as it is, all of it.
  ///
  /// - Throws: `CommandLineError` when the system refuses, as on a full disk.
  func write(_ text: String) throws {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw CommandLineError(
          facts: "cannot write to standard \(descriptor == STDOUT_FILENO ? "output" : "error"): "
            + String(cString: strerror(errno)),
          advice: "free some space, or send the output elsewhere", code: .file)
      }
      rest = rest.dropFirst(count)
    }
  }

  /// Refuses to send a table to a standard output that is closed.
  ///
  /// - Throws: `CommandLineError`.
  static func requireOutput(for out: String) throws {
    guard out == "-", isOutputClosed.load(ordering: .relaxed) else { return }
    throw CommandLineError(
      facts: "--out is '-', and standard output is closed",
      advice: "write to a file, or leave standard output open", code: .file)
  }

  /// Writes a note for people; what cannot be told is not worth failing for.
  func note(_ text: String) { try? write(text) }
}
