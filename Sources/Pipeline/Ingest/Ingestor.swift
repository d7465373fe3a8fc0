// What happens to a file that is complete: it is stored, looked at, written into the ledger, and
// taken out of the inbox, in this order, so that a loop that is killed anywhere finds it again.
internal import Glibc
internal import LoopContract
internal import Storage
internal import Texts

/// Takes files in.
final class Ingestor {
  private let services: LoopServices
  private let patience: Duration
  private var removal: InboxRemoval
  /// Whether it was said that a file does not fit on the disk.
  private var isFull = false
  /// When each file was found first that a program has open for writing.
  private var openSince: [ByteText: ContinuousClock.Instant] = [:]

  /// Beyond so many remembered files they are all met anew.
  private static let mostRemembered = 100_000

  init(_ services: LoopServices) {
    self.services = services
    patience = services.patience
    removal = InboxRemoval(services)
  }

  /// Ends what a killed loop began: what it had taken out is in the ledger, or comes back.
  func recover() throws { try removal.recover() }

  /// Removes files that were taken out of the inbox long enough ago.
  func sweep() throws { try removal.sweep() }

  /// Takes in files that have settled, all to the same question, and remembers in `tracker` those
  /// that have to wait.
  ///
  /// - Returns: the files that are in the ledger now and stay where they are.
  /// - Throws: `PipelineError`; then none of the files is in the ledger, and all are where they were.
  func take(_ files: [FoundFile], tracker: inout StabilityTracker) throws -> [FoundFile] {
    let now = ContinuousClock.now
    var candidates: [IngestCandidate] = []
    var truncated: Set<ByteText> = []
    var staying: [FoundFile] = []
    // What does not fit now does not fit either if it is larger.
    var leastUnfit = Int.max
    var whyUnfit = ENOSPC
    for file in files {
      if try services.ledger.contains(file.key) {
        // A loop that was killed had come that far.
        if !removal.release(file, &tracker) { staying.append(file) }
        continue
      }
      if file.identity.size >= leastUnfit {
        tracker.delay(file, by: .seconds(5), now: now, because: Self.unfit(file, whyUnfit))
        continue
      }
      if !tracker.isWhole(file), !services.store.looksComplete(file) {
        guard tracker.age(of: file, now: now) >= patience else {
          tracker.delay(file, by: min(.seconds(1), patience / 4), now: now)
          continue
        }
        truncated.insert(ByteText(file.path))
      }
      do {
        candidates.append(IngestCandidate(file: file, stored: try services.store.store(file)))
        openSince[ByteText(file.path)] = nil
      } catch ObjectStore.Refusal.gone {
        openSince[ByteText(file.path)] = nil
        continue
      } catch ObjectStore.Refusal.open {
        waitForWriter(file, now: now, &tracker)
      } catch ObjectStore.Refusal.busy {
        tracker.delay(file, by: .milliseconds(500), now: now)
      } catch PipelineError.system(let operation, file.path, let number) {
        // The file's own fault does not hold up the others.
        let error = PipelineError.system(operation, path: file.path, errorNumber: number)
        services.log.problem(error, about: file.path)
        tracker.delay(file, by: .seconds(30), now: now, because: error)
      } catch PipelineError.system(_, _, let number) where DiskTooSmall.numbers.contains(number) {
        leastUnfit = file.identity.size
        whyUnfit = number
        delay(file, because: Self.unfit(file, number), now: now, &tracker)
      }
    }
    let problems = try admit(candidates, truncated: truncated)
    for (candidate, problem) in zip(candidates, problems) {
      if let problem {
        delay(candidate.file, because: problem, now: now, &tracker)
        continue
      }
      services.log.resolved(candidate.file.path)
      if !removal.release(candidate.file, &tracker) { staying.append(candidate.file) }
    }
    if leastUnfit == Int.max, !candidates.isEmpty, problems.allSatisfy({ $0 == nil }) {
      isFull = false
    }
    return staying
  }

  /// Leaves a file alone that a program has open for writing, and says so where that goes on.
  private func waitForWriter(
    _ file: FoundFile, now: ContinuousClock.Instant, _ tracker: inout StabilityTracker
  ) {
    if openSince.count >= Self.mostRemembered { openSince.removeAll() }
    let since = openSince[ByteText(file.path)] ?? now
    openSince[ByteText(file.path)] = since
    let error = now - since < patience ? nil : PipelineError.openForWriting(path: file.path)
    if let error { services.log.problem(error, about: file.path) }
    tracker.delay(file, by: .milliseconds(500), now: now, because: error)
  }

