// Other names and other places for files where a link or a rename will not do, because the folders
// may lie on several file systems.

internal import Glibc

extension Files {
  /// Gives a file or folder another name, on another file system by a copy, and forces both names
  /// onto the disk.
  public static func move(_ path: String, to target: String) throws {
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

  /// Gives a file a name beside its first one, or a copy where there can be no link.
  ///
  /// A file that is there already stays.
  public static func link(_ path: String, to target: String) throws {
    if Glibc.link(path, target) == 0 || errno == EEXIST { return }
    guard [EXDEV, EPERM, EMLINK, EOPNOTSUPP].contains(errno) else { throw failure(.create, target) }
    try copy(path, into: target)
  }

  /// Fills a new file for its owner alone, which then takes its name.
  public static func fill(_ target: String, _ body: (_ descriptor: Int32) throws -> Void) throws {
    let temporary = "\(parent(of: target))/.\(end(of: name(of: target), bytes: 180)).\(getpid())"
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW
    try withFile(temporary, flags: flags, mode: 0o600, operation: .create) { descriptor in
      do {
        try body(descriptor)
        try flush(descriptor, path: target)
      } catch {
        unlink(temporary)
        throw error
      }
    }
    try move(temporary, to: target)
  }

  /// Copies a file or a folder under a hidden name first, so that it appears whole or not at all.
  ///
  /// What is copied belongs to its owner alone.
  ///
  /// - Parameter hidden: that name, where nobody cleans up after a killed loop; nil for one that no
  ///   other thread uses.
  public static func copy(_ path: String, into target: String, by hidden: String? = nil) throws {
    let temporary =
      "\(parent(of: target))/" + (hidden ?? ".copy-\(getpid())-\(pthread_self())")
    remove(temporary)
    do {
      try copy(path, as: temporary)
      guard rename(temporary, target) == 0 else { throw failure(.rename, temporary) }
    } catch {
      remove(temporary)
      throw error
    }
  }

  private static func copy(_ path: String, as target: String) throws {
    guard let status = status(path) else { throw failure(.open, path) }
    if isFolder(status) {
      try makeFolder(target)
      for name in try names(in: path) { try copy("\(path)/\(name)", as: "\(target)/\(name)") }
      return try flush(target)
    }
    try withFile(path, flags: O_RDONLY | O_NOFOLLOW, operation: .open) { source in
      let flags = O_WRONLY | O_CREAT | O_EXCL
      try withFile(target, flags: flags, mode: 0o600, operation: .create) { descriptor in
        try read(source, path: path) { try write($0, to: descriptor, path: target) }
        try flush(descriptor, path: target)
      }
    }
  }
}
