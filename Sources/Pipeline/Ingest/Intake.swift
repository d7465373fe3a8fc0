// What happens to a file that is complete: it is stored, looked at, written into the ledger, and
// taken out of the inbox, in this order, so that a loop that is killed anywhere finds it again.
internal import GRDB
internal import Glibc
internal import Storage

/// Takes files in.
final class Intake {
  private let home: Home
  private let ledger: Ledger
  private let store: ObjectStore
  private let steps: any PipelineSteps
  private let registry: Registry
  private let patience: Duration
  private let log: LoopLog
  private var takenCount = 0
  /// Whether it was said that a file does not fit on the disk.
  private var isFull = false
  /// When each file was found first that a program has open for writing.
  private var openSince: [String: ContinuousClock.Instant] = [:]
  /// Files that were taken out of the inbox, of which nobody can tell whether a program has them open.
  private var kept: [(place: String, name: String, since: ContinuousClock.Instant)] = []

  /// A file whose bytes are stored.
  private struct Candidate {
    var file: FoundFile
    var stored: ObjectStore.Stored
    /// What another system says of it; nil for a file of this one.
    var stamp: RemoteStamp?
  }

  /// That a file does not fit on the disk as a step needs it, and the `errno`.
  private struct Unfit: Error {
    var number: Int32
  }

  /// Beyond so many remembered files they are all met anew.
  private static let mostRemembered = 100_000

  private static let unfitNumbers = [ENOSPC, EDQUOT, EFBIG]

  init(
    home: Home, ledger: Ledger, steps: any PipelineSteps, registry: Registry,
    patience: Duration, key: EncryptionKey? = nil, lease: WriterLease = WriterLease(), log: LoopLog
  ) {
    self.home = home
    self.ledger = ledger
    self.steps = steps
    self.registry = registry
    self.patience = patience
    self.log = log
    store = ObjectStore(
      folder: home.objects, key: key, isKnown: ledger.knownObject, lease: lease)
  }

  /// Takes in files that have settled, all to the same question, and remembers in `settling` those
  /// that have to wait.
  ///
  /// - Returns: the files that are in the ledger now and stay where they are.
  /// - Throws: `PipelineError`; then none of the files is in the ledger, and all are where they were.
  func take(_ files: [FoundFile], settling: inout Settling) throws -> [FoundFile] {
    let now = ContinuousClock.now
    var candidates: [Candidate] = []
    var truncated: Set<String> = []
    var staying: [FoundFile] = []
    // What does not fit now does not fit either if it is larger.
    var leastUnfit = Int.max
    var whyUnfit = ENOSPC
    for file in files {
      if try ledger.contains(file.key) {
        // A loop that was killed had come that far.
        if !release(file, &settling) { staying.append(file) }
        continue
      }
      if file.identity.size >= leastUnfit {
        settling.delay(file, by: .seconds(5), now: now, because: Self.unfit(file, whyUnfit))
        continue
      }
      if !settling.isWhole(file), !store.looksComplete(file) {
        guard settling.age(of: file, now: now) >= patience else {
          settling.delay(file, by: min(.seconds(1), patience / 4), now: now)
          continue
        }
        truncated.insert(file.path)
      }
      do {
        candidates.append(Candidate(file: file, stored: try store.store(file)))
        openSince[file.path] = nil
      } catch ObjectStore.Refusal.gone {
        openSince[file.path] = nil
        continue
      } catch ObjectStore.Refusal.open {
        waitForWriter(file, now: now, &settling)
      } catch ObjectStore.Refusal.busy {
        settling.delay(file, by: .milliseconds(500), now: now)
      } catch PipelineError.system(let operation, file.path, let number) {
        // The file's own fault does not hold up the others.
        let error = PipelineError.system(operation, path: file.path, errorNumber: number)
        log.problem(error, about: file.path)
        settling.delay(file, by: .seconds(30), now: now, because: error)
      } catch PipelineError.system(_, _, let number) where Self.unfitNumbers.contains(number) {
        leastUnfit = file.identity.size
        whyUnfit = number
        delay(file, because: Self.unfit(file, number), now: now, &settling)
      }
    }
    let problems = try admit(candidates, truncated: truncated)
    for (candidate, problem) in zip(candidates, problems) {
      if let problem {
        delay(candidate.file, because: problem, now: now, &settling)
        continue
      }
      log.isWell(candidate.file.path)
      if !release(candidate.file, &settling) { staying.append(candidate.file) }
    }
    if leastUnfit == Int.max, !candidates.isEmpty, problems.allSatisfy({ $0 == nil }) {
      isFull = false
    }
    return staying
  }

