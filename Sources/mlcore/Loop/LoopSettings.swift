// The keys of pipeline.toml: those of the loop itself and those of its task, in one file.
public import Configuration
import Glibc
public import Pipeline
import Storage
import Tasks

/// What a loop trains.
enum LoopTask: String, CaseIterable, Sendable {
  case churn, recommender
}

/// All settings of a loop.
struct LoopSettings: Sendable {
  /// The loop itself.
  var pipeline = PipelineConfiguration()
  /// What it trains, if that is churn models.
  var churn = ChurnLoopConfiguration()
  /// What it trains, if that is recommenders.
  var recommender = RecommenderLoopConfiguration()

  /// The sections of the file, in their order; the keys of the loop itself come first in each.
  private static let sections = [
    "", "watch", "data", "train", "calibration", "boosting", "evaluation", "model", "gate",
    "checks", "predict", "deliver", "keep", "encryption",
  ]

  /// All keys for a task, in the order of the file.
  static func settings(of task: LoopTask) -> [Setting<LoopSettings>] {
    let all = loopSettings + (task == .churn ? churnSettings : recommenderSettings)
    return sections.flatMap { section in all.filter { $0.section == section } }
  }

  /// What the loop trains.
  var task: LoopTask { LoopTask(rawValue: pipeline.task) ?? .churn }

  /// Keys of a task's own configuration that a loop has too: those that begin so, but for some.
  static func taken<Target: Configurable>(
    _ path: any WritableKeyPath<LoopSettings, Target> & Sendable, _ beginnings: String...,
    leaving left: Set<String> = []
  ) -> [Setting<LoopSettings>] {
    Target.settings.filter { setting in
      !left.contains(setting.key) && beginnings.contains { setting.key.hasPrefix($0) }
    }.map { $0.within(path) }
  }

  private static let loopSettings: [Setting<LoopSettings>] = [
    Setting(
      "task", \.pipeline.task, .choice(LoopTask.allCases.map(\.rawValue)), "What is trained"),
    Setting(
      "watch.folders", \.pipeline.watching.folders, .list,
      "Folders besides inbox/, also s3://bucket/folder; their files stay where they are"),
    Setting(
      "watch.queue", \.pipeline.watching.queue, .text,
      "The URL of an SQS queue that tells of new objects in those buckets; empty: none"),
    Setting("watch.include", \.pipeline.watching.include, .list, "The names of files that count"),
    Setting(
      "watch.exclude", \.pipeline.watching.exclude, .list,
      "The names of files that do not count all the same"),
    Setting(
      "watch.settle", \.pipeline.watching.settle, .number(.closed(0, 3_600)),
      "Seconds without a change after which a file is complete; renamed files are at once"),
    Setting(
      "watch.patience", \.pipeline.watching.patience, .number(.closed(0, 86_400)),
      "Seconds after which a file that ends in the middle of a line is given up"),
    Setting(
      "watch.scan_every", \.pipeline.watching.scanEvery, .number(.closed(0.1, 3_600)),
      "Seconds between looks at the folders when nothing happens"),
    Setting(
      "watch.list_every", \.pipeline.watching.listEvery, .number(.closed(0.1, 86_400)),
      "Seconds between listings of folders of buckets"),
    Setting(
      "train.min_rows", \.pipeline.training.minRows, .integer(1...Int.max),
      "New labelled rows below which no training starts"),
    Setting(
      "train.window_rows", \.pipeline.training.windowRows, .integer(1...Int.max),
      "How many of the newest rows are learnt from and judged on, in whole files", auto: "all"),
    Setting(
      "train.min_interval", \.pipeline.training.minInterval, .number(.closed(0, 31_536_000)),
      "Seconds between the starts of two trainings"),
    Setting(
      "train.gather", \.pipeline.training.gather, .number(.closed(0, 86_400)),
      "Seconds for which a training waits for files that are still arriving"),
    Setting(
      "gate.mode", \.pipeline.mode, .choice(PipelineConfiguration.Mode.allCases.map(\.rawValue)),
      "auto promotes what passes, manual waits for 'mlcore models promote', shadow predicts beside"),
    Setting(
      "predict.format", \.pipeline.predictionFormat, .choice(["csv", "parquet"]),
      "The format of predictions"),
    Setting(
      "predict.folder", \.pipeline.predictionFolder, .text,
      "Where predictions are copied to, also s3://bucket/folder; empty: they stay in the home only"),
    Setting(
      "predict.days", \.pipeline.predictionDays, days,
      "Days after which a file is not predicted again by new champions"),
    Setting(
      "keep.models", \.pipeline.retention.models, days, "Days for which models without alias stay"),
    Setting("keep.runs", \.pipeline.retention.runs, days, "Days for which folders of runs stay"),
    Setting(
      "keep.predictions", \.pipeline.retention.predictions, days,
      "Days for which predictions of former champions stay"),
    Setting(
      "keep.quarantine", \.pipeline.retention.quarantine, days,
      "Days for which quarantined files stay"),
    Setting(
      "keep.objects", \.pipeline.retention.objects, days,
      "Days for which stored files stay that nothing needs any more"),
    Setting(
      "encryption.key", \.pipeline.encryptionKeyFile, .text,
      "A file with the key for objects/ and predictions/, outside of the home; empty for none"),
  ]

