// Encrypted files: libsodium's secretstream (XChaCha20-Poly1305) in chunks, so that a file of any size
// is read in little memory and nothing is handed out that was not checked.
//
// A file is a header of 40 bytes and chunks. The header: "mlcore", the version 2, the binary logarithm
// of the chunk size, the id of the key, and the 24 bytes of the stream's own header, which are random.
// Each chunk is the cipher text of 2^n bytes, the last one of fewer or as many, and 17 bytes that tell
// whether it is the last and prove it, all before it, and the header. So a chunk that was changed,
// moved, left out, put there from another file, or a file that ends early, is noticed.
internal import CSodium
internal import Glibc
internal import Storage

/// The format of encrypted files.
package enum EncryptedFile {
  /// The end of the names of encrypted files.
  package static let ending = ".enc"

  /// What the header says before that of the stream.
  static let headSize = 16
  static let headerSize = headSize + crypto_secretstream_xchacha20poly1305_headerbytes()
  /// What a chunk has more than its content.
  static let tagSize = crypto_secretstream_xchacha20poly1305_abytes()
  /// Chunks of 1 MiB.
  package static let usualChunkBits: UInt8 = 20
  /// What other programs may have chosen.
  static let chunkBits: ClosedRange<UInt8> = 6...24
  fileprivate static let magic = Array("mlcore".utf8)
  private static let version: UInt8 = 2
  /// Whether libsodium can be used; it may be asked for by several threads at once.
  private static let isReady = sodium_init() >= 0

  static func head(chunkBits: UInt8, keyID: [UInt8]) -> [UInt8] {
    precondition(isReady, "libsodium cannot be used")
    return magic + [version, chunkBits] + keyID
  }

  /// Reads what a header says: how long chunks are.
  ///
  /// - Throws: `Failure.damaged`, `.otherFormat`, `.otherKey`.
  static func chunkSize<Failure>(
    inHeader header: [UInt8], of path: String, key: FileKey<Failure>
  ) throws -> Int {
    guard header.count == headerSize, header.starts(with: magic) else {
      throw Failure.damaged(path: path, found: "no header of an encrypted file")
    }
    guard header[6] == version else {
      throw Failure.otherFormat(path: path, found: Int(header[6]), expected: Int(version))
    }
    guard chunkBits.contains(header[7]) else {
      throw Failure.damaged(path: path, found: "chunks of 2^\(header[7]) bytes")
    }
    guard Array(header[8..<headSize]) == key.id else {
      throw Failure.otherKey(
        path: path, found: header[8..<headSize].hexadecimal, expected: key.id.hexadecimal)
    }
    return 1 << Int(header[7])
  }
}

/// Writes an encrypted file, piece by piece.
package struct FileEncryptor<Failure: EncryptionFailure> {
  private let descriptor: Int32
  private let path: String
  private let head: [UInt8]
  private let chunkSize: Int
  private var stream = crypto_secretstream_xchacha20poly1305_state()
  /// What is not written yet: at most a chunk, because only what follows tells whether it is the last.
  private var rest: [UInt8] = []
  private var sealed: [UInt8]

  /// Begins a file.
  ///
  /// - Parameter path: what errors call the file.
  package init(
    to descriptor: Int32, path: String, key: FileKey<Failure>,
    chunkBits: UInt8 = EncryptedFile.usualChunkBits
  ) throws {
    self.descriptor = descriptor
    self.path = path
    chunkSize = 1 << Int(chunkBits)
    head = EncryptedFile.head(chunkBits: chunkBits, keyID: key.id)
    rest.reserveCapacity(chunkSize)
    sealed = [UInt8](repeating: 0, count: chunkSize + EncryptedFile.tagSize)
    var header = [UInt8](repeating: 0, count: EncryptedFile.headerSize - head.count)
    crypto_secretstream_xchacha20poly1305_init_push(&stream, &header, key.ofFiles)
    try (head + header).withUnsafeBytes { try Files<Failure>.write($0, to: descriptor, path: path) }
  }

  package mutating func append(_ bytes: UnsafeRawBufferPointer) throws {
    var bytes = bytes[...]
    while !bytes.isEmpty {
      if rest.count == chunkSize {
        try seal(crypto_secretstream_xchacha20poly1305_tag_message())
      }
      let count = min(chunkSize - rest.count, bytes.count)
      rest.append(contentsOf: bytes.prefix(count))
      bytes = bytes.dropFirst(count)
    }
  }

  /// Writes the last chunk; nothing is whole without it.
  package mutating func finish() throws {
    try seal(crypto_secretstream_xchacha20poly1305_tag_final())
  }

  private mutating func seal(_ tag: UInt8) throws {
    crypto_secretstream_xchacha20poly1305_push(
      &stream, &sealed, nil, rest, UInt64(rest.count), head, UInt64(head.count), tag)
    try sealed.withUnsafeBytes {
      try Files<Failure>.write(
        UnsafeRawBufferPointer(rebasing: $0[..<(rest.count + EncryptedFile.tagSize)]),
        to: descriptor, path: path)
    }
    rest.removeAll(keepingCapacity: true)
  }
}

