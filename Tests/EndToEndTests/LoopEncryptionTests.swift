// The loop in an encrypted home.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct LoopEncryptionTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  /// Makes an encrypted home with a new key beside it.
  private func encrypted(_ name: String = "home") throws -> LoopHome {
    let key = workshop.path("\(name).key")
    let made = try Program.run([
      "watch", "--init", "--home", workshop.path("\(name)-maker"), "--new-key", key,
    ])
    #expect(made.code == 0, "\(made.errors)")
    return try LoopHome(workshop, name, ["encryption.key=\(key)"])
  }

  /// The files of a home in which a customer is to be found by name.
  private func leaks(_ home: LoopHome) throws -> [String] {
    try home.files().filter { name in
      let data = try Data(contentsOf: URL(filePath: "\(home.path)/\(name)"))
      return data.range(of: Data("C1234,".utf8)) != nil || data.starts(with: Data("PAR1".utf8))
    }
  }

  private func fill(_ home: LoopHome) throws {
    try home.drop("a.csv", rows: 0..<1_500)
    try home.drop("b.csv", rows: 1_500..<2_400)
    try home.drop("u.csv", rows: 1_200..<1_300, labelled: false)
  }

  @Test func `an encrypted home comes to the same champion and predictions`() throws {
    let plain = try LoopHome(workshop, "plain")
    let secret = try encrypted()
    var results: [String: String] = [:]
    for home in [plain, secret] {
      try fill(home)
      let result = try home.watch()
      #expect(result.code == 0, "\(result.errors)")
    }
    let champion = try #require(try plain.champion())
    #expect(try secret.champion() == champion)
    #expect(try leaks(plain).isEmpty == false)
    #expect(try leaks(secret) == [])
    let names = try secret.files().filter { $0.hasPrefix("predictions/") }
    let name = try #require(names.first)
    #expect(names.count == 1 && name.hasSuffix(".\(champion).csv.enc"))
    for out in ["-", workshop.path("u.out")] {
      let shown = try Program.run([
        "decrypt", "--home", secret.path, "\(secret.path)/\(name)", "--out", out,
      ])
      #expect(shown.code == 0, "\(shown.errors)")
      results[out] = out == "-" ? shown.output : try String(contentsOfFile: out, encoding: .utf8)
    }
    let open = try #require(try plain.files().first { $0.hasPrefix("predictions/") })
    #expect(results["-"] == (try plain.text(open)))
    #expect(results["-"] == results[workshop.path("u.out")])
  }

  @Test func `damage, missing and wrong keys are two lines with the right code`() throws {
    let home = try encrypted()
    try fill(home)
    #expect(try home.watch().code == 0)
    let name = try #require(try home.files().first { $0.hasPrefix("predictions/") })
    let path = "\(home.path)/\(name)"
    var bytes = try Data(contentsOf: URL(filePath: path))
    bytes[bytes.count - 20] ^= 4
    try bytes.write(to: URL(filePath: path))
    let out = workshop.path("out")
    let damaged = try Program.run(["decrypt", "--home", home.path, path, "--out", out])
    #expect(damaged.code == 5 && damaged.errorLines.count == 2, "\(damaged.errors)")
    #expect(!FileManager.default.fileExists(atPath: out))
    let key = workshop.path("home.key")
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: key)
    let open = try home.watch()
    #expect(open.code == 2 && open.errors.contains("the mode 0640"), "\(open.errors)")
    try FileManager.default.removeItem(atPath: key)
    let missing = try home.watch()
    #expect(missing.code == 4 && missing.errorLines.count == 2, "\(missing.errors)")
    let made = try Program.run([
      "watch", "--init", "--home", workshop.path("other"), "--new-key", key,
    ])
    #expect(made.code == 0)
    let wrong = try home.watch()
    #expect(wrong.code == 2 && wrong.errors.contains("that of encryption.key"), "\(wrong.errors)")
    let toml = "\(home.path)/pipeline.toml"
    let text = try String(contentsOfFile: toml, encoding: .utf8)
    try text.replacingOccurrences(of: "key = \"\(key)\"", with: "key = \"\"")
      .write(toFile: toml, atomically: false, encoding: .utf8)
    let none = try home.watch()
    #expect(none.code == 2 && none.errors.contains("names no key"), "\(none.errors)")
  }

  @Test func `a loop that is killed leaves nothing plain after the next start`() throws {
    let home = try encrypted()
    try home.drop("a.csv", rows: 0..<6_000)
    let program = try Program.start(["watch", "--home", home.path])
    try program.wait(for: "a training") {
      FileManager.default.fileExists(atPath: "\(home.path)/runs/1/work/train.parquet")
    }
    program.end(SIGKILL)
    let result = try home.watch()
    #expect(result.code == 0, "\(result.errors)")
    #expect(try leaks(home) == [])
    #expect(try home.champion() != nil)
  }
}