  private static let days = SettingKind.number(.closed(0))
  /// Rows that are held back, of which fewer say nothing.
  static let heldRows = SettingKind.integer(50...Int.max)
  /// A part of something, and one that is more than nothing.
  static let part = SettingKind.number(.closed(0, 1))
  static let somePart = SettingKind.number(.above(0, 1))
  /// A population stability index.
  static let stability = SettingKind.number(.above(0))

  /// Reads the file of a home.
  ///
  /// - Throws: `ConfigurationError`.
  init(file: String) throws {
    // A pipe would be waited for, and gives its bytes once.
    if access(file, F_OK) == 0 { try PlainFile.check(file) }
    // A file without a task is one of churn, and what is wrong with the file, applying it says.
    let task = (try? ConfigurationFile.task(of: file)).flatMap { LoopTask(rawValue: $0) }
    try ConfigurationLayers(settings: Self.settings(of: task ?? .churn))
      .apply(file: file, to: &self)
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
    switch self.task {
    case .churn: try validateChurn(file: file)
    case .recommender: try validateRecommender()
    }
  }

  /// The settings of a new home.
  ///
  /// - Parameter assignments: `key=value` each.
  /// - Throws: `ConfigurationError`.
  init(assignments: [String]) throws {
    let task = assignments.last { $0.hasPrefix("task=") }?.dropFirst("task=".count)
    let layers = ConfigurationLayers(
      settings: Self.settings(of: task.flatMap { LoopTask(rawValue: String($0)) } ?? .churn))
    for assignment in assignments { try layers.apply(assignment: assignment, to: &self) }
    // What is no location, or has a password in it, gets into no file.
    pipeline.delivery = try recommender.database.map(RecommenderTask.databaseName)
  }

  /// The defaults.
  init() {}

  /// A key that has to be given and is not; nil where nothing is missing.
  var missingKey: (name: String, expected: String)? {
    switch task {
    case .churn:
      churn.churn.data.target.isEmpty ? ("data.target", "the column to predict") : nil
    case .recommender: nil
    }
  }

  /// The text of a new file.
  var text: String {
    RunFile.text(
      self, settings: Self.settings(of: task),
      head: "# The loop of this folder. Start it: mlcore watch --home DIR")
  }

  /// The steps of the task.
  func loop(in context: RunContext) -> any TaskLoop {
    switch task {
    case .churn: ChurnLoop(churn, context: context)
    case .recommender: RecommenderLoop(recommender, context: context)
    }
  }
}

extension PipelineConfiguration.Mode: ConfigurationField {}
