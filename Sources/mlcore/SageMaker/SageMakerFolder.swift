// The folders of a SageMaker container, as its contract for training and for hosting has them:
// https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
import FoundationEssentials
import Glibc
import Storage
import Texts

/// The folder `/opt/ml` of a container.
struct SageMakerFolder {
  /// Where SageMaker mounts it.
  static let usual = "/opt/ml"
  let path: String

  /// The run folder that a training writes.
  ///
  /// SageMaker packs the folder around it, which is a mount, so
  /// that no folder can take its place in one step.
  var run: String { "\(path)/model/mlcore" }

  /// The run folder that is served: that of a training, or the whole folder.
  var served: String {
    let whole = "\(path)/model"
    return FileSystem.exists("\(whole)/\(Manifest.fileName)") ? whole : run
  }

  /// The port that SageMaker asks for; nil where it names none.
  ///
  /// - Throws: `CommandLineError`.
  static func port() throws -> Int? {
    let name = "SAGEMAKER_BIND_TO_PORT"
    guard let text = getenv(name).map({ String(cString: $0) }) else { return nil }
    guard let port = Int(text), (1...65_535).contains(port) else {
      throw CommandLineError(
        facts: "the variable \(name) is '\(text)', expected a port from 1 to 65535",
        advice: "set it to a port, or not at all", code: .usage)
    }
    return port
  }

  /// The flag that each channel of data is for.
  ///
  /// SageMaker's own samples call the first one both.
  private static let flagOfChannel = [
    "train": "data", "training": "data", "test": "test", "validation": "test", "users": "users",
    "items": "items",
  ]

  /// The words of `mlcore train` that the hyperparameters and the channels stand for.
  ///
  /// - Parameter takesValue: whether a flag of a task has a value; others are there or not.
  /// - Throws: `CommandLineError`, `StorageError`.
  func arguments(takesValue: (_ task: String, _ flag: String) -> Bool) throws -> [String] {
    var hyperparameters = try hyperparameters()
    let task = hyperparameters.removeValue(forKey: "task") ?? TaskRegistry.names[0]
    guard TaskRegistry.names.contains(task) else {
      throw CommandLineError(
        facts: "the hyperparameter task is '\(task)', expected \(TaskRegistry.names.oneOf)",
        advice: "name one of these tasks", code: .usage)
    }
    var arguments = [task, "--out=\(run)"] + (try channels())
    for (name, value) in hyperparameters.sorted(by: { $0.key < $1.key }) {
      let flag = "--\(name.replacing("_", with: "-"))"
      if name.contains(".") {
        arguments += ["--set", "\(name)=\(value)"]
      } else if ["true", "false"].contains(value), !takesValue(task, flag) {
        if value == "true" { arguments.append(flag) }
      } else {
        arguments.append("\(flag)=\(value)")
      }
    }
    return arguments
  }

  /// The hyperparameters of the job.
  ///
  /// SageMaker's Python library writes values as JSON once more.
  private func hyperparameters() throws -> [String: String] {
    let file = "\(path)/input/config/hyperparameters.json"
    guard FileSystem.exists(file) else { return [:] }
    let found: [String: String]
    do {
      found = try CheckedJSON.value(
        [String: String].self, from: PlainFile.readAny(file, limit: 1 << 20), file: file,
        expected: "an object of texts")
    } catch let error as StorageError where error.kind == .corrupt {
      throw CommandLineError(
        facts: error.description, advice: "give hyperparameters as texts", code: .usage)
    }
    let taken = Set(Self.flagOfChannel.values).union(["out", "force", "config"])
    return try found.filter { !$0.key.hasPrefix("sagemaker_") }.reduce(into: [:]) { all, one in
      guard !taken.contains(one.key) else {
        throw CommandLineError(
          facts: "\(file): the hyperparameter '\(one.key)' is what the folders of the job tell",
          advice: "leave it out, and name the channel of the data as it is used", code: .usage)
      }
      let text = try? JSONDecoder().decode(String.self, from: Data(one.value.utf8))
      all[one.key] = text ?? one.value
    }
  }

  /// The flags that name the channels' folders.
  private func channels() throws -> [String] {
    let folder = "\(path)/input/data"
    guard FileSystem.exists(folder) else { throw Self.noData(folder) }
    let names = try FileSystem.names(in: folder).filter {
      FileSystem.status("\(folder)/\($0)").map(FileSystem.isFolder) == true
    }.sorted()
    var flags: [String: String] = [:]
    for name in names {
      guard let flag = Self.flagOfChannel[name] else {
        throw CommandLineError(
          facts: "\(folder): found the channel '\(name)', expected "
            + Self.flagOfChannel.keys.sorted().oneOf,
          advice: "name the channel by what its data are for", code: .usage)
      }
      if let other = flags.updateValue(name, forKey: flag) {
        throw CommandLineError(
          facts: "\(folder): the channels '\(other)' and '\(name)' are for the same data",
          advice: "leave one of them out", code: .usage)
      }
    }
    guard flags["data"] != nil else { throw Self.noData(folder) }
    return flags.sorted { $0.key < $1.key }.map { "--\($0.key)=\(folder)/\($0.value)" }
  }

  private static func noData(_ folder: String) -> CommandLineError {
    CommandLineError(
      facts: "\(folder): found no channel 'train'",
      advice: "give the job a channel 'train', in mode File", code: .usage)
  }

  /// Writes why the job failed where SageMaker looks for it.
  func report(_ failure: CommandLineError) {
    guard FileSystem.exists(path) else { return }
    let folder = "\(path)/output"
    // SageMaker shows the first 1,024 characters. A failure of this write has nobody to be told to.
    try? FileSystem.makeFolder(folder)
    try? AtomicFile.write(
      Array(String(failure.text.prefix(1_024)).utf8), to: "\(folder)/failure")
  }
}
