// The key that a home is encrypted with, from a file that nobody else may read, and the keys that are
// derived from it: one for each file, one for the names of contents.
internal import FoundationEssentials
internal import Glibc
public import Storage

/// The errors of a room that can say what is wrong with a key or with an encrypted file.
public protocol EncryptionFailure: SystemFailure {
  /// A file holds no key.
  static func keyFile(path: String, found: String, expected: String) -> Self
  /// Others may read a key file; its mode, in octal digits.
  static func openKey(path: String, mode: String) -> Self
  /// A file is encrypted with another key; both by their ids.
  static func otherKey(path: String, found: String, expected: String) -> Self
  /// A file has a format that is not read.
  static func otherFormat(path: String, found: Int, expected: Int) -> Self
  /// A file is not what it was.
  static func damaged(path: String, found: String) -> Self
}

/// A key of 256 bits; what is wrong is thrown as the error of the room that asks.
public struct FileKey<Failure: EncryptionFailure>: Sendable {
  /// The bytes of a key.
  static var byteCount: Int { 32 }

  /// What tells keys apart and gives nothing of them away: 8 bytes.
  package let id: [UInt8]
  /// The key of all files; each has a stream of its own by the random bytes in its header.
  let ofFiles: [UInt8]
  private let naming: [UInt8]

  package init(bytes: [UInt8]) {
    precondition(bytes.count == Self.byteCount, "a key of \(bytes.count) bytes")
    ofFiles = Self.derived(from: bytes, for: "mlcore files")
    naming = Self.derived(from: bytes, for: "mlcore names of contents")
    id = Array(Self.derived(from: bytes, for: "mlcore id of a key").prefix(8))
  }

  /// Reads a key file: 32 bytes in hexadecimal or base64.
  ///
  /// - Throws: `Failure.system`; `.openKey` for one that others may read; `.keyFile` for one that holds
  ///   no key.
  public init(file path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    guard descriptor >= 0 else { throw Files<Failure>.failure(.open, path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Files<Failure>.failure(.read, path) }
    guard Files<Failure>.isFile(status) else {
      throw Failure.keyFile(path: path, found: "no plain file", expected: "a file with a key")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw Failure.openKey(
        path: path, mode: "0\(String(status.st_mode & 0o777, radix: 8))")
    }
    var bytes = [UInt8](repeating: 0, count: 1_024)
    let count = try bytes.withUnsafeMutableBytes {
      try Files<Failure>.read(descriptor, into: $0, path: path)
    }
    let text = String(decoding: bytes[..<count], as: UTF8.self)
      .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    guard let key = Self.hexadecimal(text) ?? Data(base64Encoded: text).map({ Array($0) }),
      key.count == Self.byteCount
    else {
      throw Failure.keyFile(
        path: path, found: "\(text.utf8.count) characters",
        expected: "64 hexadecimal digits, or base64 of 32 bytes")
    }
    self.init(bytes: key)
  }

  /// Makes a key file.
  ///
  /// - Throws: `Failure.system`, also where there is a file already.
  public static func makeFile(_ path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw Files<Failure>.failure(.create, path) }
    defer { close(descriptor) }
    // The generator of the system is one for keys.
    let bytes = (0..<byteCount).map { _ in UInt8.random(in: .min ... .max) }
    try Array("\(bytes.hexadecimal)\n".utf8).withUnsafeBytes {
      try Files<Failure>.write($0, to: descriptor, path: path)
    }
    try Files<Failure>.flush(descriptor, path: path)
    try Files<Failure>.flush(Files<Failure>.parent(of: path))
  }

  /// What names contents: whoever lacks the key cannot tell whether a content is one that he knows.
  package func namer() -> Digest { Digest(key: naming) }

  /// The key for one purpose: HKDF-SHA-256 (RFC 5869) without salt, whose first block it is.
  package static func derived(from master: [UInt8], for purpose: String) -> [UInt8] {
    let extracted = Digest.hmac(master, key: [UInt8](repeating: 0, count: Digest.byteCount))
    return Digest.hmac(Array(purpose.utf8) + [1], key: extracted)
  }

  private static func hexadecimal(_ text: String) -> [UInt8]? {
    let digits = text.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
    guard digits.count == 2 * byteCount, digits.allSatisfy({ $0 != nil }) else { return nil }
    let numbers = digits.compactMap(\.self)
    return (0..<byteCount).map { UInt8(numbers[2 * $0] << 4 | numbers[2 * $0 + 1]) }
  }
}
