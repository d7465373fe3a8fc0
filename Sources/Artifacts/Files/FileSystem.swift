// The system calls under the other files of this folder, each turned into an `ArtifactError` that
// names the operation, the path and the reason.

internal import Glibc
internal import Texts

enum FileSystem {
  /// The bytes read or written by one system call.
  static let chunkSize = 1 << 20

  /// Opens a file and closes it after `body`.
  static func withFile<Result>(
    _ path: String, flags: Int32, operation: ArtifactError.Operation,
    _ body: (Int32) throws -> Result
  ) throws -> Result {
    let descriptor = open(path, flags | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure(operation, path) }
    defer { close(descriptor) }
    return try body(descriptor)
  }

  /// The error of the last system call.
  static func failure(_ operation: ArtifactError.Operation, _ path: String) -> ArtifactError {
    .system(operation, path: path, errorNumber: errno)
  }

  /// Writes a whole file, replacing what is there, and forces it onto the disk.
  static func write(_ bytes: [UInt8], to path: String) throws {
    try withFile(path, flags: O_WRONLY | O_CREAT | O_TRUNC, operation: .create) { descriptor in
      var written = 0
      while written < bytes.count {
        let count = bytes.withUnsafeBytes { buffer in
          Glibc.write(
            descriptor, buffer.baseAddress.map { $0 + written },
            min(bytes.count - written, chunkSize))
        }
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else { throw failure(.write, path) }
        written += count
      }
      guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure(.flush, path) }
    }
  }

  /// Hands the bytes of a file to `body`, a chunk at a time.
  static func read(_ path: String, _ body: (UnsafeRawBufferPointer) -> Void) throws {
    try withFile(path, flags: O_RDONLY, operation: .open) { try read($0, path, body) }
  }

  /// Hands the bytes of an open file to `body`, a chunk at a time.
  static func read(
    _ descriptor: Int32, _ path: String, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkSize, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure(.read, path) }
      if count == 0 { return }
      try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }

  /// Forces a file, or the names in a folder, onto the disk.
  static func flush(_ path: String) throws {
    try withFile(path, flags: O_RDONLY, operation: .flush) { descriptor in
      // EINVAL: the file system has nothing to flush.
      guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure(.flush, path) }
    }
  }

  /// What a path names, without following a link at its end.
  enum Entry { case nothing, folder, other }

  /// Returns what a path names, without following a link at its end.
  static func entry(_ path: String) -> Entry {
    var status = stat()
    guard lstat(path, &status) == 0 else { return .nothing }
    return status.st_mode & S_IFMT == S_IFDIR ? .folder : .other
  }

  /// Whether a path leads to a folder, by a link or not.
  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Returns the names in a folder, sorted by their bytes.
  static func names(in folder: String) throws -> [String] {
    guard let stream = opendir(folder) else { throw failure(.list, folder) }
    defer { closedir(stream) }
    var names: [String] = []
    errno = 0
    while let item = readdir(stream) {
      let name = withUnsafePointer(to: &item.pointee.d_name) { pointer in
        String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
      }
      if name != "." && name != ".." { names.append(name) }
      errno = 0
    }
    guard errno == 0 else { throw failure(.list, folder) }
    return names.sorted { $0.precedesInBytes($1) }
  }

  /// Returns the paths, relative to a folder, of all that is under it.
  ///
  /// Links are not followed and count as files.
  static func contents(of folder: String) throws -> (files: [String], folders: [String]) {
    var files: [String] = []
    var folders: [String] = []
    func visit(_ relative: String) throws {
      let path = relative.isEmpty ? folder : "\(folder)/\(relative)"
      for name in try names(in: path) {
        let child = relative.isEmpty ? name : "\(relative)/\(name)"
        if entry("\(folder)/\(child)") == .folder {
          folders.append(child)
          try visit(child)
        } else {
          files.append(child)
        }
      }
    }
    try visit("")
    return (files.sorted { $0.precedesInBytes($1) }, folders)
  }

  /// Creates a folder and those above it, and returns the created ones, outermost first.
  static func createFolders(_ path: String) throws -> [String] {
    if isFolder(path) { return [] }
    var created = try createFolders(parent(of: path))
    if mkdir(path, 0o777) == 0 {
      created.append(path)
    } else if errno != EEXIST || !isFolder(path) {
      let error =
        errno == EEXIST
        ? ArtifactError.system(.create, path: path, errorNumber: ENOTDIR) : failure(.create, path)
      for folder in created.reversed() { rmdir(folder) }
      throw error
    }
    return created
  }

  /// Deletes a file, or a folder with all that is in it, as far as the system allows.
  static func remove(_ path: String) {
    if entry(path) == .folder {
      for name in (try? names(in: path)) ?? [] { remove("\(path)/\(name)") }
      rmdir(path)
    } else {
      unlink(path)
    }
  }

  /// Returns an absolute path without empty or `.` components and without a slash at its end.
  static func absolute(_ path: String) -> String {
    var whole = path
    if !path.hasPrefix("/"), let current = getcwd(nil, 0) {
      whole = String(cString: current) + "/" + path
      free(current)
    }
    return "/" + whole.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
  }

  /// The folder that holds an absolute path.
  static func parent(of path: String) -> String {
    let components = path.split(separator: "/").dropLast()
    return "/" + components.joined(separator: "/")
  }

  /// The last component of an absolute path; empty for the root.
  static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? ""
  }
}
