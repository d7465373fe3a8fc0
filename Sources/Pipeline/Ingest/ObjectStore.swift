// The stored bytes of all that was dropped, by content: written once, never changed; encrypted where
// there is a key, and then named by a digest that only who has the key can make.
internal import Glibc
internal import PipelineSecurity
internal import Storage

/// The folder of objects.
struct ObjectStore: Sendable {
  let folder: String
  /// What new files are encrypted with; nil to store them as they are.
  var key: EncryptionKey?
  /// What the ledger has a content as that was stored before there was a key; asked with its SHA-256
  /// without the key, and with what it would be stored as.
  var isKnown: @Sendable (_ sha256: String, _ object: String) throws -> String? = { _, _ in nil }
  /// What tells whether a program has a file open for writing.
  var lease = WriterLease()

  /// What a copy of a file came to.
  struct Stored: Sendable, Equatable {
    /// The SHA-256 of the content, with the key where there is one.
    var sha256: String
    /// The path below the folder.
    var object: String
  }

  /// Why a file was not stored, where it is the file's own doing.
  enum Refusal: Error {
    /// It is not there any more, or not a file.
    case gone
    /// It changed while it was read, or a program has locked it.
    case busy
    /// A program has it open for writing.
    case open
  }

  /// The path of an object.
  func path(_ object: String) -> String { "\(folder)/\(object)" }

  /// Copies a file into the store and makes sure that it is on the disk.
  ///
  /// - Throws: `Refusal`, `PipelineError.system`.
  func store(_ file: FoundFile) throws -> Stored {
    let source = open(file.path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard source >= 0 else {
      if [ENOENT, ELOOP, ENXIO].contains(errno) { throw Refusal.gone }
      throw Disk.failure(.open, file.path)
    }
    defer { close(source) }
    let answer = lease.take(source)
    if answer == .refused { throw Refusal.open }
    defer { WriterLease.giveBack(source) }
    guard try identity(of: source, path: file.path) == file.identity else { throw Refusal.busy }
    if flock(source, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK { throw Refusal.busy }
    // A program that wants to write need not wait until a large file is copied.
    let checkLease = { if answer == .granted, WriterLease.isWanted(source) { throw Refusal.open } }
    let temporary = "\(folder)/.partial-\(getpid())-\(pthread_self())"
    let target = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard target >= 0 else { throw Disk.failure(.create, temporary) }
    var isKept = false
    defer {
      close(target)
      if !isKept { unlink(temporary) }
    }
    let (plain, sha256) = try copy(
      source, to: target, from: file.path, temporary: temporary, key: key, check: checkLease)
    guard try identity(of: source, path: file.path) == file.identity else { throw Refusal.busy }
    let ending = Self.ending(of: file.name)
    if key != nil, let older = try isKnown(plain, "\(plain.prefix(2))/\(plain)\(ending)") {
      // Stored before there was a key: it stays what the ledger knows, and is repaired where it is
      // not there any more, or not what it was.
      if Disk.exists(path(older)), try digest(of: older) == plain {
        return Stored(sha256: plain, object: older)
      }
      guard lseek(source, 0, SEEK_SET) == 0 else { throw Disk.failure(.read, file.path) }
      guard ftruncate(target, 0) == 0, lseek(target, 0, SEEK_SET) == 0 else {
        throw Disk.failure(.write, temporary)
      }
      let again = try copy(
        source, to: target, from: file.path, temporary: temporary, key: nil, check: checkLease)
      guard again.plain == plain else { throw Refusal.busy }
      try keep(temporary, target, as: older)
      isKept = true
      return Stored(sha256: plain, object: older)
    }
    let object =
      "\(sha256.prefix(2))/\(sha256)\(ending)\(key == nil ? "" : EncryptedFile.ending)"
    try keep(temporary, target, as: object)
    isKept = true
    return Stored(sha256: sha256, object: object)
  }

  /// Gives a file that was written its name.
  ///
  /// An object of that name is replaced: it may have been changed.
  private func keep(_ temporary: String, _ target: Int32, as object: String) throws {
    try Disk.flush(target, path: temporary)
    let parent = Disk.parent(of: path(object))
    let isNew = !Disk.exists(parent)
    try Disk.makeFolder(parent)
    guard rename(temporary, path(object)) == 0 else { throw Disk.failure(.rename, temporary) }
    try Disk.flush(parent)
    if isNew { try Disk.flush(folder) }
  }

  /// Whether a file ends as its format does: a text in a line end, Parquet in its footer.
  ///
  /// What its first bytes tell to be neither has no such end to wait for.
  ///
  /// A file that is not there ends as it should; `store` will say what is wrong.
  func looksComplete(_ file: FoundFile) -> Bool {
    let descriptor = open(file.path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return true }
    defer { close(descriptor) }
    var tail: [UInt8] = [0, 0, 0, 0]
    let start = max(0, file.identity.size - tail.count)
    let count = pread(descriptor, &tail, tail.count, off_t(start))
    guard count > 0 else { return false }
    var head = [UInt8](repeating: 0, count: Self.headSize)
    let headCount = pread(descriptor, &head, head.count, 0)
    guard headCount > 0 else { return false }
    if head.starts(with: Self.magic) { return count == tail.count && tail == Self.magic }
    return tail[count - 1] == UInt8(ascii: "\n") || Self.isBinary(head[..<headCount])
  }

  private static let headSize = 1_024

  /// Whether the first bytes of a file are those of no text in UTF-8.
  private static func isBinary(_ head: ArraySlice<UInt8>) -> Bool {
    // A cell may hold a byte of zero, the names of columns may not; a character may be cut at the end.
    head.prefix { $0 != UInt8(ascii: "\n") }.contains(0)
      || (0...3).allSatisfy {
        String(validating: head.dropLast(min($0, head.count - 1)), as: UTF8.self) == nil
      }
  }

  private static let magic = Array("PAR1".utf8)

  /// - Returns: the SHA-256 of the content, and that with the key.
  private func copy(
    _ source: Int32, to target: Int32, from path: String, temporary: String, key: EncryptionKey?,
    check: () throws -> Void
  ) throws -> (plain: String, keyed: String) {
    let digest = Digest()
    let namer = key?.namer()
    var writer = try key.map { try FileEncryptor(to: target, path: temporary, key: $0) }
    try check()
    try Disk.read(source, path: path) { bytes in
      digest.update(bytes)
      namer?.update(bytes)
      if writer == nil { try Disk.write(bytes, to: target, path: temporary) }
      try writer?.append(bytes)
      try check()
    }
    try writer?.finish()
    let plain = digest.finish().hexadecimal
    return (plain, namer?.finish().hexadecimal ?? plain)
  }

  private func identity(of descriptor: Int32, path: String) throws -> Disk.Identity {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Disk.failure(.read, path) }
    guard Disk.isFile(status) else { throw Refusal.gone }
    return Disk.Identity(status)
  }

  /// The ending that says how a file is read: the last one of its name, if it is short and plain.
  private static func ending(of name: String) -> String {
    let own = Disk.name(of: name)
    guard let point = own.lastIndex(of: "."), point > own.startIndex else { return "" }
    let ending = own[own.index(after: point)...].lowercased()
    let isPlain =
      ending.utf8.count <= 8
      && ending.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      }
    return isPlain && !ending.isEmpty ? ".\(ending)" : ""
  }
}
