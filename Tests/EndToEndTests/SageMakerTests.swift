// The container contract of SageMaker, on folders.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct SageMakerTests {
  private let workshop: Workshop
  private let folder: String

  init() throws {
    workshop = try Workshop()
    folder = workshop.path("ml")
  }

  /// Writes the hyperparameters and the table of a channel.
  private func job(_ hyperparameters: String, channel: String = "train") throws {
    for part in ["input/config", "input/data/\(channel)", "model", "output"] {
      try FileManager.default.createDirectory(
        atPath: "\(folder)/\(part)", withIntermediateDirectories: true)
    }
    try hyperparameters.write(
      toFile: "\(folder)/input/config/hyperparameters.json", atomically: true, encoding: .utf8)
    let table = try String(contentsOfFile: workshop.customers(), encoding: .utf8)
    try table.write(
      toFile: "\(folder)/input/data/\(channel)/part-0.csv", atomically: true, encoding: .utf8)
  }

  private func train() throws -> ProgramResult {
    try Program.run(["train", "sagemaker", "--folder", folder])
  }

  private var failure: String? {
    try? String(contentsOfFile: "\(folder)/output/failure", encoding: .utf8)
  }

  @Test func `a job trains what its folders say, and its model is served`() throws {
    try job(
      #"""
      {"task":"churn","target":"\"churn\"","id":"id","num_trees":"20","refit":"false",
       "is_unbalance":"true","boosting.learning_rate":"0.2","sagemaker_region":"\"eu-west-1\""}
      """#, channel: "training")
    let trained = try train()
    try #require(trained.code == 0, "\(trained)")
    #expect(failure == nil)
    let settings = try String(contentsOfFile: "\(folder)/model/mlcore/run.toml", encoding: .utf8)
    for line in ["num_trees = 20", "learning_rate = 0.2", "is_unbalance = true", "refit = false"] {
      #expect(settings.contains(line), "\(line) is not in \(settings)")
    }
    let (program, port) = try RunningProgram.serve([
      "--sagemaker", folder, "--host", "127.0.0.1",
    ])
    #expect(try Answer.ask(port: port, "GET", "/ping").status == 200)
    let answer = try Answer.ask(
      port: port, "POST", "/invocations", "tenure,charge,plan\n3,9.5,max\n",
      headers: ["Content-Type: text/csv"])
    #expect(answer.status == 200 && answer.body.contains("churn_probability"), "\(answer)")
    program.end()
  }

  @Test(arguments: [
    (#"{"target":"churn","num_tres":"20"}"#, "train", "num-tres", 2),
    (#"{"target":"left"}"#, "train", "'left'", 3), (#"{"target":1}"#, "train", "target", 2),
    (#"{"target":"churn","out":"x"}"#, "train", "'out'", 2),
    (#"{"target":"churn"}"#, "trian", "'trian'", 2), (#"{"task":"chrun"}"#, "train", "chrun", 2),
  ])
  func `a failure is told where SageMaker looks for it`(
    hyperparameters: String, channel: String, words: String, code: Int32
  ) throws {
    try job(hyperparameters, channel: channel)
    let result = try train()
    #expect(result.code == code, "\(result)")
    let failure = try #require(failure)
    #expect(failure.contains(words) && result.errors.contains(failure), "\(failure)")
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/model/mlcore"))
  }

  @Test func `a model of a container and another place cannot both be served`() throws {
    let result = try Program.run(["serve", "--sagemaker", folder, "--model", folder])
    #expect(result.code == 2 && result.errors.contains("--model and --sagemaker"), "\(result)")
  }
}
