// Encrypted files and homes: what was encrypted comes back, what was changed does not.
import Foundation
import LoopContract
import PipelineSecurity
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

@Suite(.onOwnThread) struct EncryptionTests {
  private let temporary: TemporaryFolder
  private var folder: String { temporary.path }
  let key = EncryptionKey(bytes: Array(0..<32))

  init() throws { temporary = try TemporaryFolder() }

  /// Encrypts bytes in chunks of 64, handed over in pieces of some length.
  private func encrypted(
    _ plain: [UInt8], piece: Int = 1_000, key: EncryptionKey? = nil
  ) throws -> [UInt8] {
    let path = "\(folder)/written"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { close(descriptor) }
    var writer = try FileEncryptor(
      to: descriptor, path: path, key: key ?? self.key, chunkBits: 6)
    for start in stride(from: 0, to: plain.count, by: piece) {
      try plain[start..<min(plain.count, start + piece)].withUnsafeBytes { try writer.append($0) }
    }
    try writer.finish()
    return Array(try Data(contentsOf: URL(filePath: path)))
  }

  private func decrypted(_ bytes: [UInt8], key: EncryptionKey? = nil) throws -> [UInt8] {
    let path = "\(folder)/read"
    try Data(bytes).write(to: URL(filePath: path))
    var plain: [UInt8] = []
    try (key ?? self.key).decrypt(path) { plain.append(contentsOf: $0) }
    return plain
  }

  private func content(_ count: Int) -> [UInt8] {
    var state = UInt64(count) &* 0x9e37_79b9_7f4a_7c15 | 1
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
  }

  @Test func `what is encrypted in any pieces comes back`() throws {
    for count in Array(0...200) + [255, 256, 257, 1_023, 1_024, 1_025, 4_111] {
      let plain = content(count)
      let bytes = try encrypted(plain, piece: 1 + count % 97)
      let chunks = max(1, (count + 63) / 64)
      #expect(bytes.count == 40 + count + 17 * chunks)
      #expect(try decrypted(bytes) == plain, "\(count) bytes")
    }
  }

  @Test func `files of the usual chunks come back too`() throws {
    for count in [0, 1 << 20, (1 << 20) + 1, 3_000_000] {
      let plain = content(count)
      try Data(plain).write(to: URL(filePath: "\(folder)/plain"))
      try key.encrypt("\(folder)/plain", to: "\(folder)/plain.enc")
      var read: [UInt8] = []
      try key.decrypt("\(folder)/plain.enc") { read.append(contentsOf: $0) }
      #expect(read == plain)
    }
  }

  @Test func `equal contents look different, and nothing of them is to be seen`() throws {
    let plain = [UInt8](repeating: 65, count: 300)
    let (first, second) = (try encrypted(plain), try encrypted(plain))
    #expect(first[16...] != second[16...])
    let chunks = first[40...].map(\.self)
    #expect(Array(chunks[..<64]) != Array(chunks[81..<145]), "equal chunks of one file")
  }

