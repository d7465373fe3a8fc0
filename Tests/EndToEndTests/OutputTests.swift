// Outputs that exist, that are read, or that nobody can see.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct OutputTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  @Test func `an output that is read is refused before anything is written`() throws {
    let data = try workshop.customers()
    let model = try workshop.train(data)
    _ = try workshop.customers("d/a.csv")
    let link = workshop.path("link.csv")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: data)
    let before = try workshop.contents()
    let bytes = try Data(contentsOf: URL(filePath: data))
    let training = ["train", "churn", "--target", "churn", "--id", "id", "--force"]
    for arguments in [
      ["predict", "--model", model, "--data", data, "--force", "--out", data],
      ["predict", "--model", model, "--data", data, "--force", "--out", link],
      [
        "predict", "--model", model, "--data", workshop.path("d"), "--out",
        workshop.path("d/p.csv"),
      ],
      ["predict", "--model", model, "--data", data, "--out", "\(model)/p.csv"],
      ["export", "onnx", "--model", model, "--data", data, "--force", "--out", data],
      training + ["--data", data, "--out", data],
      training + ["--data", workshop.path("d"), "--out", workshop.path("d/m")],
      training + ["--data", data, "--out", "\(model)/m"],
      ["tune", "churn", "--target", "churn", "--data", data, "--out", data, "--trials", "2"],
    ] {
      let result = try Program.run(arguments)
      #expect(result.code == 2 && result.errorLines.count == 2, "\(arguments): \(result.errors)")
    }
    #expect(try workshop.contents() == before)
    #expect(try Data(contentsOf: URL(filePath: data)) == bytes)
  }

  @Test func `an output that exists is replaced by force only`() throws {
    let data = try workshop.customers()
    let model = try workshop.train(data)
    let there = try workshop.file("p.csv", "precious")
    for arguments in [
      ["predict", "--model", model, "--data", data, "--out", there],
      ["export", "lightgbm", "--model", model, "--out", there],
      ["generate", "churn", "--rows", "100", "--out", there],
    ] {
      let result = try Program.run(arguments)
      #expect(result.code == 4 && result.errors.contains("--force"), "\(result.errors)")
      #expect(try String(contentsOfFile: there, encoding: .utf8) == "precious")
      let forced = try Program.run(arguments + ["--force"])
      #expect(forced.code == 0, "\(forced.errors)")
      _ = try workshop.file("p.csv", "precious")
    }
  }

  @Test func `without standard output and error a model is trained, and no table is lost`() throws {
    let data = try workshop.customers()
    let training = [
      "train", "churn", "--data", data, "--target", "churn", "--id", "id", "--num-trees", "5",
      "--out", workshop.path("m"),
    ]
    let trained = try Program.run(training, shell: "exec \"$@\" <&- >&- 2>&-")
    #expect(trained.code == 0)
    #expect(try Program.run(["inspect", workshop.path("m")]).code == 0)
    let predicted = try Program.run(
      ["predict", "--model", workshop.path("m"), "--data", data, "--out", "-"],
      shell: "exec \"$@\" >&-")
    #expect(predicted.code == 4 && predicted.errorLines.count == 2, "\(predicted.errors)")
  }
}
