// The file that rows are streamed into: under a temporary name until it is complete.

internal import Glibc
internal import Storage
internal import Tables

/// A file written piece by piece that appears whole or not at all.
final class GeneratedFile {
  private let path: String
  private let temporary: String?
  private var descriptor: Int32

  /// Opens a temporary file beside `path`, or standard output for `-`.
  ///
  /// - Throws: `StorageError.system`, as the other methods do.
  init(_ path: String) throws {
    self.path = path
    guard path != "-" else {
      temporary = nil
      descriptor = STDOUT_FILENO
      return
    }
    let temporary = Table.temporaryPath(for: path) ?? path
    self.temporary = temporary
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    if descriptor < 0 { throw failure(.create) }
  }

  /// Appends bytes.
  func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { buffer in
      var left = buffer[...]
      while !left.isEmpty {
        let rest = UnsafeRawBufferPointer(rebasing: left)
        let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else { throw failure(.write) }
        left = left.dropFirst(count)
      }
    }
  }

  /// Forces the bytes onto the disk and gives the file its name.
  func complete() throws {
    guard let temporary else { return }
    guard fsync(descriptor) == 0 else { throw failure(.flush) }
    close(descriptor)
    descriptor = -1
    guard rename(temporary, path) == 0 else { throw failure(.rename) }
    // The folder keeps the name; where it cannot be flushed, the system does so in its own time.
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let names = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard names >= 0 else { return }
    fsync(names)
    close(names)
  }

  /// Removes what was written.
  func discard() {
    guard let temporary else { return }
    if descriptor >= 0 { close(descriptor) }
    unlink(temporary)
  }

  private func failure(_ operation: StorageError.Operation) -> StorageError {
    .system(operation, path: path, errorNumber: errno)
  }
}
