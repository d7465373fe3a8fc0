// The other side of `ChildSteps`: answers the questions of a child's standard input.
internal import FoundationEssentials
internal import Glibc
public import LoopContract
internal import Storage
internal import Synchronization

/// Serves steps to the loop that started this process.
public enum StepServer {
  /// Answers questions until there are no more.
  ///
  /// When standard input ends, the process ends: the loop is gone, and another one may soon do the
  /// same work.
  ///
  /// - Throws: what `answer` throws, and `PipelineError.system` for a question that is none.
  public static func serve(_ answer: (StepRequest) throws -> StepAnswer) throws -> Never {
    let questions = QuestionQueue()
    while true {
      var bytes = [UInt8](try JSONEncoder().encode(try self.answer(to: questions.next(), answer)))
      bytes.append(UInt8(ascii: "\n"))
      try bytes.withUnsafeBytes {
        try Disk.write($0, to: STDOUT_FILENO, path: "standard output")
      }
    }
  }

  /// Answers a line, unless it is of another version of the contract.
  static func answer(
    to line: [UInt8], _ answer: (StepRequest) throws -> StepAnswer
  ) throws -> StepAnswer {
    let (decoder, line) = (JSONDecoder(), Data(line))
    if let found = try? decoder.decode(StepQuestion.Head.self, from: line).version,
      found != ContractVersion.current
    {
      return .failed(
        StepFailure(
          kind: .system,
          facts: "the loop speaks version \(found) of the contract with its steps, expected "
            + "\(ContractVersion.current)", advice: "start the loop again"))
    }
    guard let question = try? decoder.decode(StepQuestion.self, from: line) else {
      throw PipelineError.system(.read, path: "the question of a step", errorNumber: EINVAL)
    }
    redirectErrors(to: question.log)
    return try answer(question.request)
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
  private let wakeSignal = WakeSignal()

  init() { _ = BackgroundThread { [self] in read() } }

  /// The next line; waits for it.
  func next() -> [UInt8] {
    while true {
      if let line = lines.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return line }
      wakeSignal.wait(atMost: .seconds(3_600))
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
        wakeSignal.send()
      }
    }
    _exit(0)
  }
}
