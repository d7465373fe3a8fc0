// What identifies the content of a file or a folder: its size and SHA-256.

/// The size and the SHA-256 of a file, of a folder of files, or of bytes in memory.
public struct Fingerprint: Codable, Sendable, Equatable {
  /// The number of bytes; of a folder, of all its files together.
  public var size: Int
  /// The SHA-256 in lower-case hexadecimal.
  public var sha256: String

  /// Creates a fingerprint from its parts.
  public init(size: Int, sha256: String) {
    self.size = size
    self.sha256 = sha256
  }

  /// Computes the fingerprint of bytes in memory.
  public init(of bytes: [UInt8]) { self.init(of: bytes.span.bytes) }

  /// Computes the fingerprint of bytes that somebody else keeps.
  public init(of bytes: RawSpan) {
    let digest = Digest()
    bytes.withUnsafeBytes { digest.update($0) }
    self.init(size: bytes.byteCount, sha256: digest.finish().hexadecimal)
  }

  /// Computes the fingerprint of a file, reading it once in chunks.
  ///
  /// - Throws: `StorageError.system`.
  public init(ofFile path: String) throws {
    try self.init { take in try FileSystem.read(path, take) }
  }

  /// Computes the fingerprint of a plain file of a folder.
  ///
  /// - Parameter check: looks at the size before anything is read.
  /// - Throws: `StorageError`, and what `check` throws.
  init(
    ofPlainFile path: String, inside folder: String, limit: Int,
    checkingSize check: (Int) throws -> Void
  ) throws {
    try self.init { take in
      try PlainFile.read(path, limit: limit, inside: folder, start: check, body: take)
    }
  }

  /// Computes the fingerprint of bytes that `read` hands on.
  private init(
    reading read: (_ take: (UnsafeRawBufferPointer) -> Void) throws -> Void
  ) rethrows {
    let digest = Digest()
    var size = 0
    try read { chunk in
      digest.update(chunk)
      size += chunk.count
    }
    self.init(size: size, sha256: digest.finish().hexadecimal)
  }

  /// Computes the fingerprint of several files of a folder from theirs.
  ///
  /// The SHA-256 is that of the text `<sha256>  <relative path>\n` of the files in their order, which
  /// is what `sha256sum` prints for them.
  public init(of files: [(path: String, fingerprint: Fingerprint)]) {
    let list = files.map { "\($0.fingerprint.sha256)  \($0.path)\n" }.joined()
    self.init(
      size: files.reduce(0) { $0 + $1.fingerprint.size },
      sha256: Fingerprint(of: Array(list.utf8)).sha256)
  }
}
