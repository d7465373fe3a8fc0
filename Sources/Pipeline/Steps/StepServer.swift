// The other side of `ChildSteps`: answers the questions of a child's standard input.
internal import FoundationEssentials
internal import Glibc
internal import Storage
internal import Synchronization

/// Serves steps to the loop that started this process.
public enum StepServer {
  /// Answers questions until there are no more.
  ///
  /// When standard input ends, the process does, whatever it is doing: the loop is gone, and somebody
  /// else may soon do the same work.
  ///
  /// - Throws: what `answer` throws, and `PipelineError.system` for a question that is none.
  public static func serve(_ answer: (StepRequest) throws -> StepAnswer) throws -> Never {
    let questions = QuestionQueue()
    while true {
      let line = questions.next()
      guard let question = try? JSONDecoder().decode(StepQuestion.self, from: Data(line)) else {
        throw PipelineError.system(.read, path: "the question of a step", errorNumber: EINVAL)
      }
      redirectErrors(to: question.log)
      var bytes = [UInt8](try JSONEncoder().encode(try answer(question.request)))
      bytes.append(UInt8(ascii: "\n"))
      try bytes.withUnsafeBytes {
        try Disk.write($0, to: STDOUT_FILENO, path: "standard output")
      }
    }
  }

  /// Sends what the step says to a file, or nowhere.
  private static func redirectErrors(to log: String?) {
    let file = open(log ?? "/dev/null", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard file >= 0 else { return }
    dup2(file, STDERR_FILENO)
    close(file)
  }
}

/// The lines of standard input, read by a thread that notices when they end.
private final class QuestionQueue: Sendable {
  private let lines = Mutex<[[UInt8]]>([])
  private let bell = Bell()

  init() { _ = BackgroundThread { [self] in read() } }

  /// The next line; waits for it.
  func next() -> [UInt8] {
    while true {
      if let line = lines.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return line }
      bell.wait(atMost: .seconds(3_600))
    }
  }

  private func read() {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    var rest: [UInt8] = []
    while let count = try? Disk.read(STDIN_FILENO, into: buffer, path: "questions"), count > 0 {
      rest.append(contentsOf: buffer[..<count])
      while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        let line = Array(rest[..<end])
        rest.removeFirst(end + 1)
        lines.withLock { $0.append(line) }
        bell.ring()
      }
    }
    _exit(0)
  }
}
