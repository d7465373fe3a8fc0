// What files that are stored turn out to be: the question to the step, asked again about one file where
// it ends the process of the step or does not fit on the disk.
internal import Glibc
internal import LoopContract
internal import Storage
internal import Texts

/// A file whose bytes are stored.
struct IngestCandidate: StoredContent {
  var file: FoundFile
  var stored: ObjectStore.Stored
  /// What another system says of it; nil for a file of this one.
  var stamp: RemoteStamp?

  var name: String { file.name }
  var sha256: String { stored.sha256 }
  var object: String { stored.object }
}

/// That a file does not fit on the disk as a step needs it, and the `errno`.
struct DiskTooSmall: Error {
  static let numbers = [ENOSPC, EDQUOT, EFBIG]

  var number: Int32
}

/// Finds out what files are.
struct FileExaminer {
  let services: LoopServices

  /// What each file turned out to be.
  func records(
    of candidates: [IngestCandidate], truncated: Set<ByteText>
  ) throws -> [Result<FileRecord, DiskTooSmall>] {
    var records: [FileRecord?] = []
    var firstOf: [String: Int] = [:]
    var questions: [Int] = []
    for (index, candidate) in candidates.enumerated() {
      let sha256 = candidate.sha256
      if candidate.file.identity.size == 0 || truncated.contains(text: candidate.file.path) {
        records.append(record(candidate, Self.incomplete(candidate.file)))
      } else if let role = try services.ledger.ingestedRole(sha256: sha256) {
        records.append(duplicate(candidate, role: role))
      } else {
        records.append(nil)
        if firstOf.updateValue(firstOf[sha256] ?? index, forKey: sha256) == nil {
          questions.append(index)
        }
      }
    }
    let findings = try examine(questions.map { services.store.stepFile(candidates[$0]) })
    var examined: [String: Result<Examination, DiskTooSmall>] = [:]
    for (index, finding) in zip(questions, findings) {
      examined[candidates[index].sha256] = finding
    }
    return records.enumerated().map { index, record in
      if let record { return .success(record) }
      let candidate = candidates[index]
      guard let result = examined[candidate.sha256] else {
        preconditionFailure("a file that was not examined")
      }
      let isFirst = firstOf[candidate.sha256] == index
      return result.map { finding in
        isFirst || finding.role == .refused
          ? self.record(candidate, finding) : duplicate(candidate, role: finding.role)
      }
    }
  }

  private static func incomplete(_ file: FoundFile) -> Examination {
    file.identity.size == 0
      ? .refused("found no bytes, expected a table", code: "empty")
      : .refused(
        "found an end in the middle of a line or a file, expected a complete file",
        code: "truncated")
  }

  private func record(_ candidate: IngestCandidate, _ finding: Examination) -> FileRecord {
    FileRecord(
      source: candidate.file.source, name: candidate.name, identity: candidate.file.identity,
      sha256: candidate.sha256, object: candidate.object,
      state: finding.role == .refused ? .quarantined : .ingested, role: finding.role,
      isBackground: finding.isBackground, rows: finding.rows,
      findings: finding.role == .refused ? finding.problems : finding.warnings,
      drift: finding.drift.values.max() ?? 0)
  }

  private func duplicate(_ candidate: IngestCandidate, role: Examination.Role) -> FileRecord {
    var record = record(candidate, Examination(role: role, rows: 0))
    record.state = .duplicate
    return record
  }

  /// Asks what files are: together, and about each alone where that ends the process of the step, or
  /// where their plain copies do not fit on the disk together.
  private func examine(_ files: [StepFile]) throws -> [Result<Examination, DiskTooSmall>] {
    typealias Answer = Result<Examination, DiskTooSmall>
    if files.isEmpty { return [] }
    // What does not fit now does not fit either if it is larger.
    var least: (size: Int, why: DiskTooSmall)?
    func answers(_ files: [StepFile]) throws -> [Answer] {
      try StepAttempts.answers(to: files, ask: ask) { how in
        .success(.refused("the process that was to read the file \(how)", code: "crash"))
      }
    }
    func ask(_ files: [StepFile]) throws -> [Answer] {
      let size = files.reduce(0) { $0 + (Disk.status($1.path).map { Int($0.st_size) } ?? 0) }
      if files.count == 1, let least, size >= least.size { return [.failure(least.why)] }
      do {
        let champion = try services.registry.championFolder()
        let first = champion == nil ? try services.ledger.firstLabelledFile() : nil
        return try services.steps.examine(
          files, champion: champion, first: first.map { services.store.stepFile($0) }
        ).map { .success($0) }
      } catch PipelineError.system(_, _, let number) where DiskTooSmall.numbers.contains(number) {
        if files.count > 1 { return try files.flatMap { try answers([$0]) } }
        let why = DiskTooSmall(number: number)
        least = (size, why)
        return [.failure(why)]
      }
    }
    return try answers(files)
  }
}
