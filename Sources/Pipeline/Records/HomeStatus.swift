// What goes on in a home: what is running, what waits, what is in service.

/// The state of a home.
public struct HomeStatus: Encodable, Sendable, Equatable {
  /// A run.
  public struct Run: Encodable, Sendable, Equatable {
    /// Its number.
    public var id: Int64
    /// running, interrupted, failed, promoted, waiting, rejected or unchanged.
    public var state: String
    /// The files that it trained on.
    public var files: Int
    /// When it started, ISO 8601 in UTC.
    public var started: String
    /// Seconds by step; "total" is all of it.
    public var seconds: [String: Double]
    /// The model that it trained.
    public var version: String?
    /// What there is to say about it.
    public var message: String
  }

  /// A place to which the model in service is brought.
  public struct Delivery: Encodable, Sendable, Equatable {
    /// Its name.
    public var place: String
    /// The model that it has; nil before the first.
    public var version: String?
    /// When it got that, ISO 8601 in UTC.
    public var delivered: String?
    /// Why it has not the model in service, as far as the last attempt says.
    public var problem: String?
  }

  /// A place on another system.
  public struct Place: Encodable, Sendable, Equatable {
    /// Where it is.
    public var place: String
    /// folder, queue or output.
    public var kind: String
    /// Objects to be fetched, messages at work, or predictions to be copied.
    public var waiting: Int
    /// When it was reached last, ISO 8601 in UTC.
    public var reached: String?
    /// What the last attempt failed with.
    public var problem: String?
  }

  /// Something in the inbox that is not taken.
  public struct PassedOver: Encodable, Sendable, Equatable {
    /// Its path below the inbox.
    public var name: String
    /// Why it is not taken.
    public var reason: String
  }

  /// The home.
  public var home: String
  /// Whether a loop is running.
  public var watching: Bool
  /// The models in service, by alias.
  public var aliases: [String: ModelEntry]
  /// How many inputs ended how.
  public var files: [String: Int]
  /// Files in the inbox that are not taken in yet.
  public var inbox: Int
  /// What lies in the inbox and is not taken, and why.
  public var passedOver: [PassedOver]
  /// Labelled files that no training has seen.
  public var untrained: Int
  /// Files that the champion has not predicted.
  public var unpredicted: Int
  /// Files that were predicted, by any model, and whose predictions are there.
  public var predictions: Int
  /// The place to which the model in service is brought; nil where there is none.
  public var delivery: Delivery?
  /// How often inotify's queue has overflowed, which costs a scan and no file.
  public var overflows: Int
  /// The places on other systems, as the loop found them last.
  public var remote: [Place]
  /// The last runs, the newest first.
  public var runs: [Run]

  enum CodingKeys: String, CodingKey {
    case home, watching, aliases, files, inbox, untrained, unpredicted, predictions, delivery
    case overflows, remote, runs
    case passedOver = "passed_over"
  }
}

extension HomeRecords {
  /// What goes on in the home.
  public func status() throws -> HomeStatus {
    let scan = InboxScan(
      inbox: home.inbox, others: [], home: home.path,
      patterns: configuration.watching.patterns, watcher: nil)
    let found = try scan.result { _, _ in }
    let passedOver = (found.skipped + found.hidden).map {
      HomeStatus.PassedOver(
        name: String($0.path.dropFirst(home.inbox.count + 1)), reason: $0.reason)
    }
    return try ledger.atOneMoment { try status(found, passedOver) }
  }

  private func status(
    _ found: ScanResult, _ passedOver: [HomeStatus.PassedOver]
  ) throws -> HomeStatus {
    let models = try self.models()
    let places = try ledger.places().map {
      HomeStatus.Place(
        place: $0.place, kind: $0.kind.rawValue, waiting: $0.waiting,
        reached: $0.reached.map(Timestamp.text), problem: $0.problem)
    }
    var aliases: [String: ModelEntry] = [:]
    for model in models { for alias in model.aliases { aliases[alias] = model } }
    return HomeStatus(
      home: home.path, watching: isWatched, aliases: aliases, files: try ledger.fileCounts(),
      inbox: found.files.count, passedOver: passedOver,
      untrained: try ledger.trainingPlan()?.newFiles ?? 0,
      unpredicted: try registry.champion().map {
        try ledger.scoringJobs(
          for: $0, since: Timestamp.now() - 86_400 * configuration.predictionDays, limit: 1_000_000
        ).count
      } ?? 0, predictions: try ledger.predictionCount(), delivery: try delivery(),
      overflows: try ledger.overflowCount(), remote: places, runs: try ledger.lastRuns(10))
  }

  private func delivery() throws -> HomeStatus.Delivery? {
    guard let place = configuration.delivery else { return nil }
    let record = try ledger.delivery(to: place)
    return HomeStatus.Delivery(
      place: place, version: record?.version, delivered: record?.at.map(Timestamp.text),
      problem: record?.problem)
  }
}
