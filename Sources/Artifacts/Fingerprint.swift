// What identifies the content of a file or a folder: its size and SHA-256.

internal import Crypto

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
  public init(of bytes: [UInt8]) {
    var hash = SHA256()
    bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    self.init(size: bytes.count, sha256: hash.finalize().hexadecimal)
  }

  /// Computes the fingerprint of a file, reading it once in chunks.
  ///
  /// - Throws: `ArtifactError.system`.
  public init(ofFile path: String) throws {
    var hash = SHA256()
    var size = 0
    try FileSystem.read(path) { chunk in
      hash.update(bufferPointer: chunk)
      size += chunk.count
    }
    self.init(size: size, sha256: hash.finalize().hexadecimal)
  }

  /// Computes the fingerprint of a plain file of a folder.
  ///
  /// - Parameter check: looks at the size before anything is read.
  /// - Throws: `ArtifactError`, and what `check` throws.
  init(
    ofPlainFile path: String, inside folder: String, limit: Int,
    checkingSize check: (Int) throws -> Void
  ) throws {
    var hash = SHA256()
    var size = 0
    try PlainFile.read(path, limit: limit, inside: folder, start: check) { chunk in
      hash.update(bufferPointer: chunk)
      size += chunk.count
    }
    self.init(size: size, sha256: hash.finalize().hexadecimal)
  }

  /// Computes the fingerprint of bytes that somebody else keeps.
  public init(of bytes: RawSpan) {
    var hash = SHA256()
    bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    self.init(size: bytes.byteCount, sha256: hash.finalize().hexadecimal)
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

extension SHA256.Digest {
  fileprivate var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
