// Single files: written whole or not at all, and read whole.

internal import Glibc

/// Reads single files, and writes them so that a reader, or a crash, never sees half of one.
public enum AtomicFile {
  /// Writes a file under a temporary name beside it, flushes it, and renames it into place.
  ///
  /// An existing file is replaced in one step. On failure nothing new is left behind; what a killed
  /// process left is removed when the same file is written again.
  ///
  /// - Throws: `StorageError.system`.
  public static func write(_ bytes: [UInt8], to path: String) throws {
    let target = FileSystem.absolute(path)
    guard !FileSystem.isFolder(target) else {
      throw StorageError.system(.replace, path: target, errorNumber: EISDIR)
    }
    Leftovers.remove(beside: target)
    let temporary = Leftovers.temporaryPath(for: target, mark: "-\(pthread_self())")
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    do {
      try FileSystem.withFile(temporary, flags: flags, operation: .create) { descriptor in
        Leftovers.hold(descriptor)
        try bytes.withUnsafeBytes { try FileSystem.write($0, to: descriptor, path: temporary) }
        try FileSystem.flush(descriptor, path: temporary)
        guard rename(temporary, target) == 0 else { throw FileSystem.failure(.rename, target) }
      }
    } catch {
      unlink(temporary)
      throw error
    }
    try FileSystem.flush(FileSystem.parent(of: target))
  }

  /// Reads a whole file that was written so.
  ///
  /// - Parameter limit: the most bytes that it may have.
  /// - Throws: `StorageError.system`, `.notPlain`, `.tooLong`.
  public static func read(
    _ path: String, limit: Int = PlainFile.usualLimit
  ) throws -> [UInt8] { try PlainFile.read(path, limit: limit) }
}
