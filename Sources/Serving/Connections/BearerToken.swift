// The token that requests prove themselves with.
import Storage
import Tables

/// A bearer token, kept as its digest, so that a comparison takes the same time whatever is found.
struct BearerToken: Sendable {
  private let digest: [UInt8]

  /// Takes the bytes of a token.
  init(_ token: [UInt8]) { digest = Digest.sha256(token) }

  /// Whether a header carries the token.
  func isCarried(by header: String?) -> Bool {
    guard let header, header.count > 7, header.prefix(7).lowercased() == "bearer " else {
      return false
    }
    let found = Digest.sha256(Array(header.dropFirst(7).utf8))
    return zip(found, digest).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }
}

extension ServerConfiguration {
  /// Reads the token of a file: its text without white space around it.
  ///
  /// - Throws: `ServingError.token`; `StorageError` if the file cannot be read.
  package static func token(file: String) throws -> [UInt8] {
    let text = String(decoding: try PlainFile.readAny(file, limit: 4_096), as: UTF8.self)
      .trimmedAsCell
    guard text.utf8.count >= 16 else {
      throw ServingError.token(
        file: file, found: "\(text.utf8.count) bytes", expected: "a token of at least 16")
    }
    guard text.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }) else {
      throw ServingError.token(
        file: file, found: "a byte that is no letter, digit or sign",
        expected: "a token that a header can carry")
    }
    return Array(text.utf8)
  }
}
