// Encrypted files: AES-256-GCM in chunks, so that a file of any size is read in little memory and
// nothing is handed out that was not checked.
//
// A file is a header of 48 bytes and chunks. The header: "mlcore", the version 1, the binary logarithm
// of the chunk size, the id of the key, and 32 random bytes. The key of the file is derived by HKDF
// from the home's key, the random bytes and the rest of the header. Each chunk is the cipher text of
// 2^n bytes, the last one of fewer or as many, and a tag of 16; its nonce is whether it is the last
// and its number (the STREAM construction: Hoang, Reyhanitabar, Rogaway, Vizár 2015). So a chunk that
// was changed, moved, left out, put there from another file, or a file that ends early, is noticed.
internal import Crypto
internal import FoundationEssentials
internal import Glibc

/// The format of encrypted files.
enum EncryptedFile {
  /// The end of the names of encrypted files.
  static let ending = ".enc"

  static let headerSize = 48
  static let tagSize = 16
  /// Chunks of 1 MiB.
  static let usualChunkBits: UInt8 = 20
  /// What other programs may have chosen.
  static let chunkBits: ClosedRange<UInt8> = 6...24
  private static let magic = Array("mlcore".utf8)
  private static let version: UInt8 = 1

  /// What the header says but for its random bytes.
  static func head(chunkBits: UInt8, keyID: [UInt8]) -> [UInt8] {
    magic + [version, chunkBits] + keyID
  }

  static func nonce(chunk: UInt64, isLast: Bool) -> [UInt8] {
    [0, 0, 0, isLast ? 1 : 0] + (0..<8).map { UInt8(truncatingIfNeeded: chunk >> (56 - 8 * $0)) }
  }

  /// Reads what a header says.
  ///
  /// - Throws: `PipelineError.damaged`, `.otherKey`.
  static func read(
    header: [UInt8], of path: String, key: EncryptionKey
  ) throws -> (chunkBits: UInt8, key: SymmetricKey) {
    guard header.count == headerSize, header.starts(with: magic) else {
      throw PipelineError.damaged(path: path, found: "no encrypted file of mlcore")
    }
    guard header[6] == version, chunkBits.contains(header[7]) else {
      throw PipelineError.damaged(
        path: path, found: "version \(header[6]) with chunks of 2^\(header[7]) bytes")
    }
    let head = Array(header[..<16])
    guard Array(head[8...]) == key.id else {
      throw PipelineError.otherKey(
        path: path, found: head[8...].hexadecimal, expected: key.id.hexadecimal)
    }
    return (header[7], key.key(ofFileWithHeader: head, salt: Array(header[16...])))
  }
}

/// Writes an encrypted file, piece by piece.
struct EncryptingWriter {
  private let descriptor: Int32
  private let path: String
  private let key: SymmetricKey
  private let chunkSize: Int
  /// What is not written yet: at most a chunk, because only what follows tells whether it is the last.
  private var rest: [UInt8] = []
  private var chunk: UInt64 = 0

  /// Begins a file.
  ///
  /// - Parameter path: what errors call the file.
  init(
    to descriptor: Int32, path: String, key: EncryptionKey,
    chunkBits: UInt8 = EncryptedFile.usualChunkBits
  ) throws {
    self.descriptor = descriptor
    self.path = path
    chunkSize = 1 << Int(chunkBits)
    let head = EncryptedFile.head(chunkBits: chunkBits, keyID: key.id)
    let salt = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
    self.key = key.key(ofFileWithHeader: head, salt: salt)
    rest.reserveCapacity(chunkSize)
    try (head + salt).withUnsafeBytes { try Disk.write($0, to: descriptor, path: path) }
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) throws {
    var bytes = bytes[...]
    while !bytes.isEmpty {
      if rest.count == chunkSize { try seal(isLast: false) }
      let count = min(chunkSize - rest.count, bytes.count)
      rest.append(contentsOf: bytes.prefix(count))
      bytes = bytes.dropFirst(count)
    }
  }

