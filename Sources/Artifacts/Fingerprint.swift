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

  /// Computes the fingerprint of an input: of a file, or of all files under a folder.
  ///
  /// The SHA-256 of a folder is that of the text `<sha256>  <relative path>\n` of its files in the
  /// order of the bytes of their paths, which is what `sha256sum` prints for them.
  ///
  /// - Throws: `ArtifactError.system`.
  public init(ofInput path: String) throws {
    guard FileSystem.isFolder(path) else {
      try self.init(ofFile: path)
      return
    }
    var hash = SHA256()
    var size = 0
    for file in try FileSystem.contents(of: path).files {
      let fingerprint = try Fingerprint(ofFile: "\(path)/\(file)")
      hash.update(data: Array("\(fingerprint.sha256)  \(file)\n".utf8))
      size += fingerprint.size
    }
    self.init(size: size, sha256: hash.finalize().hexadecimal)
  }
}

extension SHA256.Digest {
  fileprivate var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