  @Test func `every changed bit of every byte is noticed`() throws {
    let bytes = try encrypted(content(150))
    for index in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[index] ^= 1 << bit
        #expect(throws: PipelineError.self, "byte \(index)") { try decrypted(changed) }
      }
    }
  }

  @Test func `every shortened or lengthened file is noticed`() throws {
    for count in [0, 64, 100, 192] {
      let bytes = try encrypted(content(count))
      for length in 0..<bytes.count {
        #expect(throws: PipelineError.self, "\(length) of \(bytes.count)") {
          try decrypted(Array(bytes[..<length]))
        }
      }
      for more in [1, 15, 16, 17, 80] {
        #expect(throws: PipelineError.self) {
          try decrypted(bytes + [UInt8](repeating: 0, count: more))
        }
      }
    }
  }

  @Test func `chunks that were moved, left out, repeated or mixed are noticed`() throws {
    func chunks(_ bytes: [UInt8]) -> [[UInt8]] {
      stride(from: 40, to: bytes.count, by: 81).map { Array(bytes[$0..<min($0 + 81, bytes.count)]) }
    }
    let bytes = try encrypted(content(64 * 4))
    let other = try encrypted(content(64 * 4))
    let (head, own, others) = (Array(bytes[..<40]), chunks(bytes), chunks(other))
    #expect(try decrypted(head + own.joined()).count == 256)
    for first in 0..<4 {
      for second in 0..<4 where first != second {
        var moved = own
        moved.swapAt(first, second)
        #expect(throws: PipelineError.self) { try decrypted(head + moved.joined()) }
      }
      var missing = own
      missing.remove(at: first)
      #expect(throws: PipelineError.self) { try decrypted(head + missing.joined()) }
      var repeated = own
      repeated.insert(own[first], at: first)
      #expect(throws: PipelineError.self) { try decrypted(head + repeated.joined()) }
      var mixed = own
      mixed[first] = others[first]
      #expect(throws: PipelineError.self) { try decrypted(head + mixed.joined()) }
    }
  }

  @Test func `a file of another format is refused in one line`() throws {
    for format: UInt8 in [1, 3] {
      var bytes = try encrypted(content(10))
      bytes[6] = format
      let error = try #require(throws: PipelineError.self) { try decrypted(bytes) }
      let path = "\(folder)/read"
      #expect(error == .otherFormat(path: path, found: Int(format), expected: 2))
      #expect(
        error.description
          == "\(path): found format \(format) of encrypted files, expected format 2")
    }
  }

  @Test func `keys are derived as RFC 5869 says`() {
    // Its test case 3: no salt, no info, of which the first block.
    let derived = EncryptionKey.derived(from: [UInt8](repeating: 0x0b, count: 22), for: "")
    #expect(
      derived.hexadecimal == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d")
  }

  @Test func `another key is told by its id`() throws {
    let bytes = try encrypted(content(10))
    let other = EncryptionKey(bytes: Array(1...32))
    let error = #expect(throws: PipelineError.self) { try decrypted(bytes, key: other) }
    guard case .otherKey(_, let found, let expected) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(found == key.id.hexadecimal && expected == other.id.hexadecimal && found != expected)
  }

  @Test func `nothing is handed out of a chunk that was changed, all of those before it is`() throws
  {
    var bytes = try encrypted(content(150))
    bytes[40 + 81 + 3] ^= 1
    try Data(bytes).write(to: URL(filePath: "\(folder)/read"))
    var plain: [UInt8] = []
    #expect(throws: PipelineError.self) {
      try key.decrypt("\(folder)/read") { plain.append(contentsOf: $0) }
    }
    #expect(plain == Array(content(150)[..<64]))
  }

  // MARK: - Key files

  private func keyFile(_ text: String, mode: Int = 0o600) throws -> String {
    let path = "\(folder)/key"
    try? FileManager.default.removeItem(atPath: path)
    try Data(text.utf8).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    return path
  }

  @Test func `a key is read from hexadecimal and base64`() throws {
    let bytes = Array<UInt8>(0..<32)
    for text in [
      bytes.hexadecimal, bytes.hexadecimal.uppercased() + "\n",
      Data(bytes).base64EncodedString() + "\r\n",
    ] {
      #expect(try EncryptionKey(file: keyFile(text)).id == key.id, "\(text)")
    }
    try EncryptionKey.makeFile("\(folder)/new")
    let made = try EncryptionKey(file: "\(folder)/new")
    #expect(made.id != key.id)
    #expect(throws: PipelineError.self) { try EncryptionKey.makeFile("\(folder)/new") }
  }

  @Test func `a key file that others may read, or that holds no key, is refused`() throws {
    let good = Array<UInt8>(0..<32).hexadecimal
    for mode in [0o644, 0o640, 0o604, 0o620, 0o601] {
      #expect(throws: PipelineError.self) { try EncryptionKey(file: keyFile(good, mode: mode)) }
    }
    for text in ["", good.dropLast(2) + "", good + "00", "no key", good.dropLast() + "g"] {
      #expect(throws: PipelineError.self, "\(text)") { try EncryptionKey(file: keyFile(text)) }
    }
    #expect(throws: PipelineError.self) { try EncryptionKey(file: folder) }
    #expect(throws: PipelineError.self) { try EncryptionKey(file: "\(folder)/none") }
  }

  // MARK: - Homes

  private func settings(key: String) -> PipelineConfiguration {
    var configuration = TestHome.quick
    configuration.encryptionKeyFile = key
    return configuration
  }

  /// The files of a home in which a text is to be found.
  private func files(of home: TestHome, with text: String) throws -> [String] {
    try home.files(home.folder).filter { name in
      try Data(contentsOf: URL(filePath: "\(home.folder)/\(name)")).range(of: Data(text.utf8))
        != nil
    }
  }

  @Test func `in an encrypted home no cell is to be found, and all goes on as without`() throws {
    let path = try keyFile(Array<UInt8>(0..<32).hexadecimal)
    let home = try TestHome()
    let labelled = "labelled\nsecret-cell\n"
    try home.drop("a.csv", labelled)
    try home.drop("u.csv", "unlabelled\nsecret-cell\n")
    try home.drop("bad.csv", "nothing\nsecret-cell\n")
    let steps = FakeSteps()
    let lines = try home.run(steps, settings(key: path))
    #expect(try files(of: home, with: "secret-cell") == [], "\(lines)")
    #expect(try home.files(home.home.plain) == [])
    #expect(steps.calls.withLock(\.predicted) == ["u.csv"])
    // Who knows the content cannot tell from names that it is there.
    let plain = ObjectDigest.of(labelled)
    #expect(!(try home.files(home.folder)).contains { $0.contains(plain.prefix(12)) })
    #expect(try files(of: home, with: plain) == [])
    let outputs = try home.files(home.home.predictions)
    #expect(outputs.count == 1 && outputs[0].hasSuffix(".csv.enc"))
    var text: [UInt8] = []
    try key.decrypt("\(home.home.predictions)/\(outputs[0])") { text.append(contentsOf: $0) }
    #expect(String(decoding: text, as: UTF8.self).hasSuffix("unlabelled\nsecret-cell\n"))
    let refused = try home.files(home.home.quarantine)
    #expect(refused.count == 2 && refused.contains { $0.hasSuffix("bad.csv.enc") })
    // The same content again is a duplicate.
    try home.drop("again.csv", labelled)
    #expect(try home.run(steps, settings(key: path)).contains { $0.hasPrefix("duplicate again") })
  }

  @Test func `without a key, a plain file is told from an encrypted one`() throws {
    let home = try TestHome()
    let plain = try temporary.write(Array("cipher".utf8), to: "plain.csv")
    let secret = try temporary.write(encrypted([1, 2, 3]), to: "secret.enc")
    let gone = "\(folder)/gone"
    for (path, error) in [
      (plain, PipelineError.notEncrypted(path: plain)), (secret, .noKey(path: secret)),
      (gone, .system(.open, path: gone, errorNumber: ENOENT)),
    ] {
      #expect(throws: error) { try home.home.decrypt(path, keyFile: "", to: "\(folder)/out") }
    }
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/out"))
  }

  @Test func `a home can be encrypted from some day on`() throws {
    let path = try keyFile(Array<UInt8>(0..<32).hexadecimal)
    let home = try TestHome()
    try home.drop("a.csv", "labelled\nold\n")
    let steps = FakeSteps()
    try home.run(steps)
    try home.drop("b.csv", "labelled\nnew\n")
    try home.drop("c.csv", "labelled\nold\n")
    let lines = try home.run(steps, settings(key: path))
    #expect(steps.calls.withLock { $0.trainings.last } == ["a.csv", "b.csv"], "\(lines)")
    #expect(lines.contains { $0.hasPrefix("duplicate c.csv") })
    #expect(try files(of: home, with: "labelled\nnew").isEmpty)
    #expect(try files(of: home, with: "labelled\nold").count == 1)
    // Without the key, or with another one, nothing is begun.
    #expect(throws: PipelineError.noKey(path: home.home.path)) { try home.run(steps) }
    let other = try keyFile(Array<UInt8>(1...32).hexadecimal)
    #expect(throws: PipelineError.self) { try home.run(steps, settings(key: other)) }
    let inside = "\(home.folder)/key"
    try FileManager.default.copyItem(atPath: other, toPath: inside)
    #expect(throws: PipelineError.self) { try home.run(steps, settings(key: inside)) }
  }

  @Test func `what was stored before there was a key is repaired by dropping it again`() throws {
    let path = try keyFile(Array<UInt8>(0..<32).hexadecimal)
    for isGone in [false, true] {
      let home = try TestHome()
      try home.drop("a.csv", "labelled\nold\n")
      let steps = FakeSteps()
      try home.run(steps)
      let object = try #require(home.files(home.home.objects).first)
      if isGone {
        unlink("\(home.home.objects)/\(object)")
      } else {
        try Data("other".utf8).write(to: URL(filePath: "\(home.home.objects)/\(object)"))
      }
      try home.drop("b.csv", "labelled\nnew\n")
      #expect(throws: PipelineError.self) { try home.run(steps, settings(key: path)) }
      try home.drop("again.csv", "labelled\nold\n")
      let lines = try home.run(steps, settings(key: path))
      #expect(lines.contains { $0.hasPrefix("duplicate again.csv") })
      #expect(try home.text("\(home.home.objects)/\(object)") == "labelled\nold\n")
      #expect(steps.calls.withLock { $0.trainings.last } == ["a.csv", "b.csv"])
    }
  }

  @Test func `plain copies of a command that was killed go with the next question`() throws {
    let home = try TestHome()
    let steps = DecryptingSteps(FakeSteps(), home: home.home, key: key)
    for name in ["999999999-1", "\(getpid())-99", "notes"] {
      try FileManager.default.createDirectory(
        atPath: "\(home.home.plain)/\(name)", withIntermediateDirectories: true)
      try Data("cell".utf8).write(to: URL(filePath: "\(home.home.plain)/\(name)/a.csv"))
    }
    _ = try steps.answer(.examine(files: [], champion: nil, first: nil), log: nil)
    #expect(try Disk.names(in: home.home.plain).sorted() == ["\(getpid())-99", "notes"].sorted())
  }

  @Test func `names of many bytes are encrypted too`() throws {
    let name = String(repeating: "é", count: 126)
    try Data("x".utf8).write(to: URL(filePath: "\(folder)/plain"))
    try key.encrypt("\(folder)/plain", to: "\(folder)/\(name)")
    #expect(try Disk.names(in: folder).contains(name))
  }

  @Test func `a damaged object is noticed, and one with the content of another`() throws {
    let path = try keyFile(Array<UInt8>(0..<32).hexadecimal)
    for isSwapped in [false, true] {
      let home = try TestHome()
      for name in ["u", "v"] { try home.drop("\(name).csv", "unlabelled\n\(name)\n") }
      let steps = FakeSteps()
      try home.run(steps, settings(key: path))
      let objects = try home.files(home.home.objects).map { "\(home.home.objects)/\($0)" }
      try #require(objects.count == 2)
      var bytes = try Data(contentsOf: URL(filePath: objects[isSwapped ? 1 : 0]))
      if !isSwapped { bytes[bytes.count - 1] ^= 1 }
      try bytes.write(to: URL(filePath: objects[0]))
      try home.drop("a.csv", "labelled\na\n")
      let error = #expect(throws: PipelineError.self) {
        try home.run(steps, settings(key: path))
      }
      guard case .lostObject(objects[0], _, isGone: false) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test func `plain copies of a loop that was killed are removed`() throws {
    let path = try keyFile(Array<UInt8>(0..<32).hexadecimal)
    let home = try TestHome()
    for name in ["state/plain/3/a.csv", "runs/7/work/plain/a.csv", "runs/7/work/train.parquet"] {
      let file = URL(filePath: "\(home.folder)/\(name)")
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data("left-behind".utf8).write(to: file)
    }
    try home.run(FakeSteps(), settings(key: path))
    #expect(try files(of: home, with: "left-behind") == [])
  }
}
