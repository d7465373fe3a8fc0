// Other names and other places for files where a link or a rename will not do, because the folders of
// a home may lie on several file systems. And names that fit into what a file system allows.
internal import Artifacts
import Glibc

extension Disk {
  /// Gives a file a name beside its first one, or a copy where there can be no link.
  ///
  /// A file that is there already stays.
  static func link(_ path: String, to target: String) throws {
    if Glibc.link(path, target) == 0 || errno == EEXIST { return }
    guard [EXDEV, EPERM, EMLINK, EOPNOTSUPP].contains(errno) else { throw failure(.create, target) }
    try copy(path, into: target)
  }

  /// Copies a file or a folder under a hidden name first, so that it appears whole or not at all.
  ///
  /// - Parameter hidden: that name, where nobody cleans up after a killed loop; nil for one that no
  ///   other thread uses.
  static func copy(_ path: String, into target: String, by hidden: String? = nil) throws {
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
    let source = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard source >= 0 else { throw failure(.open, path) }
    defer { close(source) }
    let descriptor = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(.create, target) }
    defer { close(descriptor) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = try read(source, into: buffer, path: path)
      if count == 0 { break }
      try write(UnsafeRawBufferPointer(rebasing: buffer[..<count]), to: descriptor, path: target)
    }
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure(.flush, target) }
  }

  /// Writes a file, whole or not at all.
  static func replace(_ path: String, with text: String) throws {
    do {
      try AtomicFile.write(Array(text.utf8), to: path)
    } catch ArtifactError.system(_, let path, let number) {
      throw PipelineError.system(.write, path: path, errorNumber: number)
    }
  }

  /// The beginning of a name that fits into so many bytes, in whole characters of Unicode.
  static func beginning(of name: some StringProtocol, bytes: Int) -> String {
    var scalars = Substring.UnicodeScalarView()
    var left = bytes
    for scalar in name.unicodeScalars {
      left -= Unicode.UTF8.width(scalar)
      if left < 0 { break }
      scalars.append(scalar)
    }
    return String(scalars)
  }

  /// The end of a name that fits into so many bytes, in whole characters of Unicode.
  static func end(of name: some StringProtocol, bytes: Int) -> String {
    var left = bytes
    let kept = name.unicodeScalars.reversed().prefix { scalar in
      left -= Unicode.UTF8.width(scalar)
      return left >= 0
    }
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: kept.reversed())
    return String(scalars)
  }
}