  /// Leaves a file alone that a program has open for writing, and says so where that goes on.
  private func waitForWriter(
    _ file: FoundFile, now: ContinuousClock.Instant, _ settling: inout Settling
  ) {
    if openSince.count >= Self.mostRemembered { openSince.removeAll() }
    let since = openSince[file.path] ?? now
    openSince[file.path] = since
    let error = now - since < patience ? nil : PipelineError.openForWriting(path: file.path)
    if let error { log.problem(error, about: file.path) }
    settling.delay(file, by: .milliseconds(500), now: now, because: error)
  }

  /// Leaves a file alone for a time that does not fit on the disk, so that smaller ones are taken.
  private func delay(
    _ file: FoundFile, because error: PipelineError, now: ContinuousClock.Instant,
    _ settling: inout Settling
  ) {
    if !isFull { log.problem(error, about: "intake") }
    isFull = true
    settling.delay(file, by: .seconds(5), now: now, because: error)
  }

  /// Takes in objects of a source that were fetched: such a file is complete when it is there.
  ///
  /// - Returns: the names of those that are not in the ledger now, and why.
  /// - Throws: `PipelineError`; then none of them is that was not before.
  func take(
    _ arrivals: [RemoteSource.Arrival], of source: String
  ) throws -> [String: PipelineError] {
    var candidates: [Candidate] = []
    var left: [String: PipelineError] = [:]
    for arrival in arrivals {
      let file = FoundFile(
        source: source, name: arrival.name, identity: Disk.Identity(arrival.stamp))
      if try ledger.contains(file.key) { continue }
      guard let status = Disk.status(arrival.path) else {
        left[arrival.name] = Self.unfit(file, ENOENT)
        continue
      }
      let fetched = FoundFile(
        source: Disk.parent(of: arrival.path), name: Disk.name(of: arrival.path),
        identity: Disk.Identity(status))
      do {
        candidates.append(
          Candidate(file: file, stored: try store.store(fetched), stamp: arrival.stamp))
      } catch is ObjectStore.Refusal {
        // Somebody was at the copy: it is fetched again.
        left[arrival.name] = Self.unfit(file, EBUSY)
      } catch PipelineError.system(_, _, let number) where Self.unfitNumbers.contains(number) {
        left[arrival.name] = Self.unfit(file, number)
      } catch let error as PipelineError where !error.concernsAll {
        left[arrival.name] = error
      }
    }
    let problems = try admit(candidates, truncated: [])
    for (candidate, problem) in zip(candidates, problems) { left[candidate.file.name] = problem }
    return left
  }

  /// Looks at files whose bytes are stored, and writes into the ledger what they are.
  ///
  /// - Returns: for each file why it is not in the ledger; nil where it is.
  private func admit(
    _ candidates: [Candidate], truncated: Set<String>
  ) throws -> [PipelineError?] {
    if candidates.isEmpty { return [] }
    let results = try judged(candidates, truncated: truncated)
    let records = results.map { try? $0.get() }
    for record in records.compactMap(\.self) where record.state == .quarantined {
      try quarantine(record)
    }
    let time = Moment.now()
    try ledger.write { database in
      for (record, candidate) in zip(records, candidates) {
        guard let record else { continue }
        try Ledger.add(record, at: time, in: database)
        guard let stamp = candidate.stamp else { continue }
        try Ledger.add(stamp, record.name, of: record.source, in: database)
      }
    }
    for record in records.compactMap(\.self) { log.ingested(record) }
    return zip(results, candidates).map { result, candidate in
      guard case .failure(let unfit) = result else { return nil }
      return Self.unfit(candidate.file, unfit.number)
    }
  }

  private static func unfit(_ file: FoundFile, _ number: Int32) -> PipelineError {
    .system(.store, path: file.path, errorNumber: number)
  }

