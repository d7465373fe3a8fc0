// The keys of pipeline.toml: those of the loop itself and those of its task, in one file.
public import Configuration
import Glibc
import LearningTasks
public import Pipeline
import Storage

/// All settings of a loop.
struct LoopSettings: Sendable {
  /// The loop itself.
  var pipeline = PipelineConfiguration()
  /// What is about its task.
  private var own: any TaskLoopConfiguration

  /// The settings of a loop over a task, whose keys are those of both.
  private struct Keys<Own: TaskLoopConfiguration>: Sendable {
    var pipeline = PipelineConfiguration()
    var own = Own()

    /// All keys, in the order of the file; the keys of the loop itself come first in each section.
    static var settings: [Setting<Keys>] {
      let all =
        LoopSettings.loopSettings.map { $0.within(\Keys.pipeline) }
        + Own.settings.filter { $0.key != "task" }.map { $0.within(\Keys.own) }
      var sections = LoopSettings.sections
      // What only the task has stands before the gate.
      let gate = sections.firstIndex(of: "gate") ?? sections.count
      for section in all.map(\.section).reversed() where !sections.contains(section) {
        sections.insert(section, at: gate)
      }
      return sections.flatMap { section in all.filter { $0.section == section } }
    }
  }

  /// The sections that the loop knows, in their order.
  private static let sections = [
    "", "watch", "data", "train", "gate", "checks", "predict", "deliver", "keep", "encryption",
  ]

  /// All keys for a task, with their words.
  static func described<Task: LoopTask>(of task: Task.Type) -> [SettingDescription] {
    Keys<Task.LoopConfiguration>.settings.map { $0.described(by: Keys(), hasFlag: false) }
  }

  private static let loopSettings: [Setting<PipelineConfiguration>] = [
    Setting(
      "task", \.task, .choice(TaskRegistry.loopTasks.map { $0.name }), "What is trained"),
    Setting(
      "watch.folders", \.watching.folders, .list,
      "Folders besides inbox/, also s3://bucket/folder; their files stay where they are"),
    Setting(
      "watch.queue", \.watching.queue, .text,
      "The URL of an SQS queue that tells of new objects in those buckets; empty: none"),
    Setting("watch.include", \.watching.include, .list, "The names of files that count"),
    Setting(
      "watch.exclude", \.watching.exclude, .list,
      "The names of files that do not count all the same"),
    Setting(
      "watch.settle", \.watching.settle, .number(.closed(0, 3_600)),
      "Seconds without a change after which a file is complete; renamed files are at once"),
    Setting(
      "watch.patience", \.watching.patience, .number(.closed(0, 86_400)),
      "Seconds after which a file that ends in the middle of a line is given up"),
    Setting(
      "watch.scan_every", \.watching.scanEvery, .number(.closed(0.1, 3_600)),
      "Seconds between looks at the folders when nothing happens"),
    Setting(
      "watch.list_every", \.watching.listEvery, .number(.closed(0.1, 86_400)),
      "Seconds between listings of folders of buckets"),
    Setting(
      "train.min_rows", \.training.minRows, .integer(1...Int.max),
      "New labelled rows below which no training starts"),
    Setting(
      "train.window_rows", \.training.windowRows, .integer(1...Int.max),
      "How many of the newest rows are learnt from and judged on, in whole files", auto: "all"),
    Setting(
      "train.min_interval", \.training.minInterval, .number(.closed(0, 31_536_000)),
      "Seconds between the starts of two trainings"),
    Setting(
      "train.gather", \.training.gather, .number(.closed(0, 86_400)),
      "Seconds for which a training waits for files that are still arriving"),
    Setting(
      "gate.mode", \.mode, .choice(PipelineConfiguration.Mode.allCases.map(\.rawValue)),
      "auto promotes what passes, manual waits for 'mlcore models promote', shadow predicts beside"),
    Setting(
      "predict.format", \.predictionFormat, .choice(["csv", "parquet"]),
      "The format of predictions"),
    Setting(
      "predict.folder", \.predictionFolder, .text,
      "Where predictions are copied to, also s3://bucket/folder; empty: they stay in the home only"),
    Setting(
      "predict.days", \.predictionDays, days,
      "Days after which a file is not predicted again by new champions"),
    Setting(
      "keep.models", \.retention.models, days, "Days for which models without alias stay"),
    Setting("keep.runs", \.retention.runs, days, "Days for which folders of runs stay"),
    Setting(
      "keep.predictions", \.retention.predictions, days,
      "Days for which predictions of former champions stay"),
    Setting(
      "keep.quarantine", \.retention.quarantine, days,
      "Days for which quarantined files stay"),
    Setting(
      "keep.objects", \.retention.objects, days,
      "Days for which stored files stay that nothing needs any more"),
    Setting(
      "encryption.key", \.encryptionKeyFile, .text,
      "A file with the key for objects/ and predictions/, outside of the home; empty for none"),
  ]

