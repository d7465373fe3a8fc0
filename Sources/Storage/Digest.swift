// SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104), by OpenSSL, which has the instructions of the
// processor for it.

internal import COpenSSL

/// A digest of bytes that come piece by piece.
///
/// It belongs to one thread at a time.
public final class Digest {
  /// The bytes of a digest.
  public static let byteCount = 32

  private let context: OpaquePointer
  private let isKeyed: Bool

  /// Starts a SHA-256.
  public init() {
    context = Self.newContext()
    isKeyed = false
    Self.require(EVP_DigestInit_ex(context, EVP_sha256(), nil))
  }

  /// Starts an HMAC-SHA-256.
  ///
  /// - Precondition: the key is not empty.
  public init(key: [UInt8]) {
    precondition(!key.isEmpty, "an empty key")
    context = Self.newContext()
    isKeyed = true
    let secret = EVP_PKEY_new_raw_private_key(EVP_PKEY_HMAC, nil, key, key.count)
    defer { EVP_PKEY_free(secret) }
    Self.require(EVP_DigestSignInit(context, nil, EVP_sha256(), nil, secret))
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds bytes.
  public func update(_ bytes: UnsafeRawBufferPointer) {
    Self.require(
      isKeyed
        ? EVP_DigestSignUpdate(context, bytes.baseAddress, bytes.count)
        : EVP_DigestUpdate(context, bytes.baseAddress, bytes.count))
  }

  /// Adds bytes.
  public func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  /// Returns the digest; nothing can be added after that.
  public func finish() -> [UInt8] {
    var count = Self.byteCount
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      Self.require(
        isKeyed
          ? EVP_DigestSignFinal(context, buffer.baseAddress, &count)
          : EVP_DigestFinal_ex(context, buffer.baseAddress, nil))
      initialized = count
    }
  }

  /// Returns the SHA-256 of bytes.
  public static func sha256(_ bytes: [UInt8]) -> [UInt8] {
    let digest = Digest()
    digest.update(bytes)
    return digest.finish()
  }

  /// Returns the HMAC-SHA-256 of bytes.
  public static func hmac(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
    let digest = Digest(key: key)
    digest.update(bytes)
    return digest.finish()
  }

  private static func newContext() -> OpaquePointer {
    guard let context = EVP_MD_CTX_new() else { preconditionFailure("no memory for a digest") }
    return context
  }

  private static func require(_ result: Int32) {
    precondition(result == 1, "OpenSSL has no SHA-256")
  }
}

extension Sequence<UInt8> {
  /// The bytes as lower-case hexadecimal digits.
  public var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
