// Steps in processes of their own: a step that crashes, or takes all memory, takes nothing with it.
//
// Questions go to the child's standard input, one line of JSON each, and answers come from its
// standard output. A child that has answered stays for the next question, because starting one takes
// longer than many steps. When its input ends, the loop is gone, and so must the child be.
internal import FoundationEssentials
internal import Glibc
public import LoopContract
internal import Storage
internal import Synchronization

/// A question as it goes to a child.
struct StepQuestion: Codable {
  /// What a child compares before it reads the rest.
  struct Head: Codable {
    var version = ContractVersion.current
  }

  var version = ContractVersion.current
  var request: StepRequest
  /// The file for what the step says meanwhile.
  var log: String?
}

/// Runs each step in a process that `StepServer` serves.
public final class ChildSteps: PipelineSteps {
  private let executable: String
  private let arguments: [String]
  private let lock: HomeLock?
  private let state = Mutex(State())

  private struct Child {
    var process: pid_t
    var input: Int32
    var output: Int32
    /// How many questions it has answered.
    var answered = 0
  }

  private struct State {
    var isStopped = false
    var idle: [Child] = []
    var busy: Set<pid_t> = []
  }

  /// How long a child has to end by itself.
  private static let patience = Duration.seconds(5)
  /// Questions after which a child is replaced: what leaks, leaks so much and no more.
  private static let mostQuestions = 50

  /// Names the program and its arguments; from now on this process ignores SIGPIPE.
  public convenience init(executable: String, arguments: [String]) {
    self.init(executable: executable, arguments: arguments, lock: nil)
  }

  /// - Parameter lock: what children hold on to as long as they live.
  private init(executable: String, arguments: [String], lock: HomeLock?) {
    self.executable = executable
    self.arguments = arguments
    self.lock = lock
    // A question to a child that is gone is an error of the write, not the end of this process.
    signal(SIGPIPE, SIG_IGN)
  }

  /// The same steps, whose processes hold on to a lock.
  func holding(_ lock: HomeLock) -> ChildSteps {
    ChildSteps(executable: executable, arguments: arguments, lock: lock)
  }

  public func answer(_ request: StepRequest, log: String?) throws -> StepAnswer {
    var question = [UInt8](try JSONEncoder().encode(StepQuestion(request: request, log: log)))
    question.append(UInt8(ascii: "\n"))
    while true {
      var child = try take()
      // A child that is gone is noticed by its missing answer.
      question.withUnsafeBytes { try? Disk.write($0, to: child.input, path: executable) }
      let line = Self.line(of: child.output)
      guard let answer = try? JSONDecoder().decode(StepAnswer.self, from: Data(line)) else {
        let how = end(child)
        if state.withLock(\.isStopped) { throw PipelineError.stopped }
        // It may have ended while it waited: a new child answers the question.
        if child.answered > 0 { continue }
        throw PipelineError.stepEnded(step: request.name, how: how)
      }
      child.answered += 1
      giveBack(child)
      if state.withLock(\.isStopped) { throw PipelineError.stopped }
      if case .failed(let failure) = answer { throw PipelineError.step(failure) }
      return answer
    }
  }

  public func stop() {
    let (idle, busy) = state.withLock { state in
      state.isStopped = true
      let idle = state.idle
      state.idle = []
      return (idle, state.busy)
    }
    for child in idle { _ = end(child) }
    for child in busy { kill(child, SIGTERM) }
    let deadline = ContinuousClock.now + Self.patience
    while ContinuousClock.now < deadline, state.withLock({ !$0.busy.isEmpty }) { usleep(10_000) }
    state.withLock { for child in $0.busy { kill(child, SIGKILL) } }
  }

  // MARK: - Children

  /// A child that waits for a question, or a new one.
  private func take() throws -> Child {
    // One at a time, so that no child inherits another's pipes before they are marked.
    try state.withLock { state in
      if state.isStopped { throw PipelineError.stopped }
      let child = try state.idle.popLast() ?? start()
      state.busy.insert(child.process)
      return child
    }
  }

  private func giveBack(_ child: Child) {
    let isKept = state.withLock { state in
      guard child.answered < Self.mostQuestions, !state.isStopped else { return false }
      state.busy.remove(child.process)
      state.idle.append(child)
      return true
    }
    if !isKept { _ = end(child) }
  }

  /// Ends a child by the end of its input, waits for it, and says how it ended.
  private func end(_ child: Child) -> String {
    close(child.input)
    close(child.output)
    var information = siginfo_t()
    // Without taking it off the system's list, so that its number stays its own until we forget it.
    while waitid(P_PID, id_t(child.process), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR
    {
    }
    state.withLock { _ = $0.busy.remove(child.process) }
    var status: Int32 = 0
    while waitpid(child.process, &status, 0) < 0 && errno == EINTR {}
    let signal = status & 0x7f
    return signal == 0
      ? "ended with code \((status >> 8) & 0xff) and no answer" : "was ended by signal \(signal)"
  }

  private func start() throws -> Child {
    let input = try makePipe()
    let output: (read: Int32, write: Int32)
    do { output = try makePipe() } catch {
      close(input.read)
      close(input.write)
      throw error
    }
    defer {
      close(input.read)
      close(output.write)
    }
    var process = pid_t()
    let status = spawn(&process, input: input.read, output: output.write)
    guard status == 0 else {
      close(input.write)
      close(output.read)
      throw PipelineError.system(.start, path: executable, errorNumber: status)
    }
    return Child(process: process, input: input.write, output: output.read)
  }

  private func makePipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw Disk.failure(.start, executable) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  private func spawn(_ process: inout pid_t, input: Int32, output: Int32) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    if let lock { posix_spawn_file_actions_adddup2(&actions, lock.descriptor, 3) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // In a group of its own: Ctrl-C is for the loop, which then stops its children.
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    var words: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    return posix_spawn(&process, executable, &actions, &attributes, words, environ)
  }

  /// Reads up to a line end; what there is by then, if there is none.
  private static func line(of descriptor: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { buffer.deallocate() }
    while let count = try? Disk.read(descriptor, into: buffer, path: "a step"), count > 0 {
      bytes.append(contentsOf: buffer[..<count])
      if bytes.last == UInt8(ascii: "\n") { break }
    }
    return bytes
  }
}