  private static let days = SettingKind.number(.closed(0))
  /// Reads the file of a home.
  ///
  /// - Throws: `ConfigurationError`.
  init(file: String) throws {
    // A pipe would be waited for, and gives its bytes once.
    if access(file, F_OK) == 0 { try PlainFile.check(file) }
    // What is wrong with the file, applying it says.
    self = try Source.file(file).settings(of: try? ConfigurationFile.task(of: file))
    if let key = missingKey {
      throw CommandLineError(
        facts: "\(file): \(key.name) is empty, expected \(key.expected)",
        advice: "set \(key.name) in that file", code: .usage)
    }
    try check(file: file)
  }

  /// Checks what keys cannot check alone, for a file that is there or is to be made.
  ///
  /// - Throws: `CommandLineError`, `ConfigurationError`, `ConnectorError`.
  mutating func check(file: String) throws {
    let key = pipeline.encryptionKeyFile
    guard key.isEmpty || key.hasPrefix("/") else {
      throw CommandLineError(
        facts: "\(file): encryption.key is '\(key)', expected a path from the root",
        advice: "write the whole path, beginning with /", code: .usage)
    }
    try checkPlaces(file: file)
    try own.validate(file: file)
    pipeline.delivery = try own.delivery
  }

  /// The settings of a new home.
  ///
  /// - Parameter assignments: `key=value` each.
  /// - Throws: `ConfigurationError`.
  init(assignments: [String]) throws {
    let task = assignments.last { $0.hasPrefix("task=") }?.dropFirst("task=".count)
    self = try Source.assignments(assignments).settings(of: task.map(String.init))
  }

  private init(pipeline: PipelineConfiguration, own: any TaskLoopConfiguration) {
    self.pipeline = pipeline
    self.own = own
  }

  /// A key that has to be given and is not; nil where nothing is missing.
  var missingKey: (name: String, expected: String)? { own.missingKey }

  /// Which of the metrics of models they are compared by; nil where that is not one for all.
  var measure: String? { own.measure }

  /// The text of a new file.
  var text: String {
    func text<Own: TaskLoopConfiguration>(_ own: Own) -> String {
      RunFile.text(
        Keys(pipeline: pipeline, own: own), settings: Keys<Own>.settings,
        head: "# The loop of this folder. Start it: mlcore watch --home DIR")
    }
    return text(own)
  }

  /// The steps of the task.
  func loop(in context: RunContext) -> any TaskLoop { own.loop(in: context) }

  /// What settings are read from.
  private enum Source {
    case file(String)
    case assignments([String])

    /// Reads the settings of a loop.
    ///
    /// - Parameter task: its name; where there is none of that name, the keys of the usual task tell.
    func settings(of task: String?) throws -> LoopSettings {
      func read<Task: LoopTask>(_ task: Task.Type) throws -> LoopSettings {
        var keys = Keys<Task.LoopConfiguration>()
        let layers = ConfigurationLayers(settings: Keys<Task.LoopConfiguration>.settings)
        switch self {
        case .file(let file): try layers.apply(file: file, to: &keys)
        case .assignments(let assignments):
          for assignment in assignments {
            try layers.apply(assignment: assignment, source: "--set", to: &keys)
          }
        }
        return LoopSettings(pipeline: keys.pipeline, own: keys.own)
      }
      let tasks = TaskRegistry.loopTasks
      let chosen: any LoopTask.Type = tasks.first { $0.name == task } ?? tasks[0]
      return try read(chosen)
    }
  }
}

extension PipelineConfiguration.Mode: ConfigurationField {}
