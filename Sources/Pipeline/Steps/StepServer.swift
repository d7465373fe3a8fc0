// The other side of `ChildSteps`: answers the one question of a child's standard input.
internal import FoundationEssentials
internal import Glibc

/// Serves steps to the loop that started this process.
public enum StepServer {
  /// Reads a question, answers it, and returns.
  ///
  /// From the moment the question is read the process ends when its standard input does, because
  /// then the loop is gone, and somebody else may soon do the same work.
  ///
  /// - Throws: `PipelineError.system` where there is no question.
  public static func serve(_ answer: (StepRequest) throws -> StepAnswer) throws {
    guard let line = readLine(strippingNewline: true),
      let request = try? JSONDecoder().decode(StepRequest.self, from: Data(line.utf8))
    else { throw PipelineError.system(.read, path: "the question of a step", errorNumber: EINVAL) }
    watchParent()
    let answer = try answer(request)
    let bytes = [UInt8](try JSONEncoder().encode(answer))
    try bytes.withUnsafeBytes { try Disk.write($0, to: STDOUT_FILENO, path: "standard output") }
  }

  private static func watchParent() {
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { _ in
        var byte: UInt8 = 0
        while true {
          let count = read(STDIN_FILENO, &byte, 1)
          if count < 0 && errno == EINTR { continue }
          if count <= 0 { _exit(143) }
        }
      }, nil)
    precondition(status == 0, "pthread_create failed with error \(status)")
    pthread_detach(thread)
  }
}
