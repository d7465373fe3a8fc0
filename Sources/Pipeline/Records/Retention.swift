// What is old and needed by nobody: files, models, runs, predictions. The ledger forgets nothing; it
// notes what was removed.
internal import Glibc
internal import Storage

/// Something that is removed, or would be.
public struct RemovedItem: Encodable, Sendable, Equatable {
  /// object, model, run, prediction or quarantined.
  public var kind: String
  /// Where it is, below the home.
  public var path: String
  /// Its size in bytes.
  public var bytes: Int
}

/// Removes what may go.
struct Retention {
  let home: LoopDirectory
  let ledger: Ledger
  let registry: Registry
  let configuration: PipelineConfiguration

  /// Files that no ledger knows may belong to something that is under way, up to this age.
  private static let orphanAge = 86_400.0

  /// Finds what may go, and removes it.
  ///
  /// Never what the champion, the model before it and the challenger need: their folders, those of
  /// the models that they go on from, all files that they have learnt from; nor what the next
  /// training or scoring would read. To be called only where nothing is taken in meanwhile.
  ///
  /// - Parameter isDryRun: finds only.
  func apply(isDryRun: Bool) throws -> [RemovedItem] {
    let now = Timestamp.now()
    let models = try ledger.versions()
    let kept = try keptModels(models)
    let oldModels = models.filter {
      !kept.contains($0.version) && $0.at < now - days(configuration.retention.models)
    }
    let objects = try oldObjects(kept: kept, now: now)
    var items = oldModels.map { item("model", registry.folder(of: $0.version)) }
    items += objects.map { item("object", "\(home.objects)/\($0)") }
    let runsOfKept = Set(models.filter { kept.contains($0.version) }.map { "\($0.run)" })
    items += try old(
      "run", in: home.runs, days: configuration.retention.runs, now: now
    ) { !runsOfKept.contains($0) }
    let predictions = try oldPredictions(now: now)
    items += predictions.items
    items += try old(
      "quarantined", in: home.quarantine, days: configuration.retention.quarantine, now: now
    ) { _ in true }
    if isDryRun || items.isEmpty { return items }
    // The ledger first: what it no longer counts on may go, now or after a crash.
    try ledger.remove(
      items, objects: objects, models: oldModels.map(\.version), predictions: predictions.keys,
      at: now)
    for item in items { Disk.remove("\(home.path)/\(item.path)") }
    Self.removeEmptyFolders(
      below: home.predictions, olderThan: days(configuration.retention.predictions), now: now)
    return items
  }

  /// Predictions that are not those of the newest content of each file by the champion or the
  /// challenger: the files of them, and what the ledger knows them by.
  private func oldPredictions(
    now: Double
  ) throws -> (items: [RemovedItem], keys: [ScoringJob]) {
    let limit = now - days(configuration.retention.predictions)
    let (inService, needed, known) = try ledger.atOneMoment {
      let owners = try ledger.aliases()
      let inService = [owners[.champion], owners[.challenger]].compactMap(\.self)
      return (
        inService, try ledger.outputs(neededBy: inService),
        try ledger.predictions()
      )
    }
    let old = try Disk.contents(of: home.predictions).files.filter { name in
      !needed.contains(name) && age(of: "\(home.predictions)/\(name)", now: now) > now - limit
    }
    let items = old.map { item("prediction", "\(home.predictions)/\($0)") }
    let removed = Set(old)
    let keys = known.filter { entry in
      // A file is older than the note of it: no note outlives its file.
      if let output = entry.output, removed.contains(output) { return true }
      return entry.at < limit
        && (entry.output.map { !needed.contains($0) } ?? !inService.contains(entry.job.version))
    }
    return (items, keys.map(\.job))
  }

  /// Removes folders with nothing in them that have not changed for so many seconds, as writers that
  /// sort by day or hour leave them.
  static func removeEmptyFolders(below root: String, olderThan age: Double, now: Double) {
    for name in (try? Disk.names(in: root)) ?? [] {
      let path = "\(root)/\(name)"
      guard let status = Disk.status(path), Disk.isFolder(status) else { continue }
      removeEmptyFolders(below: path, olderThan: age, now: now)
      // The system removes none that has something in it.
      if now - Double(status.st_mtim.tv_sec) > age { rmdir(path) }
    }
  }

  /// The models with an alias, and those that they go on from.
  private func keptModels(_ models: [VersionRecord]) throws -> Set<String> {
    var kept: Set<String> = []
    var open = try Array(ledger.aliases().values)
    while let version = open.popLast() {
      guard kept.insert(version).inserted else { continue }
      open += models.filter { $0.version == version }.compactMap(\.base)
    }
    return kept
  }

  /// The objects that nothing needs, below the folder of objects.
  private func oldObjects(kept: Set<String>, now: Double) throws -> [String] {
    let limit = now - days(configuration.retention.objects)
    let (needed, known) = try ledger.objects(
      neededBy: kept, youngerThan: limit, predictedSince: now - days(configuration.predictionDays))
    let all = needed.union(
      try ledger.trainingFiles(window: configuration.training.windowRows).map(\.object))
    return try objects().filter { object in
      if all.contains(object) { return false }
      return known.contains(object)
        || age(of: "\(home.objects)/\(object)", now: now) > Self.orphanAge
    }
  }

  private func objects() throws -> [String] {
    try Disk.names(in: home.objects).flatMap { folder in
      ((try? Disk.names(in: "\(home.objects)/\(folder)")) ?? []).map { "\(folder)/\($0)" }
    }
  }

  /// What lies in a folder for longer than some days, and may go.
  private func old(
    _ kind: String, in folder: String, days count: Double, now: Double,
    where mayGo: (String) -> Bool
  ) throws -> [RemovedItem] {
    try Disk.names(in: folder).filter { name in
      mayGo(name) && age(of: "\(folder)/\(name)", now: now) > days(count)
    }.map { item(kind, "\(folder)/\($0)") }
  }

  private func item(_ kind: String, _ path: String) -> RemovedItem {
    RemovedItem(
      kind: kind, path: String(path.dropFirst(home.path.count + 1)), bytes: size(of: path))
  }

  private func size(of path: String) -> Int {
    guard let status = Disk.status(path) else { return 0 }
    guard Disk.isFolder(status) else { return Int(status.st_size) }
    return ((try? Disk.names(in: path)) ?? []).reduce(0) { $0 + size(of: "\(path)/\($1)") }
  }

  /// Seconds since a path was changed; a clock that was set back makes it young.
  private func age(of path: String, now: Double) -> Double {
    Disk.status(path).map { now - Double($0.st_mtim.tv_sec) } ?? 0
  }

  private func days(_ count: Double) -> Double { count * 86_400 }
}

extension HomeRecords {
  /// Removes what is old and not needed any more.
  ///
  /// - Parameter isDryRun: finds only; allowed while a loop is running.
  /// - Throws: `PipelineError.locked` while a loop is running, which does it itself every day.
  public func collectGarbage(isDryRun: Bool) throws -> [RemovedItem] {
    let retention = Retention(
      home: home, ledger: ledger, registry: registry, configuration: configuration)
    if isDryRun { return try retention.apply(isDryRun: true) }
    return try HomeLock.holding(home) {
      let items = try retention.apply(isDryRun: false)
      let audit = AuditLog(home: home, ledger: ledger)
      try audit.flush()
      try audit.forgetOld()
      return items
    }
  }
}