  /// Leaves a file alone for a time that does not fit on the disk, so that smaller ones are taken.
  private func delay(
    _ file: FoundFile, because error: PipelineError, now: ContinuousClock.Instant,
    _ tracker: inout StabilityTracker
  ) {
    if !isFull { services.log.problem(error, about: "ingest") }
    isFull = true
    tracker.delay(file, by: .seconds(5), now: now, because: error)
  }

  /// Takes in objects of a source that were fetched: such a file is complete when it is there.
  ///
  /// - Returns: the names of those that are not in the ledger now, and why.
  /// - Throws: `PipelineError`; then none of them is that was not before.
  func take(
    _ arrivals: [RemoteSource.Arrival], of source: String
  ) throws -> [ByteText: PipelineError] {
    var candidates: [IngestCandidate] = []
    var left: [ByteText: PipelineError] = [:]
    for arrival in arrivals {
      let file = FoundFile(
        source: source, name: arrival.name, identity: Disk.Identity(arrival.stamp))
      if try services.ledger.contains(file.key) { continue }
      guard let status = Disk.status(arrival.path) else {
        left[arrival.key] = Self.unfit(file, ENOENT)
        continue
      }
      let fetched = FoundFile(
        source: Disk.parent(of: arrival.path), name: Disk.name(of: arrival.path),
        identity: Disk.Identity(status))
      do {
        candidates.append(
          IngestCandidate(
            file: file, stored: try services.store.store(fetched), stamp: arrival.stamp))
      } catch is ObjectStore.Refusal {
        // A program changed the copy: it is fetched again.
        left[arrival.key] = Self.unfit(file, EBUSY)
      } catch PipelineError.system(_, _, let number) where DiskTooSmall.numbers.contains(number) {
        left[arrival.key] = Self.unfit(file, number)
      } catch let error as PipelineError where !error.concernsAll {
        left[arrival.key] = error
      }
    }
    let problems = try admit(candidates, truncated: [])
    for (candidate, problem) in zip(candidates, problems) {
      left[ByteText(candidate.file.name)] = problem
    }
    return left
  }

  /// Looks at files whose bytes are stored, and writes into the ledger what they are.
  ///
  /// - Returns: for each file why it is not in the ledger; nil where it is.
  private func admit(
    _ candidates: [IngestCandidate], truncated: Set<ByteText>
  ) throws -> [PipelineError?] {
    if candidates.isEmpty { return [] }
    let results = try FileExaminer(services: services).records(of: candidates, truncated: truncated)
    let records = results.map { try? $0.get() }
    for record in records.compactMap(\.self) where record.state == .quarantined {
      try quarantine(record)
    }
    try services.ledger.transaction { transaction in
      for (record, candidate) in zip(records, candidates) {
        guard let record else { continue }
        try transaction.add(record)
        if let stamp = candidate.stamp {
          try transaction.add(stamp, record.name, of: record.source)
        }
      }
    }
    for record in records.compactMap(\.self) { services.log.ingested(record) }
    return zip(results, candidates).map { result, candidate in
      guard case .failure(let unfit) = result else { return nil }
      return Self.unfit(candidate.file, unfit.number)
    }
  }

  private static func unfit(_ file: FoundFile, _ number: Int32) -> PipelineError {
    .system(.store, path: file.path, errorNumber: number)
  }

  /// Puts a refused file and the reasons into quarantine; doing it again changes nothing.
  private func quarantine(_ record: FileRecord) throws {
    struct Reason: Encodable {
      var name: String
      var source: String
      var sha256: String
      var rows: Int
      var findings: [Finding]
    }
    let path = services.directory.quarantined(record.name, sha256: record.sha256)
    try Disk.link(
      services.store.path(record.object),
      to: services.directory.quarantined(record.name, sha256: record.sha256, object: record.object))
    let reason = Reason(
      name: record.name, source: record.source, sha256: record.sha256, rows: record.rows,
      findings: record.findings)
    try Disk.replace("\(path).reason.json", with: Ledger.text(reason) + "\n")
  }
}
