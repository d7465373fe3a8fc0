// Files that this program wrote and reads back: plain files inside of their folder, of a size that
// can be right. A pipe would wait for ever, a device would never end.

internal import Glibc

/// Reads files that are plain, stay in their folder and are not too long.
public enum PlainFile {
  /// The longest file that is read where nothing else is said.
  public static let usualLimit = 1 << 30
  /// The longest file of a run folder.
  static let longestRunFile = 1 << 36

  /// Reads a whole file.
  ///
  /// - Parameters:
  ///   - limit: the most bytes that it may have.
  ///   - folder: the folder that a link must not leave; nil lets links lead anywhere.
  /// - Throws: `StorageError.notPlain`, `.outside`, `.tooLong`, `.system`.
  public static func read(
    _ path: String, limit: Int = usualLimit, inside folder: String? = nil
  ) throws -> [UInt8] {
    var result: [UInt8] = []
    try read(path, limit: limit, inside: folder) { size in
      result.reserveCapacity(size)
    } body: {
      result.append(contentsOf: $0)
    }
    return result
  }

  /// Reads a file that a user names, which may be a pipe.
  ///
  /// - Throws: `StorageError.tooLong`, `.system`.
  public static func readAny(_ path: String, limit: Int) throws -> [UInt8] {
    var result: [UInt8] = []
    try FileSystem.withFile(path, flags: O_RDONLY | O_NOCTTY, operation: .open) { descriptor in
      try FileSystem.read(descriptor, path: path) { chunk in
        guard result.count + chunk.count <= limit else {
          throw StorageError.tooLong(file: path, size: result.count + chunk.count, limit: limit)
        }
        result.append(contentsOf: chunk)
      }
    }
    return result
  }

  /// Checks a file that something else is going to open.
  ///
  /// - Throws: as `read`.
  public static func check(_ path: String, limit: Int = usualLimit) throws {
    var status = stat()
    guard stat(path, &status) == 0 else { throw FileSystem.failure(.open, path) }
    try check(status, path, limit: limit)
  }

  /// Hands the size of a file to `start`, and then its bytes to `body`, a chunk at a time.
  static func read(
    _ path: String, limit: Int, inside folder: String?, start: (_ size: Int) throws -> Void,
    body: (UnsafeRawBufferPointer) -> Void
  ) throws {
    // Before it is opened, because opening a device may do something.
    try check(path, limit: limit)
    if let folder { try requireInside(folder, path) }
    try FileSystem.withFile(path, flags: O_RDONLY | O_NONBLOCK | O_NOCTTY, operation: .open) {
      descriptor in
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { throw FileSystem.failure(.open, path) }
      try check(status, path, limit: limit)
      try start(Int(status.st_size))
      var total = 0
      try FileSystem.read(descriptor, path: path) { chunk in
        total += chunk.count
        guard total <= limit else {
          throw StorageError.tooLong(file: path, size: total, limit: limit)
        }
        body(chunk)
      }
    }
  }

  private static func check(_ status: stat, _ path: String, limit: Int) throws {
    guard FileSystem.isFile(status) else {
      throw StorageError.notPlain(file: path, found: kind(of: status.st_mode))
    }
    guard status.st_size <= limit else {
      throw StorageError.tooLong(file: path, size: Int(status.st_size), limit: limit)
    }
  }

  private static func kind(of mode: mode_t) -> String {
    switch mode & S_IFMT {
    case S_IFDIR: "a folder"
    case S_IFIFO: "a pipe"
    case S_IFSOCK: "a socket"
    case S_IFCHR, S_IFBLK: "a device"
    default: "something else"
    }
  }

  /// Refuses a path that a link leads out of a folder.
  private static func requireInside(_ folder: String, _ path: String) throws {
    let (root, file) = (try resolved(folder), try resolved(path))
    guard root == "/" || file.hasPrefix(root + "/") else {
      throw StorageError.outside(file: path, target: file)
    }
  }

  private static func resolved(_ path: String) throws -> String {
    guard let found = realpath(path, nil) else { throw FileSystem.failure(.open, path) }
    defer { free(found) }
    return String(cString: found)
  }
}
