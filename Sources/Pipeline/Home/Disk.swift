// The system calls under the loop, each turned into a `PipelineError` that names the path.
import Glibc

/// Files and folders of the home, private to their owner.
enum Disk {
  /// What `lstat` says of a file, as far as it identifies one state of its content.
  struct Identity: Hashable, Sendable {
    var device: UInt64
    var inode: UInt64
    var size: Int
    /// Nanoseconds since 1970 of the last change of the content.
    var modified: Int
    /// Nanoseconds since 1970 of the last change of the content or the entry; nobody can set it.
    var changed: Int

    init(_ status: stat) {
      device = UInt64(status.st_dev)
      inode = UInt64(status.st_ino)
      size = Int(status.st_size)
      modified = Self.nanoseconds(status.st_mtim)
      changed = Self.nanoseconds(status.st_ctim)
    }

    /// Nanoseconds since 1970; anybody can set a time centuries away, for which they wrap around: they
    /// only tell one state from another.
    private static func nanoseconds(_ time: timespec) -> Int {
      time.tv_sec &* 1_000_000_000 &+ time.tv_nsec
    }

    /// Whether the content is the same as another's, wherever the file is now.
    func isSameContent(as other: Identity) -> Bool {
      device == other.device && inode == other.inode && size == other.size
        && modified == other.modified
    }
  }

  /// What is at a path, without following a link at its end; nil for nothing.
  static func status(_ path: String) -> stat? {
    var status = stat()
    return lstat(path, &status) == 0 ? status : nil
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func isFolder(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFDIR }
  static func isFile(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFREG }

  /// What something is that is neither file nor folder, in words.
  static func kind(of status: stat) -> String {
    switch status.st_mode & S_IFMT {
    case S_IFLNK: "a link"
    case S_IFIFO: "a named pipe"
    case S_IFSOCK: "a socket"
    default: "a device"
    }
  }

  /// Makes a folder and those above it, for the owner alone.
  static func makeFolder(_ path: String) throws {
    if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
      throw failure(.create, path)
    }
    try makeFolder(String(path[..<slash]))
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure(.create, path) }
  }

  /// The names in a folder, sorted by their bytes; names that are not UTF-8 are passed over.
  static func names(in folder: String) throws -> [String] {
    try allNames(in: folder).valid
  }

  /// The names in a folder, sorted by their bytes, and the bytes of those that are not UTF-8.
  static func allNames(in folder: String) throws -> (valid: [String], others: [[UInt8]]) {
    guard let stream = opendir(folder) else { throw failure(.list, folder) }
    defer { closedir(stream) }
    var names: [String] = []
    var others: [[UInt8]] = []
    errno = 0
    while let item = readdir(stream) {
      let bytes = withUnsafeBytes(of: &item.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if let name = String(validating: bytes, as: UTF8.self) {
        if name != ".", name != ".." { names.append(name) }
      } else {
        others.append(bytes)
      }
      errno = 0
    }
    guard errno == 0 else { throw failure(.list, folder) }
    return (names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }, others)
  }

  /// Forces a file, or the names in a folder, onto the disk.
  static func flush(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(.flush, path) }
    defer { close(descriptor) }
    // EINVAL: the file system has nothing to flush.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure(.flush, path) }
  }

  /// Gives a file or folder another name, on another file system by a copy, and forces both names
  /// onto the disk.
  static func move(_ path: String, to target: String) throws {
    if rename(path, target) != 0 {
      guard errno == EXDEV else { throw failure(.rename, path) }
      try copy(path, into: target)
      remove(path)
    }
    let from = parent(of: path)
    let to = parent(of: target)
    try flush(to)
    if from != to { try flush(from) }
  }

  /// Deletes a file, or a folder with all that is in it, as far as the system allows.
  static func remove(_ path: String) {
    guard let status = status(path) else { return }
    if isFolder(status) {
      for name in (try? names(in: path)) ?? [] { remove("\(path)/\(name)") }
      rmdir(path)
    } else {
      unlink(path)
    }
  }

  /// Writes all bytes to an open file.
  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Glibc.write(
        descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure(.write, path) }
      rest = rest.dropFirst(count)
    }
  }

  /// Reads up to a buffer's length; 0 at the end.
  static func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, path: String
  ) throws -> Int {
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure(.read, path) }
      return count
    }
  }

  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? ""
  }

  /// The error of the last system call.
  static func failure(_ operation: PipelineError.Operation, _ path: String) -> PipelineError {
    .system(operation, path: path, errorNumber: errno)
  }
}
