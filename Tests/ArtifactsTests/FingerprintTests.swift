// Sizes and SHA-256 of files and folders.

import Artifacts
import TestSupport
import Testing

@Suite struct FingerprintTests {
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
    #expect(try Fingerprint(ofInput: folder.appending("file")) == Fingerprint(of: bytes))
  }

  @Test func `a folder has the digest of its sorted list`() throws {
    let folder = try TemporaryFolder()
    let contents = ["b/z": "1", "b.csv": "22", "a": "abc", "B": "", "é": "x"]
    for (name, text) in contents { try folder.write(Array(text.utf8), to: name) }
    let list = ["B", "a", "b.csv", "b/z", "é"].map { name in
      "\(Fingerprint(of: Array((contents[name] ?? "").utf8)).sha256)  \(name)\n"
    }
    let found = try Fingerprint(ofInput: folder.path)
    #expect(found.size == 7)
    #expect(found.sha256 == Fingerprint(of: Array(list.joined().utf8)).sha256)
  }

  @Test func `a file that is not there is named`() {
    #expect(throws: ArtifactError.system(.open, path: "/nowhere", errorNumber: 2)) {
      try Fingerprint(ofInput: "/nowhere")
    }
  }
}