  /// Writes the last chunk; nothing is whole without it.
  mutating func finish() throws { try seal(isLast: true) }

  private mutating func seal(isLast: Bool) throws {
    let nonce = try AES.GCM.Nonce(data: EncryptedFile.nonce(chunk: chunk, isLast: isLast))
    let box = try AES.GCM.seal(rest, using: key, nonce: nonce)
    for part in [box.ciphertext, box.tag] {
      try Array(part).withUnsafeBytes { try Disk.write($0, to: descriptor, path: path) }
    }
    chunk += 1
    rest.removeAll(keepingCapacity: true)
  }
}

extension EncryptionKey {
  /// Encrypts a file; the target appears whole, for its owner alone.
  func encrypt(_ path: String, to target: String) throws {
    let source = open(path, O_RDONLY | O_CLOEXEC)
    guard source >= 0 else { throw Disk.failure(.open, path) }
    defer { close(source) }
    let temporary =
      "\(Disk.parent(of: target))/.\(Disk.end(of: Disk.name(of: target), bytes: 180)).\(getpid())"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Disk.failure(.create, temporary) }
    do {
      defer { close(descriptor) }
      var writer = try EncryptingWriter(to: descriptor, path: target, key: self)
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
      defer { buffer.deallocate() }
      while true {
        let count = try Disk.read(source, into: buffer, path: path)
        if count == 0 { break }
        try writer.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      }
      try writer.finish()
      guard fsync(descriptor) == 0 || errno == EINVAL else {
        throw Disk.failure(.flush, temporary)
      }
    } catch {
      unlink(temporary)
      throw error
    }
    try Disk.move(temporary, to: target)
  }

  /// Decrypts a file chunk by chunk; each is handed out after it was checked.
  ///
  /// - Throws: `PipelineError.damaged` for the first chunk that is not what it was, `.otherKey`,
  ///   `.system`, and what `body` throws.
  func decrypt(_ path: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let source = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard source >= 0 else { throw Disk.failure(.open, path) }
    defer { close(source) }
    var status = stat()
    guard fstat(source, &status) == 0 else { throw Disk.failure(.read, path) }
    guard Disk.isFile(status) else {
      throw PipelineError.damaged(path: path, found: "no encrypted file of mlcore")
    }
    let header = try Self.bytes(EncryptedFile.headerSize, of: source, path: path)
    let (chunkBits, key) = try EncryptedFile.read(header: header, of: path, key: self)
    let chunkSize = 1 << Int(chunkBits) + EncryptedFile.tagSize
    var left = Int(status.st_size) - EncryptedFile.headerSize
    var chunk: UInt64 = 0
    repeat {
      let bytes = try Self.bytes(min(left, chunkSize), of: source, path: path)
      left -= bytes.count
      let nonce = EncryptedFile.nonce(chunk: chunk, isLast: left <= 0)
      chunk += 1
      guard bytes.count >= EncryptedFile.tagSize,
        let plain = try? AES.GCM.open(
          AES.GCM.SealedBox(
            nonce: AES.GCM.Nonce(data: nonce), ciphertext: bytes.dropLast(EncryptedFile.tagSize),
            tag: bytes.suffix(EncryptedFile.tagSize)), using: key)
      else {
        throw PipelineError.damaged(
          path: path, found: "piece \(chunk) changed, missing or at another place")
      }
      try Array(plain).withUnsafeBytes(body)
    } while left > 0
  }

  /// What names the content of an encrypted file.
  ///
  /// - Throws: as `decrypt`.
  func name(ofFile path: String) throws -> String {
    var namer = namer()
    try decrypt(path) { namer.update(data: $0) }
    return namer.finalize().hexadecimal
  }

  /// Reads so many bytes, or those that there are.
  private static func bytes(_ count: Int, of source: Int32, path: String) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: max(0, count))
    var filled = 0
    while filled < bytes.count {
      let read = try bytes.withUnsafeMutableBytes {
        try Disk.read(
          source, into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]), path: path)
      }
      if read == 0 { break }
      filled += read
    }
    return Array(bytes[..<filled])
  }
}
