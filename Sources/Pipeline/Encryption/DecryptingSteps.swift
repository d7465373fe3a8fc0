// Steps that know nothing of encryption, asked about encrypted files: they are given plain copies, for
// as long as the question takes, and what they write is encrypted before it gets its name.
internal import Crypto
internal import Glibc
internal import Synchronization

/// Wraps the steps of a home that is encrypted.
final class DecryptingSteps: PipelineSteps {
  private let steps: any PipelineSteps
  private let home: Home
  private let key: EncryptionKey
  private let count = Atomic(0)

  init(_ steps: any PipelineSteps, home: Home, key: EncryptionKey) {
    self.steps = steps
    self.home = home
    self.key = key
  }

  func stop() { steps.stop() }

  func answer(_ request: StepRequest, log: String?) throws -> StepAnswer {
    switch request {
    case .examine(let files, let champion, let first):
      return try withFolder { folder in
        try steps.answer(
          .examine(
            files: try files.map { try plain($0, in: folder) }, champion: champion,
            first: try first.map { try plain($0, in: folder) }), log: log)
      }
    case .train(
      let files, let candidate, let work, let champion, let continuing, let studies):
      // In the folder of the work, which is removed with the tables that are made of them.
      let folder = "\(work)/plain"
      try Disk.makeFolder(folder)
      return try steps.answer(
        .train(
          files: try files.map { try plain($0, in: folder) }, candidate: candidate, work: work,
          champion: champion, continuing: continuing, studies: studies), log: log)
    case .predict(let model, let files, let outputs):
      return try withFolder { folder in
        try predict(model, files, outputs, in: folder, log: log)
      }
    default: return try steps.answer(request, log: log)
    }
  }

  /// Predicts; a file that cannot be decrypted holds the others up no more than a bad table does.
  private func predict(
    _ model: String, _ files: [StepFile], _ outputs: [String], in folder: String, log: String?
  ) throws -> StepAnswer {
    var results: [PredictedFile?] = []
    var asked: [(index: Int, file: StepFile, output: String)] = []
    for (index, file) in files.enumerated() {
      do {
        let copy = try plain(file, in: folder)
        let output = outputs[index]
        let isEncrypted = output.hasSuffix(EncryptedFile.ending)
        let own = Disk.name(of: output).dropLast(EncryptedFile.ending.count)
        asked.append((index, copy, isEncrypted ? "\(folder)/\(index)-\(own.suffix(80))" : output))
        results.append(nil)
      } catch let error as PipelineError where error.isDamage {
        results.append(PredictedFile(rows: 0, problem: error.description))
      }
    }
    if !asked.isEmpty {
      let answer = try steps.answer(
        .predict(model: model, files: asked.map(\.file), outputs: asked.map(\.output)), log: log)
      guard case .predicted(let predicted) = answer, predicted.count == asked.count else {
        return answer
      }
      for (item, result) in zip(asked, predicted) {
        results[item.index] = result
        if result.problem == nil, item.output != outputs[item.index] {
          try key.encrypt(item.output, to: outputs[item.index])
        }
      }
    }
    return .predicted(results.compactMap(\.self))
  }

  /// A plain copy of a stored file; the file itself where it is plain.
  private func plain(_ file: StepFile, in folder: String) throws -> StepFile {
    guard file.path.hasSuffix(EncryptedFile.ending) else { return file }
    let own = Disk.name(of: file.path).dropLast(EncryptedFile.ending.count)
    var copy = file
    copy.path = "\(folder)/\(own)"
    let target = open(copy.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard target >= 0 else { throw Disk.failure(.create, copy.path) }
    defer { close(target) }
    var hash = SHA256()
    var namer = key.namer()
    try key.decrypt(file.path) { bytes in
      hash.update(bufferPointer: bytes)
      namer.update(data: bytes)
      try Disk.write(bytes, to: target, path: copy.path)
    }
    guard namer.finalize().hexadecimal == file.sha256 else {
      throw PipelineError.damaged(path: file.path, found: "the content of another file")
    }
    copy.order = hash.finalize().hexadecimal
    return copy
  }

  /// Gives a folder for plain copies, which is gone afterwards.
  private func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let number = count.add(1, ordering: .relaxed).newValue
    let folder = "\(home.plain)/\(number)"
    try Disk.makeFolder(folder)
    defer { Disk.remove(folder) }
    return try body(folder)
  }
}
