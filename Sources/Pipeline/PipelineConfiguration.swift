// What pipeline.toml says about the loop itself. What models are trained on and how they are judged
// is for the steps to know.

/// The settings of a loop.
public struct PipelineConfiguration: Sendable, Equatable {
  /// Where files come from, and when they are complete.
  public struct Watching: Sendable, Equatable {
    /// Folders besides the inbox, here or on another system; files stay where they are.
    public var folders: [String] = []
    /// A queue that tells of new objects on another system; empty for none.
    public var queue = ""
    /// The names of files that count.
    public var include = ["*.csv", "*.tsv", "*.parquet"]
    /// The names of files that do not count all the same.
    public var exclude: [String] = []
    /// Seconds for which a file must not change before it is taken; renamed ones are taken at once.
    public var settle = 2.0
    /// Seconds after which a file that ends in the middle of a line is given up.
    public var patience = 30.0
    /// Seconds between looks at the folders when nothing happens.
    public var scanEvery = 30.0
    /// Seconds between listings of folders on another system.
    public var listEvery = 60.0

    /// The folders of this machine.
    public var localFolders: [String] { folders.filter { $0.hasPrefix("/") } }
  }

  /// When models are trained.
  public struct Training: Sendable, Equatable {
    /// New rows below which no training starts.
    public var minRows = 1
    /// How many of the newest rows are learnt from and judged on, in whole files; nil is all.
    public var windowRows: Int?
    /// Seconds between the starts of two trainings.
    public var minInterval = 0.0
    /// Seconds for which a training waits for files that are still arriving.
    public var gather = 5.0
  }

  /// What happens to a challenger that passed.
  public enum Mode: String, Sendable, CaseIterable {
    /// It becomes the champion.
    case auto
    /// It waits for 'mlcore models promote'.
    case manual
    /// It predicts beside the champion and never takes its place by itself.
    case shadow
  }

  /// How long things are kept.
  public struct Retention: Sendable, Equatable {
    /// Days for which rejected challengers and former champions are kept.
    public var models = 30.0
    /// Days for which the folders of runs are kept.
    public var runs = 30.0
    /// Days for which predictions are kept.
    public var predictions = 180.0
    /// Days for which quarantined files are kept.
    public var quarantine = 30.0
    /// Days for which files are kept that nothing needs any more.
    public var objects = 90.0
  }

  /// The name of what is trained, for folders and metrics.
  public var task = "churn"
  /// Where files come from.
  public var watching = Watching()
  /// When models are trained.
  public var training = Training()
  /// What happens to a challenger that passed.
  public var mode = Mode.auto
  /// The ending of the files of predictions: csv or parquet.
  public var predictionFormat = "csv"
  /// The name of the place to which the model in service is brought; nil where there is none.
  public var delivery: String?
  /// Where predictions are copied to, here or on another system; empty for nowhere.
  public var predictionFolder = ""
  /// Days after which a file is not predicted again when the model in service changes.
  public var predictionDays = 90.0
  /// How long things are kept.
  public var retention = Retention()
  /// The file of the key that stored files and predictions are encrypted with; empty for none.
  public var encryptionKeyFile = ""

  /// Creates the defaults.
  public init() {}
}