  /// Takes a file that is in the ledger out of the inbox; elsewhere it stays.
  ///
  /// - Returns: whether it is done with; if not, it stays for good.
  private func release(_ file: FoundFile, _ settling: inout Settling) -> Bool {
    guard file.source == home.inbox else { return false }
    takenCount += 1
    let name = Disk.end(of: Disk.name(of: file.name), bytes: 60)
    let place = "\(home.taken)/\(takenCount)-\(getpid())-\(name)"
    // Away first, then looked at: a newer file may just have got the name, or a program may write to
    // this one.
    if rename(file.path, place) == 0 {
      switch removal(of: place, as: file.identity) {
      case .possible: unlink(place)
      case .changed: putBack(place, as: file.name)
      case .unknown: kept.append((place, file.name, .now))
      }
      return true
    }
    if errno == ENOENT { return true }
    if errno == EXDEV {
      switch removal(of: file.path, as: file.identity) {
      case .changed:
        settling.delay(file, by: .milliseconds(500), now: .now)
        return true
      case .possible, .unknown: if unlink(file.path) == 0 || errno == ENOENT { return true }
      }
    }
    let error = Disk.failure(.remove, file.path)
    log.problem(error, about: file.path)
    settling.delay(file, by: .seconds(30), now: .now, because: error)
    return true
  }

  /// Whether a file that is stored may be removed.
  private enum Removal {
    case possible
    /// It is another one, or a program has it open for writing.
    case changed
    /// It is as it was, and nobody can tell whether a program has it open.
    case unknown
  }