extension FileKey {
  /// Encrypts a file; the target appears whole, for its owner alone.
  package func encrypt(_ path: String, to target: String) throws {
    try Files<Failure>.withFile(path, flags: O_RDONLY, operation: .open) { source in
      try Files<Failure>.fill(target) { descriptor in
        var writer = try FileEncryptor(to: descriptor, path: target, key: self)
        try Files<Failure>.read(source, path: path) { try writer.append($0) }
        try writer.finish()
      }
    }
  }

  /// Whether a file begins as an encrypted one does.
  ///
  /// - Throws: `Failure.system`.
  package static func isEncrypted(_ path: String) throws -> Bool {
    try Files<Failure>.withFile(path, flags: O_RDONLY | O_NONBLOCK, operation: .open) { source in
      var bytes = [UInt8](repeating: 0, count: EncryptedFile.magic.count)
      let count = try bytes.withUnsafeMutableBytes {
        try Files<Failure>.read(source, into: $0, path: path)
      }
      return count == bytes.count && bytes == EncryptedFile.magic
    }
  }

  /// Decrypts a file chunk by chunk; each is handed out after it was checked.
  ///
  /// - Throws: `Failure.damaged` for the first chunk that is not what it was, `.otherFormat`,
  ///   `.otherKey`, `.system`, and what `body` throws.
  package func decrypt(_ path: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try Files<Failure>.withFile(path, flags: O_RDONLY | O_NONBLOCK, operation: .open) { source in
      var status = stat()
      guard fstat(source, &status) == 0 else { throw Files<Failure>.failure(.read, path) }
      guard Files<Failure>.isFile(status) else {
        throw Failure.damaged(path: path, found: "no header of an encrypted file")
      }
      let header = try Files<Failure>.read(EncryptedFile.headerSize, of: source, path: path)
      let chunkSize = try EncryptedFile.chunkSize(inHeader: header, of: path, key: self)
      let head = Array(header[..<EncryptedFile.headSize])
      var stream = crypto_secretstream_xchacha20poly1305_state()
      crypto_secretstream_xchacha20poly1305_init_pull(
        &stream, Array(header[EncryptedFile.headSize...]), ofFiles)
      var plain = [UInt8](repeating: 0, count: chunkSize)
      var left = Int(status.st_size) - header.count
      var chunk = 0
      repeat {
        let bytes = try Files<Failure>.read(
          min(left, chunkSize + EncryptedFile.tagSize), of: source, path: path)
        left -= bytes.count
        chunk += 1
        var tag: UInt8 = 0
        guard bytes.count >= EncryptedFile.tagSize,
          crypto_secretstream_xchacha20poly1305_pull(
            &stream, &plain, nil, &tag, bytes, UInt64(bytes.count), head, UInt64(head.count)) == 0,
          (tag == crypto_secretstream_xchacha20poly1305_tag_final()) == (left <= 0)
        else {
          throw Failure.damaged(
            path: path, found: "piece \(chunk) changed, missing or at another place")
        }
        try plain.withUnsafeBytes {
          try body(
            UnsafeRawBufferPointer(rebasing: $0[..<(bytes.count - EncryptedFile.tagSize)]))
        }
      } while left > 0
    }
  }

  /// What names the content of an encrypted file.
  ///
  /// - Throws: as `decrypt`.
  package func name(ofFile path: String) throws -> String {
    let namer = namer()
    try decrypt(path) { namer.update($0) }
    return namer.finish().hexadecimal
  }
}
