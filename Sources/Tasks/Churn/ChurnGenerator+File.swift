// The file that rows are streamed into: under a temporary name until it is complete.

internal import Glibc

/// A file written piece by piece that appears whole or not at all.
public final class GeneratedFile {
  /// The system refused to write.
  public struct Failure: Error, Equatable, CustomStringConvertible {
    /// What was tried: "create", "write", "flush" or "rename".
    public let operation: String
    /// The file that was asked for.
    public let path: String
    /// The system's reason.
    public let errorNumber: Int32

    /// The facts, in one line.
    public var description: String {
      "cannot \(operation) \(path): \(String(cString: strerror(errorNumber)))"
    }
    /// What to do about it, in one line.
    public var advice: String {
      errorNumber == ENOSPC
        ? "Free some space, or write to another disk."
        : "Choose a path that you may write to."
    }
  }

  private let path: String
  private let temporary: String?
  private var descriptor: Int32

  /// Opens a temporary file beside `path`, or standard output for `-`.
  ///
  /// - Throws: `Failure`.
  init(_ path: String) throws {
    self.path = path
    guard path != "-" else {
      temporary = nil
      descriptor = STDOUT_FILENO
      return
    }
    let temporary = "\(path).partial-\(getpid())"
    self.temporary = temporary
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    if descriptor < 0 { throw failure("create") }
  }

  /// Appends bytes.
  ///
  /// - Throws: `Failure`.
  func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { buffer in
      var left = buffer[...]
      while !left.isEmpty {
        let rest = UnsafeRawBufferPointer(rebasing: left)
        let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else { throw failure("write") }
        left = left.dropFirst(count)
      }
    }
  }

  /// Forces the bytes onto the disk and gives the file its name.
  ///
  /// - Throws: `Failure`.
  func complete() throws {
    guard let temporary else { return }
    guard fsync(descriptor) == 0 else { throw failure("flush") }
    close(descriptor)
    descriptor = -1
    guard rename(temporary, path) == 0 else { throw failure("rename") }
  }

  /// Removes what was written.
  func discard() {
    guard let temporary else { return }
    if descriptor >= 0 { close(descriptor) }
    unlink(temporary)
  }

  private func failure(_ operation: String) -> Failure {
    Failure(operation: operation, path: path, errorNumber: errno)
  }
}