  private func removal(of path: String, as identity: Disk.Identity) -> Removal {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      // What cannot be opened any more was read by another name of this user's, and is as it was or not.
      let status = Disk.status(path)
      return status.map { Disk.Identity($0).isSameContent(as: identity) } == true
        ? .unknown : .changed
    }
    defer {
      WriterLease.giveBack(descriptor)
      close(descriptor)
    }
    let answer = store.lease.take(descriptor)
    var status = stat()
    guard answer != .refused, fstat(descriptor, &status) == 0,
      Disk.Identity(status).isSameContent(as: identity),
      answer != .granted || !WriterLease.isWanted(descriptor)
    else { return .changed }
    return answer == .granted ? .possible : .unknown
  }

  /// Removes files that were taken out of the inbox and have not changed since for as long as a file may
  /// be unfinished; others go back.
  func sweep() throws {
    let now = ContinuousClock.now
    while let first = kept.first, now - first.since >= patience {
      try settle(first.place, as: first.name)
      kept.removeFirst()
    }
  }

  /// Removes a file on its way out that is in the ledger as it is, and puts others back.
  private func settle(_ place: String, as name: String) throws {
    guard let status = Disk.status(place) else { return }
    let identity = Disk.Identity(status)
    if try ledger.contains(identity, of: home.inbox),
      removal(of: place, as: identity) != .changed
    {
      unlink(place)
    } else {
      putBack(place, as: name)
    }
  }

  /// Ends what a killed loop began: what it had taken out is in the ledger, or comes back.
  func recover() throws {
    for name in try Disk.names(in: home.taken) {
      try settle(
        "\(home.taken)/\(name)",
        as: name.split(separator: "-", maxSplits: 2).last.map(String.init) ?? name)
    }
  }

  private func putBack(_ place: String, as name: String) {
    // Not over a file that is newer still.
    var target = "\(home.inbox)/\(name)"
    var attempt = 0
    while link(place, target) != 0 {
      guard errno == EEXIST, attempt < 1_000 else { return }
      attempt += 1
      target =
        "\(home.inbox)/\(Disk.parent(of: "/\(name)").dropFirst())/\(attempt)-"
        + Disk.name(of: name)
    }
    unlink(place)
  }

  // MARK: - Judging

  /// What each file turned out to be.
  private func judged(
    _ candidates: [Candidate], truncated: Set<String>
  ) throws -> [Result<FileRecord, Unfit>] {
    var records: [FileRecord?] = []
    var firstOf: [String: Int] = [:]
    var questions: [Int] = []
    for (index, candidate) in candidates.enumerated() {
      let sha256 = candidate.stored.sha256
      if candidate.file.identity.size == 0 || truncated.contains(candidate.file.path) {
        records.append(record(candidate, Self.incomplete(candidate.file)))
      } else if let role = try ledger.ingestedRole(sha256: sha256) {
        records.append(duplicate(candidate, role: role))
      } else {
        records.append(nil)
        if firstOf.updateValue(firstOf[sha256] ?? index, forKey: sha256) == nil {
          questions.append(index)
        }
      }
    }
    let findings = try examine(questions.map { stepFile(candidates[$0]) })
    var examined: [String: Result<Examination, Unfit>] = [:]
    for (index, finding) in zip(questions, findings) {
      examined[candidates[index].stored.sha256] = finding
    }
    return records.enumerated().map { index, record in
      if let record { return .success(record) }
      let candidate = candidates[index]
      guard let result = examined[candidate.stored.sha256] else {
        preconditionFailure("a file that was not examined")
      }
      let isFirst = firstOf[candidate.stored.sha256] == index
      return result.map { finding in
        isFirst || finding.role == .refused
          ? self.record(candidate, finding) : duplicate(candidate, role: finding.role)
      }
    }
  }

  private static func incomplete(_ file: FoundFile) -> Examination {
    Examination(
      role: .refused, rows: 0,
      problems: [
        file.identity.size == 0
          ? Finding(code: "empty", message: "found no bytes, expected a table")
          : Finding(
            code: "truncated",
            message: "found an end in the middle of a line or a file, expected a complete file")
      ])
  }

  private func record(_ candidate: Candidate, _ finding: Examination) -> FileRecord {
    FileRecord(
      source: candidate.file.source, name: candidate.file.name, identity: candidate.file.identity,
      sha256: candidate.stored.sha256, object: candidate.stored.object,
      state: finding.role == .refused ? .quarantined : .ingested, role: finding.role,
      isBackground: finding.isBackground, rows: finding.rows,
      findings: finding.role == .refused ? finding.problems : finding.warnings,
      drift: finding.drift.values.max() ?? 0)
  }

  private func duplicate(_ candidate: Candidate, role: Examination.Role) -> FileRecord {
    FileRecord(
      source: candidate.file.source, name: candidate.file.name, identity: candidate.file.identity,
      sha256: candidate.stored.sha256, object: candidate.stored.object, state: .duplicate,
      role: role, isBackground: false, rows: 0, findings: [], drift: 0)
  }

  private func stepFile(_ candidate: Candidate) -> StepFile {
    StepFile(
      path: store.path(candidate.stored.object), name: candidate.file.name,
      sha256: candidate.stored.sha256)
  }

  /// Asks what files are; a file that ends the process of the step is asked about alone, and so are
  /// those whose plain copies do not fit on the disk together.
  private func examine(
    _ files: [StepFile], attempt: Int = 1
  ) throws -> [Result<Examination, Unfit>] {
    if files.isEmpty { return [] }
    do {
      let champion = try registry.championFolder()
      let first = champion == nil ? try ledger.firstLabelledFile() : nil
      let request = StepRequest.examine(
        files: files, champion: champion,
        first: first.map {
          StepFile(path: store.path($0.object), name: $0.name, sha256: $0.sha256)
        })
      guard case .examined(let findings) = try steps.answer(request, log: nil),
        findings.count == files.count
      else { throw PipelineError.stepEnded(step: "examine", how: "gave another answer") }
      return findings.map { .success($0) }
    } catch PipelineError.system(_, _, let number) where Self.unfitNumbers.contains(number) {
      return files.count > 1 ? try examineOneByOne(files) : [.failure(Unfit(number: number))]
    } catch PipelineError.stepEnded(_, let how) {
      if files.count > 1 { return try examineOneByOne(files) }
      if attempt < StepAttempts.most {
        StepAttempts.pause(after: attempt)
        return try examine(files, attempt: attempt + 1)
      }
      return [
        .success(
          Examination(
            role: .refused, rows: 0,
            problems: [
              Finding(code: "crash", message: "the process that was to read the file \(how)")
            ]))
      ]
    }
  }

  private func examineOneByOne(_ files: [StepFile]) throws -> [Result<Examination, Unfit>] {
    // What does not fit now does not fit either if it is larger.
    var least: (size: Int, why: Unfit)?
    return try files.map { file in
      let size = Disk.status(file.path).map { Int($0.st_size) } ?? 0
      if let least, size >= least.size { return .failure(least.why) }
      let result = try examine([file])[0]
      if case .failure(let why) = result { least = (size, why) }
      return result
    }
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
    let path = home.quarantined(record.name, sha256: record.sha256)
    try Disk.link(
      store.path(record.object),
      to: home.quarantined(record.name, sha256: record.sha256, object: record.object))
    let reason = Reason(
      name: record.name, source: record.source, sha256: record.sha256, rows: record.rows,
      findings: record.findings)
    try Disk.replace("\(path).reason.json", with: Ledger.text(reason) + "\n")
  }
}
