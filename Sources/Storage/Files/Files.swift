// The system calls under everything that is written and read back, each turned into an error that
// names the operation, the path and the reason.

public import Glibc

/// What the system is asked to do with a path.
public enum FileOperation: String, Sendable {
  case open, read, write, create, replace, rename, remove, list, lock, watch, start, store
  /// Forcing written bytes onto the disk.
  case flush
}

/// The errors of a room that can say that the system refused.
public protocol SystemFailure: Error {
  /// The system refused an operation on a path, with an `errno`.
  static func system(_ operation: FileOperation, path: String, errorNumber: Int32) -> Self
}

/// Files and folders; what the system refuses is thrown as the error of the room that asks.
public enum Files<Failure: SystemFailure> {
  /// The bytes that one system call reads.
  static var chunkSize: Int { 1 << 20 }

  /// The error of the last system call.
  public static func failure(_ operation: FileOperation, _ path: String) -> Failure {
    .system(operation, path: path, errorNumber: errno)
  }

  /// Opens a file and closes it after `body`.
  ///
  /// - Parameter mode: the rights of a file that is created.
  public static func withFile<Result>(
    _ path: String, flags: Int32, mode: mode_t = 0o666, operation: FileOperation,
    _ body: (Int32) throws -> Result
  ) throws -> Result {
    let descriptor = open(path, flags | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw failure(operation, path) }
    defer { close(descriptor) }
    return try body(descriptor)
  }

  /// Does something while no other process does it: waits for the lock of a file or a folder.
  public static func whileLocked<Result>(
    _ path: String, flags: Int32, _ body: () throws -> Result
  ) throws -> Result {
    try withFile(path, flags: flags, mode: 0o600, operation: .lock) { descriptor in
      while flock(descriptor, LOCK_EX) != 0 && errno == EINTR {}
      return try body()
    }
  }

  // MARK: Bytes

  /// Writes all bytes to an open file.
  public static func write(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String
  ) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Glibc.write(
        descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure(.write, path) }
      rest = rest.dropFirst(count)
    }
  }

  /// Writes a whole file, replacing what is there.
  ///
  /// - Parameter flushes: whether to force it onto the disk.
  static func write(_ bytes: [UInt8], to path: String, flushes: Bool = true) throws {
    try withFile(path, flags: O_WRONLY | O_CREAT | O_TRUNC, operation: .create) { descriptor in
      try bytes.withUnsafeBytes { try write($0, to: descriptor, path: path) }
      if flushes { try flush(descriptor, path: path) }
    }
  }

  /// Reads up to a buffer's length; 0 at the end.
  public static func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, path: String
  ) throws -> Int {
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure(.read, path) }
      return count
    }
  }

  /// Reads so many bytes of an open file, or those that there are.
  public static func read(_ count: Int, of descriptor: Int32, path: String) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: max(0, count))
    var filled = 0
    while filled < bytes.count {
      let count = try bytes.withUnsafeMutableBytes {
        try read(descriptor, into: .init(rebasing: $0[filled...]), path: path)
      }
      if count == 0 { break }
      filled += count
    }
    return Array(bytes[..<filled])
  }

  /// Hands the bytes of an open file to `body`, a chunk at a time.
  public static func read(
    _ descriptor: Int32, path: String, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkSize, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = try read(descriptor, into: buffer, path: path)
      if count == 0 { return }
      try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }

  /// Hands the bytes of a file to `body`, a chunk at a time.
  static func read(_ path: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try withFile(path, flags: O_RDONLY, operation: .open) { try read($0, path: path, body) }
  }

  /// Forces the bytes of an open file onto the disk.
  public static func flush(_ descriptor: Int32, path: String) throws {
    // EINVAL: the file system has nothing to flush.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure(.flush, path) }
  }

  /// Forces a file, or the names in a folder, onto the disk.
  public static func flush(_ path: String) throws {
    try withFile(path, flags: O_RDONLY, operation: .flush) { try flush($0, path: path) }
  }

  // MARK: Entries

  /// The status of a path, without following a link at its end; nil for nothing.
  public static func status(_ path: String) -> stat? {
    var status = stat()
    return lstat(path, &status) == 0 ? status : nil
  }

  /// Whether a path leads to something.
  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether a status is that of a folder.
  public static func isFolder(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFDIR }

  /// Whether a status is that of a plain file.
  public static func isFile(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFREG }

  /// Whether a path leads to a folder, by a link or not.
  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && isFolder(status)
  }

  /// Deletes a file, or a folder with all that is in it, as far as the system allows.
  public static func remove(_ path: String) {
    guard let status = status(path) else { return }
    if isFolder(status) {
      for name in (try? names(in: path)) ?? [] { remove("\(path)/\(name)") }
      rmdir(path)
    } else {
      unlink(path)
    }
  }
}

/// The files of run folders, exports and whatever else has no errors of its own.
public typealias FileSystem = Files<StorageError>
