// Sizes and SHA-256 of files and folders.

import Storage
import TestSupport
import Testing

@Suite(.onOwnThread) struct FingerprintTests {
  // From FIPS 180-2, appendix B.
  private let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
  private let million = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

  @Test func `the published digests are found`() throws {
    #expect(Fingerprint(of: Array("abc".utf8)) == Fingerprint(size: 3, sha256: abc))
    let folder = try TemporaryFolder()
    try folder.write([UInt8](repeating: 97, count: 1_000_000), to: "a")
    #expect(
      try Fingerprint(ofFile: folder.appending("a"))
        == Fingerprint(size: 1_000_000, sha256: million))
  }

  @Test(arguments: [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20])
  func `a file read in chunks has the digest of its bytes`(count: Int) throws {
    let folder = try TemporaryFolder()
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
    try folder.write(bytes, to: "file")
    #expect(try Fingerprint(ofFile: folder.appending("file")) == Fingerprint(of: bytes))
    #expect(Fingerprint(of: bytes.span.bytes) == Fingerprint(of: bytes))
  }

  @Test func `files of a folder have the digest of their list`() {
    let files = [("a", "abc"), ("b/z", "1"), ("é", "")].map {
      (path: $0.0, fingerprint: Fingerprint(of: Array($0.1.utf8)))
    }
    let list = files.map { "\($0.fingerprint.sha256)  \($0.path)\n" }.joined()
    #expect(
      Fingerprint(of: files)
        == Fingerprint(size: 4, sha256: Fingerprint(of: Array(list.utf8)).sha256))
  }

  @Test func `a file that is not there is named`() {
    #expect(throws: StorageError.system(.open, path: "/nowhere", errorNumber: 2)) {
      try Fingerprint(ofFile: "/nowhere")
    }
  }
}
