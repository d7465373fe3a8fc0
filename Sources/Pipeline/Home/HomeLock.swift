// One loop per home: a lock that the system takes back however the process ends.
import Glibc
import Storage

/// The lock of a home, held as long as the object lives.
///
/// Processes of steps inherit the open file, so that a new loop waits until the steps of one that
/// was killed are gone too.
final class HomeLock: Sendable {
  /// The open file that holds the lock.
  let descriptor: Int32

  /// How long a lock may be in the hands of the steps of a killed loop.
  static let patience = Duration.seconds(2)

  /// Takes the lock.
  ///
  /// - Parameter patience: how long to wait for it.
  /// - Throws: `PipelineError.locked`.
  init(_ home: LoopDirectory, patience: Duration = HomeLock.patience) throws {
    let path = "\(home.state)/lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Disk.failure(.lock, path) }
    let deadline = ContinuousClock.now + patience
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let number = errno
      if number == EINTR { continue }
      guard number == EWOULDBLOCK, ContinuousClock.now < deadline else {
        close(descriptor)
        throw number == EWOULDBLOCK
          ? PipelineError.locked(home: home.path)
          : .system(.lock, path: path, errorNumber: number)
      }
      usleep(20_000)
    }
  }

  deinit { close(descriptor) }

  /// Does something while this process has the lock.
  ///
  /// - Throws: `PipelineError.locked`, and what `body` throws.
  static func holding<Result>(_ home: LoopDirectory, _ body: () throws -> Result) throws -> Result {
    let lock = try HomeLock(home)
    return try withExtendedLifetime(lock) { try body() }
  }
}
