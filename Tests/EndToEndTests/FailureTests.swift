// Full disks, folders that cannot be written, damaged models and interruptions: the right exit
// code, and nothing half-made.
import Foundation
import Glibc
import TestSupport
import Testing

@Suite(.onOwnThread) struct FailureTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private func training(_ data: String, out: String) -> [String] {
    [
      "train", "churn", "--data", data, "--target", "churn", "--id", "id", "--out", out,
    ]
  }

  @Test func `an output that exists is refused and stays as it is`() throws {
    let data = try workshop.customers()
    _ = try workshop.file("m", "precious")
    let result = try Program.run(training(data, out: workshop.path("m")))
    #expect(result.code == 4 && result.errorLines.count == 2, "\(result.errors)")
    #expect(result.errors.contains("exists") && result.errors.contains("--force"))
    #expect(try String(contentsOfFile: workshop.path("m"), encoding: .utf8) == "precious")
  }

  @Test func `a path below a file cannot be a folder`() throws {
    let data = try workshop.customers()
    let before = try workshop.contents()
    let out = "\(data)/m"
    for arguments in [
      training(data, out: out), ["generate", "churn", "--rows", "10", "--out", "\(out).csv"],
    ] {
      let result = try Program.run(arguments)
      #expect(result.code == 4 && result.errorLines.count == 2, "\(result.errors)")
    }
    #expect(try workshop.contents() == before)
  }

  @Test func `a file that grows beyond the limit of the system leaves nothing`() throws {
    let data = try workshop.customers(rows: 2_000)
    let model = try workshop.train(data)
    let before = try workshop.contents()
    for arguments in [
      training(data, out: workshop.path("m")),
      ["predict", "--model", model, "--data", data, "--out", workshop.path("p.csv")],
      ["predict", "--model", model, "--data", data, "--out", workshop.path("p.parquet")],
      ["generate", "churn", "--rows", "1000", "--out", workshop.path("g.csv")],
    ] {
      let result = try Program.run(arguments, fileSize: 8)
      #expect(result.code == 4 && result.errorLines.count == 2, "\(arguments): \(result.errors)")
      #expect(try workshop.contents() == before, "\(arguments)")
    }
  }

  @Test(.enabled(if: Mount.isPossible, "file systems cannot be mounted here"))
  func `a full disk leaves nothing`() throws {
    let data = try workshop.customers(rows: 2_000)
    let model = try workshop.train(data)
    let disk = try #require(Mount(at: workshop.path("disk"), options: "size=8k"))
    for arguments in [
      training(data, out: "\(disk.path)/m"), training(data, out: "\(disk.path)/deep/er/m"),
      ["predict", "--model", model, "--data", data, "--out", "\(disk.path)/p.csv"],
      ["predict", "--model", model, "--data", data, "--out", "\(disk.path)/p.parquet"],
      ["generate", "churn", "--rows", "1000", "--out", "\(disk.path)/g.csv"],
    ] {
      let result = try Program.run(arguments)
      #expect(result.code == 4 && result.errorLines.count == 2, "\(arguments): \(result.errors)")
      #expect(result.errors.contains("No space left"), "\(result.errors)")
      #expect(try FileManager.default.subpathsOfDirectory(atPath: disk.path) == [])
    }
  }

  @Test(.enabled(if: Mount.isPossible, "file systems cannot be mounted here"))
  func `a read-only folder is refused before any work`() throws {
    let data = try workshop.customers()
    let disk = try #require(Mount(at: workshop.path("disk"), options: "ro"))
    for arguments in [
      training(data, out: "\(disk.path)/m"),
      ["generate", "churn", "--rows", "1000", "--out", "\(disk.path)/g.csv"],
    ] {
      let result = try Program.run(arguments)
      #expect(result.code == 4 && result.errorLines.count == 2, "\(result.errors)")
    }
  }

  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "there is no /dev/full"))
  func `a standard output that is full is an error`() throws {
    let data = try workshop.customers()
    let model = try workshop.train(data)
    // Not the table that was learnt from, which would be warned of.
    let other = try workshop.customers("other.csv", rows: 300)
    for arguments in [
      ["--help"], ["inspect", model], ["evaluate", "--model", model, "--data", other, "--json"],
      ["predict", "--model", model, "--data", data, "--out", "-"],
      ["generate", "churn", "--rows", "10", "--out", "-"],
    ] {
      let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
      let result = try Program.run(arguments, output: full)
      #expect(result.code == 4 && result.errorLines.count == 2, "\(arguments): \(result.errors)")
    }
  }

  @Test func `one changed byte anywhere in a model folder is noticed`() throws {
    let data = try workshop.customers()
    let model = try workshop.train(data)
    for (name, bytes) in try workshop.files(of: "model") {
      for position in [0, bytes.count / 2, bytes.count - 1] {
        var changed = bytes
        changed[position] ^= 0x20
        _ = try workshop.bytes("model/\(name)", changed)
        for arguments in [
          ["inspect", model], ["evaluate", "--model", model, "--data", data],
          ["predict", "--model", model, "--data", data, "--out", workshop.path("p.csv")],
        ] {
          let result = try Program.run(arguments)
          #expect(result.code == 5, "\(name), byte \(position): \(result.errors)")
          #expect(result.errorLines.count == 2 && result.errors.contains(model))
        }
      }
      _ = try workshop.bytes("model/\(name)", bytes)
    }
    #expect(!FileManager.default.fileExists(atPath: workshop.path("p.csv")))
    #expect(try Program.run(["inspect", model]).code == 0)
  }

  @Test func `a missing, an added and a cut file in a model folder are noticed`() throws {
    let model = try workshop.train(workshop.customers())
    let path = "model/model/churn.safetensors"
    let bytes = try Data(contentsOf: URL(filePath: workshop.path(path)))
    _ = try workshop.bytes(path, bytes.dropLast())
    #expect(try Program.run(["inspect", model]).code == 5)
    try FileManager.default.removeItem(atPath: workshop.path(path))
    #expect(try Program.run(["inspect", model]).code == 5)
    _ = try workshop.bytes(path, bytes)
    _ = try workshop.file("model/extra", "")
    #expect(try Program.run(["inspect", model]).code == 5)
  }

  @Test func `a folder that is no model, and one that is not there`() throws {
    let data = try workshop.customers()
    let missing = try Program.run([
      "predict", "--model", "/nonexistent", "--data", data, "--out", "-",
    ])
    #expect(missing.code == 4 && missing.errorLines.count == 2, "\(missing.errors)")
    let file = try Program.run(["inspect", data])
    #expect(file.code == 4 && file.errorLines.count == 2, "\(file.errors)")
    let other = try Program.run(["inspect", workshop.folder])
    #expect(other.code == 4 && other.errorLines.count == 2, "\(other.errors)")
    #expect(other.errors.contains("not a model folder"))
  }

  @Test func `predictions are not written into a model folder, by whatever name`() throws {
    let data = try workshop.customers()
    let model = try workshop.train(data)
    try FileManager.default.createSymbolicLink(
      atPath: workshop.path("link"), withDestinationPath: model)
    for out in ["\(model)/p.csv", "\(workshop.path("link"))/scalers/p.parquet"] {
      let result = try Program.run(["predict", "--model", model, "--data", data, "--out", out])
      #expect(result.code == 2 && result.errorLines.count == 2, "\(result.errors)")
      #expect(result.errors.contains("inside the model folder"))
    }
    _ = try workshop.file("model/p.csv", "")
    let result = try Program.run(["inspect", model])
    #expect(result.code == 5 && result.errors.contains("Remove that file."), "\(result.errors)")
  }

  @Test func `an output that cannot be written is refused before anything is read`() throws {
    for (out, code) in [("p.txt", 2), ("/nonexistent/p.csv", 4), ("s3://b/p.txt", 2)] {
      let result = try Program.run([
        "predict", "--model", "/no/model", "--data", "/no/data", "--out", out,
      ])
      #expect(result.code == code && result.errorLines.count == 2, "\(result.errors)")
      #expect(!result.errors.contains("/no/"), "\(result.errors)")
    }
  }

  @Test func `settings of a loop that are a pipe are refused at once`() throws {
    let home = workshop.path("home")
    let made = try Program.run([
      "watch", "--init", "--home", home, "--set", "data.target=churn", "--set", "data.id=id",
    ])
    try #require(made.code == 0, "\(made.errors)")
    let settings = "\(home)/pipeline.toml"
    try #require(unlink(settings) == 0 && mkfifo(settings, 0o600) == 0)
    for arguments in [["status"], ["watch", "--once"], ["models", "list"]] {
      let result = try Program.run(arguments + ["--home", home])
      #expect(result.code == 5 && result.errors.contains("a pipe"), "\(result.errors)")
    }
  }

  @Test func `a pipe is refused at once`() throws {
    let pipe = workshop.path("pipe.csv")
    try #require(mkfifo(pipe, 0o600) == 0)
    let result = try Program.run(training(pipe, out: workshop.path("m")))
    #expect(result.code == 4 && result.errorLines.count == 2, "\(result.errors)")
    #expect(result.errors.contains("pipe or a device"))
  }

  @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
  func `an interruption during training leaves nothing`(signal: Int32, code: Int32) throws {
    let data = try workshop.customers(rows: 4_000)
    let before = try workshop.contents()
    let program = try Program.start(
      training(data, out: workshop.path("deep/m")) + [
        "--num-trees", "1000000", "--early-stopping-rounds", "0",
      ])
    try program.wait(for: "the folder of the model") {
      try workshop.contents().contains { $0.hasPrefix("deep/") }
    }
    // Reading takes far less: these are trees.
    try program.wait(for: "some work") { program.processorSeconds > 0.5 }
    let ended = program.end(signal)
    #expect(ended.code == code, "\(ended)")
    #expect(try workshop.contents() == before)
  }

  @Test func `an interruption while a table is generated leaves nothing`() throws {
    let program = try Program.start(
      ["generate", "churn", "--rows", "20000000", "--out", workshop.path("g.csv")])
    try program.wait(for: "the table") { try !workshop.contents().isEmpty }
    let ended = program.end(SIGINT)
    #expect(ended.code == 130, "\(ended)")
    #expect(try workshop.contents() == [])
  }

  @Test func `a second signal ends the program at once and leaves no temporary file`() throws {
    let program = try Program.start(
      ["generate", "churn", "--rows", "20000000", "--out", workshop.path("g.csv")])
    try program.wait(for: "the table") { try !workshop.contents().isEmpty }
    // Stopped, so that both are there before the program can unwind because of the first.
    for signal in [SIGSTOP, SIGINT, SIGTERM] { program.signal(signal) }
    let ended = program.end(SIGCONT)
    #expect(ended.code == 130 || ended.code == 143, "\(ended)")
    #expect(try workshop.contents() == [])
  }
}
