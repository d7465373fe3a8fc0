// The manifest notices every change of a run folder.

import Storage
import TestSupport
import Testing

@Suite(.onOwnThread) struct ManifestTests {
  private let input = Manifest.Input(
    name: "customers \"new\".csv", fingerprint: Fingerprint(of: [1, 2]))

  /// A folder with three files and its manifest.
  private func makeFolder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(Array("model".utf8), to: "model/churn.safetensors")
    try folder.write(Array("{}".utf8), to: "metrics.json")
    try folder.write([], to: "empty é")
    let manifest = try Manifest(
      describing: folder.path, task: "churn", inputs: [input], mlcoreVersion: "0.1.0")
    try folder.write(manifest.encoded(), to: Manifest.fileName)
    return folder
  }

  @Test func `an untouched folder is verified`() throws {
    let folder = try makeFolder()
    let manifest = try Manifest.verify(folder: folder.path)
    #expect(manifest.files.keys.sorted() == ["empty é", "metrics.json", "model/churn.safetensors"])
    #expect(manifest.files["metrics.json"] == Fingerprint(of: Array("{}".utf8)))
    #expect(manifest.inputs == [input])
    #expect(manifest.mlcoreVersion == "0.1.0" && manifest.task == "churn")
  }

  @Test func `the text is the same for the same folder`() throws {
    let manifest = Manifest(
      task: "churn", mlcoreVersion: "1",
      inputs: [Manifest.Input(name: "a", fingerprint: Fingerprint(size: 1, sha256: "aa"))],
      files: [
        "b": Fingerprint(size: 2, sha256: "bb"), "a/c": Fingerprint(size: 3, sha256: "cc"),
      ])
    let text = String(decoding: manifest.encoded(), as: UTF8.self)
    let lines = text.split(separator: "\n").filter { !$0.contains("checksum") }
    #expect(
      lines.joined(separator: "\n") == """
        {
          "files": {
            "a/c": {"sha256":"cc","size":3},
            "b": {"sha256":"bb","size":2}
          },
          "format_version": 2,
          "inputs": [
            {"name":"a","sha256":"aa","size":1}
          ],
          "mlcore_version": "1",
          "task": "churn"
        }
        """)
    #expect(try Manifest(decoding: manifest.encoded()) == manifest)
    let empty = Manifest(task: "churn", mlcoreVersion: "1", inputs: [], files: [:])
    #expect(try Manifest(decoding: empty.encoded()) == empty)
  }

  @Test(arguments: ["model/churn.safetensors", "metrics.json", Manifest.fileName])
  func `every changed byte is noticed`(name: String) throws {
    let folder = try makeFolder()
    let bytes = try readBytes(folder.appending(name))
    for index in bytes.indices {
      for bit in [UInt8(1), 32, 128] {
        var changed = bytes
        changed[index] ^= bit
        try folder.write(changed, to: name)
        #expect {
          try Manifest.verify(folder: folder.path)
        } throws: { error in
          guard case .corrupt(let file, _, _, _) = error as? StorageError else { return false }
          return file == folder.appending(name)
        }
      }
    }
    try folder.write(bytes, to: name)
    try Manifest.verify(folder: folder.path)
  }

  @Test(arguments: ["model/churn.safetensors", "metrics.json", "empty é", Manifest.fileName])
  func `a longer, a missing and a renamed file are noticed`(name: String) throws {
    let folder = try makeFolder()
    let bytes = try readBytes(folder.appending(name))
    try folder.write(bytes + [10], to: name)
    #expect(throws: StorageError.self) { try Manifest.verify(folder: folder.path) }
    try removeItem(folder.appending(name))
    #expect {
      try Manifest.verify(folder: folder.path)
    } throws: { error in
      guard case .corrupt(let file, _, "missing", _) = error as? StorageError else { return false }
      return file == folder.appending(name)
    }
    try folder.write(bytes, to: "\(name) 2")
    #expect(throws: StorageError.self) { try Manifest.verify(folder: folder.path) }
  }

  @Test func `the sizes and sums that differ are told`() throws {
    let folder = try makeFolder()
    try folder.write(Array("[]".utf8), to: "metrics.json")
    #expect(
      throws: StorageError.corrupt(
        file: folder.appending("metrics.json"), item: "SHA-256",
        found: Fingerprint(of: Array("[]".utf8)).sha256,
        expected: Fingerprint(of: Array("{}".utf8)).sha256)
    ) { try Manifest.verify(folder: folder.path) }
    try folder.write(Array("{ }".utf8), to: "metrics.json")
    #expect(
      throws: StorageError.corrupt(
        file: folder.appending("metrics.json"), item: "size", found: "3", expected: "2")
    ) { try Manifest.verify(folder: folder.path) }
  }

  @Test func `a file that is not listed is noticed`() throws {
    let folder = try makeFolder()
    try folder.write([1], to: "model/extra.bin")
    #expect(throws: StorageError.unlisted(file: folder.appending("model/extra.bin"))) {
      try Manifest.verify(folder: folder.path)
    }
  }

  /// A folder whose manifest has another text and the checksum of that.
  private func makeFolder(_ change: (String) -> String) throws -> TemporaryFolder {
    let folder = try makeFolder()
    let text = change(
      String(decoding: try readBytes(folder.appending(Manifest.fileName)), as: UTF8.self))
    let checksum = try #require(text.firstMatch(of: /"checksum": "([0-9a-f]{64})"/)).output.1
    let blank = text.replacing(checksum, with: String(repeating: "0", count: 64))
    let signed = text.replacing(checksum, with: Fingerprint(of: Array(blank.utf8)).sha256)
    try folder.write(Array(signed.utf8), to: Manifest.fileName)
    return folder
  }

  @Test func `a newer format is refused as such`() throws {
    let folder = try makeFolder {
      $0.replacing("\"format_version\": 2", with: "\"format_version\": 3")
    }
    #expect(
      throws: StorageError.newerVersion(
        file: folder.appending(Manifest.fileName), found: 3, newest: 2)
    ) { try Manifest.verify(folder: folder.path) }
  }

  @Test func `an older format is refused as such, and training again is the advice`() throws {
    let folder = try makeFolder {
      $0.replacing("\"format_version\": 2", with: "\"format_version\": 1")
        .replacing(",\n  \"task\": \"churn\"", with: "")
    }
    let expected = StorageError.olderVersion(
      file: folder.appending(Manifest.fileName), found: 1, expected: 2)
    #expect(throws: expected) { try Manifest.verify(folder: folder.path) }
    #expect(expected.kind == .corrupt && expected.advice == "Train the model again.")
  }

  @Test func `a folder that is not there is a file error`() {
    #expect {
      try Manifest.verify(folder: "/nowhere/at/all")
    } throws: { ($0 as? StorageError)?.kind == .file }
  }
}
