// Steps in processes of their own: a step that crashes, or takes all memory, takes nothing with it.
//
// The question goes to the child's standard input as one line of JSON and the answer comes from its
// standard output. The input stays open: when it ends, the loop is gone, and so must the child be.
internal import FoundationEssentials
internal import Glibc
internal import Synchronization

/// Runs each step in a process that `StepServer` serves.
public final class ChildSteps: PipelineSteps {
  private let executable: String
  private let arguments: [String]
  private let lock: HomeLock?
  private let state = Mutex(State())

  private struct State {
    var isStopped = false
    var children: Set<pid_t> = []
  }

  /// Seconds that a child has to end by itself.
  private static let patience: UInt32 = 5

  /// Names the program and its arguments.
  public convenience init(executable: String, arguments: [String]) {
    self.init(executable: executable, arguments: arguments, lock: nil)
  }

  /// - Parameter lock: what children hold on to as long as they live.
  init(executable: String, arguments: [String], lock: HomeLock?) {
    self.executable = executable
    self.arguments = arguments
    self.lock = lock
  }

  /// The same steps, whose processes hold on to a lock.
  func holding(_ lock: HomeLock) -> ChildSteps {
    ChildSteps(executable: executable, arguments: arguments, lock: lock)
  }

  public func answer(_ request: StepRequest, log: String?) throws -> StepAnswer {
    var question = [UInt8](try JSONEncoder().encode(request))
    question.append(UInt8(ascii: "\n"))
    let child = try start(log: log)
    defer {
      close(child.input)
      close(child.output)
    }
    // A child that is gone is noticed by its missing answer.
    question.withUnsafeBytes { try? Disk.write($0, to: child.input, path: executable) }
    let answer = Self.all(of: child.output)
    let how = finish(child.process)
    if state.withLock({ $0.isStopped }) { throw PipelineError.stopped }
    guard let answer = try? JSONDecoder().decode(StepAnswer.self, from: Data(answer)) else {
      throw PipelineError.stepEnded(step: request.name, how: how)
    }
    if case .failed(let failure) = answer { throw PipelineError.step(failure) }
    return answer
  }

  public func stop() {
    let children = state.withLock { state in
      state.isStopped = true
      return state.children
    }
    for child in children { kill(child, SIGTERM) }
    guard !children.isEmpty else { return }
    let deadline = ContinuousClock.now + .seconds(Int64(Self.patience))
    while ContinuousClock.now < deadline, state.withLock({ !$0.children.isEmpty }) {
      usleep(10_000)
    }
    state.withLock { for child in $0.children { kill(child, SIGKILL) } }
  }

  private struct Child {
    var process: pid_t
    var input: Int32
    var output: Int32
  }

  /// Starts a child.
  private func start(log: String?) throws -> Child {
    // One at a time, so that no child inherits another's pipes before they are marked.
    try state.withLock { state in
      if state.isStopped { throw PipelineError.stopped }
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
      let status = spawn(&process, input: input.read, output: output.write, log: log)
      guard status == 0 else {
        close(input.write)
        close(output.read)
        throw PipelineError.system(.start, path: executable, errorNumber: status)
      }
      state.children.insert(process)
      return Child(process: process, input: input.write, output: output.read)
    }
  }

  private func makePipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw Disk.failure(.start, executable) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  private func spawn(
    _ process: inout pid_t, input: Int32, output: Int32, log: String?
  ) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_addopen(
      &actions, 2, log ?? "/dev/null", O_WRONLY | O_CREAT | O_APPEND, 0o600)
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

  /// Waits for a child and says how it ended.
  private func finish(_ process: pid_t) -> String {
    var information = siginfo_t()
    // Without taking it off the system's list, so that its number stays its own until we forget it.
    while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
    state.withLock { _ = $0.children.remove(process) }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    let signal = status & 0x7f
    return signal == 0
      ? "ended with code \((status >> 8) & 0xff) and no answer" : "was ended by signal \(signal)"
  }

  private static func all(of descriptor: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { buffer.deallocate() }
    while let count = try? Disk.read(descriptor, into: buffer, path: "a step"), count > 0 {
      bytes.append(contentsOf: buffer[..<count])
    }
    return bytes
  }
}
