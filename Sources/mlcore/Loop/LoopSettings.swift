// The keys of pipeline.toml: those of the loop itself and those of its task, in one file.
public import Pipeline
public import Tasks

/// All settings of a loop.
struct LoopSettings: Sendable {
  /// The loop itself.
  var pipeline = PipelineConfiguration()
  /// What it trains.
  var churn = ChurnLoopConfiguration()

  /// The layers over all keys.
  static let layers = ConfigurationLayers(settings: settings)

  /// All keys, in the order of the file.
  static let settings: [Setting<LoopSettings>] =
    taken(["task", "seed"]) + watchSettings + taken(sections: ["data"]) + trainingSettings
    + taken(sections: ["calibration", "boosting"]) + gateSettings + checkSettings + otherSettings

  /// Keys of `train churn` that are the loop's own business.
  private static let left: Set<String> = ["data.path", "boosting.continue_from"]

  private static func taken(_ keys: Set<String>) -> [Setting<LoopSettings>] {
    ChurnConfiguration.settings.filter { keys.contains($0.key) }.map { $0.within(\.churn.churn) }
  }

  private static func taken(sections: Set<String>) -> [Setting<LoopSettings>] {
    ChurnConfiguration.settings.filter { setting in
      sections.contains { setting.key.hasPrefix("\($0).") } && !left.contains(setting.key)
    }.map { $0.within(\.churn.churn) }
  }

  private static let watchSettings: [Setting<LoopSettings>] = [
    Setting(
      "watch.folders", \.pipeline.watching.folders, .list,
      "Folders besides inbox/; their files stay where they are"),
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
  ]

  private static let trainingSettings: [Setting<LoopSettings>] = [
    Setting(
      "train.continue", \.pipeline.training.continues, .flag,
      "Whether the champion's trees are kept and others added, instead of training anew"),
    Setting(
      "train.min_rows", \.pipeline.training.minRows, .integer(1...Int.max),
      "New labelled rows below which no training starts"),
    Setting(
      optional: "train.window_rows", \.pipeline.training.windowRows, .integer(1...Int.max),
      "How many of the newest rows are learnt from and judged on, in whole files; auto: all"),
    Setting(
      "train.min_interval", \.pipeline.training.minInterval, .number(.closed(0)),
      "Seconds between the starts of two trainings"),
    Setting(
      "train.gather", \.pipeline.training.gather, .number(.closed(0, 86_400)),
      "Seconds for which a training waits for files that are still arriving"),
    Setting(
      "train.holdout", \.churn.holdout, .number(.closed(0.01, 0.9)),
      "The share of rows that no model learns from: both are judged on them"),
    Setting(
      "train.holdout_rows", \.churn.holdoutRows, .integer(50...Int.max),
      "How many of those are judged on: the newest ones"),
  ]

  private static let gateSettings: [Setting<LoopSettings>] = [
    Setting(
      "gate.mode", \.pipeline.mode, .choice(PipelineConfiguration.Mode.allCases.map(\.rawValue)),
      "auto promotes what passes, manual waits for 'mlcore models promote', shadow predicts beside"),
    Setting(
      "gate.margin", \.churn.gate.margin, .number(.closed(0, 1)),
      "By how much the AUC may surely not be lower than the champion's"),
    Setting(
      "gate.calibration", \.churn.gate.calibration, .number(.closed(0, 1)),
      "The rise of the Brier score (relative) and of the calibration error that is allowed"),
    Setting(
      "gate.segment", \.churn.gate.segment, .number(.closed(0, 1)),
      "How much AUC a group of customers may lose"),
    Setting(
      "gate.segment_rows", \.churn.gate.segmentRows, .integer(20...Int.max),
      "Rows below which a group is not looked at"),
    Setting(
      "gate.scores", \.churn.gate.scores, .number(.above(0)),
      "The stability index of scores between champion and challenger"),
    Setting(
      "gate.leak", \.churn.gate.leak, .number(.closed(0.5, 1)),
      "The AUC above which a feature is taken to know the answer"),
    Setting(
      "gate.min_rows", \.churn.gate.minRows, .integer(2...Int.max),
      "Rows of the holdout below which nothing is promoted"),
  ]

  private static let checkSettings: [Setting<LoopSettings>] = [
    Setting(
      "checks.missing", \.churn.checks.missing, .number(.above(0, 1)),
      "The share of cells that may be missing more than in the champion's data"),
    Setting(
      "checks.unseen", \.churn.checks.unseen, .number(.above(0, 1)),
      "The share of cells that may have categories new to the champion"),
    Setting(
      "checks.outside", \.churn.checks.outside, .number(.above(0, 1)),
      "The share of numbers that may lie far outside the champion's range"),
    Setting(
      "checks.psi", \.churn.checks.psi, .number(.above(0)),
      "The stability index above which a column has drifted; more in small files"),
    Setting(
      "checks.refuse_drift", \.churn.checks.refusesDrift, .flag,
      "Whether files with drifted columns go to quarantine; else it is noted"),
    Setting(
      "checks.labels", \.churn.checks.labels, .number(.above(0, 1)),
      "How far the champion's AUC may fall on the labels of a file"),
  ]

  private static let otherSettings: [Setting<LoopSettings>] = [
    Setting(
      "predict.format", \.pipeline.predictionFormat, .choice(["csv", "parquet"]),
      "The format of predictions"),
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
  ]

  private static let days = SettingKind.number(.closed(0))

  /// Reads the file of a home.
  ///
  /// - Throws: `ConfigurationError`.
  init(file: String) throws {
    try Self.layers.apply(file: file, to: &self)
    guard !churn.churn.data.target.isEmpty else {
      throw Complaint(
        facts: "\(file): data.target is empty, expected the column to predict",
        advice: "set data.target in that file", code: .usage)
    }
    if let folder = pipeline.watching.folders.first(where: { !$0.hasPrefix("/") }) {
      throw Complaint(
        facts: "\(file): watch.folders has '\(folder)', expected a path from the root",
        advice: "write the whole path, beginning with /", code: .usage)
    }
    var complete = churn.churn
    complete.data.path = "inbox"
    try complete.validate()
  }

  /// The defaults.
  init() {}

  /// The text of a new file.
  var text: String {
    RunFile.text(
      self, settings: Self.settings,
      head: "# The loop of this folder. Start it: mlcore watch --home DIR")
  }
}

extension PipelineConfiguration.Mode: ConfigurationField {
  public init?(configurationValue value: ConfigurationValue) {
    guard case .text(let text) = value else { return nil }
    self.init(rawValue: text)
  }
  public var configurationValue: ConfigurationValue { .text(rawValue) }
}
