// Damage that the program meets when it reads back what it wrote.
import Foundation
import Glibc
import TestSupport
import Testing

@Suite(.onOwnThread) struct DamagedModelTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop() }

  @Test func `settings behind a NUL byte are not dropped`() throws {
    let data = try workshop.customers()
    let settings = try workshop.file(
      "nul.toml", "seed=7\n\0\n[boosting]\nnum_leaves=7\nnonsense=1\n")
    let result = try Program.run([
      "train", "churn", "--config", settings, "--data", data, "--target", "churn", "--id", "id",
      "--out", workshop.path("out"),
    ])
    #expect(result.code == 2)
    #expect(result.errors.contains("line 2, column 1: found the control character 0"))
    #expect(!FileManager.default.fileExists(atPath: workshop.path("out")))
  }

  @Test func `a key of very many parts is no crash`() throws {
    let data = try workshop.customers()
    let key = Array(repeating: "a", count: 100_000).joined(separator: ".")
    let settings = try workshop.file("deep.toml", "\(key) = 1\n")
    let result = try Program.run([
      "train", "churn", "--config", settings, "--data", data, "--target", "churn", "--id", "id",
      "--out", workshop.path("out"),
    ])
    #expect(result.code == 2)
    #expect(result.errors.contains("a key of more than 16 parts"))
  }

  @Test func `a pipe in a model folder is damage`() throws {
    let data = try workshop.customers()
    let model = try workshop.train(data)
    for name in ["manifest.json", "model/churn.safetensors"] {
      let path = "\(model)/\(name)"
      #expect(rename(path, workshop.path("kept")) == 0 && mkfifo(path, 0o600) == 0)
      let result = try Program.run(["predict", "--model", model, "--data", data, "--out", "-"])
      #expect(result.code == 5, "\(result.errors)")
      #expect(result.errors.contains("found a pipe, expected a plain file"))
      #expect(rename(workshop.path("kept"), path) == 0)
    }
  }
}
