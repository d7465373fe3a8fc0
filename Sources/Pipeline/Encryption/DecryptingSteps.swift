// Steps that know nothing of encryption, asked about encrypted files: they are given plain copies, for
// as long as the question takes, and what they write is encrypted before it gets its name.
internal import Glibc
internal import LoopContract
internal import PipelineSecurity
internal import Storage
internal import Synchronization

/// Wraps the steps of a home that is encrypted.
final class DecryptingSteps: PipelineSteps {
  private let steps: any PipelineSteps
  private let home: LoopDirectory
  private let key: EncryptionKey
  private let count = Atomic(0)

  init(_ steps: any PipelineSteps, home: LoopDirectory, key: EncryptionKey) {
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
    case .train(var training):
      // In the folder of the work, which is removed with the tables that are made of them.
      let folder = "\(training.work)/plain"
      try Disk.makeFolder(folder)
      training.files = try training.files.map { try plain($0, in: folder) }
      return try steps.answer(.train(training), log: log)
    case .predict(let model, let files, let outputs):
      return try withFolder { folder in
        try predict(model, files, outputs, in: folder, log: log)
      }
    default: return try steps.answer(request, log: log)
    }
  }

  /// Predicts into plain files, which are then encrypted.
  private func predict(
    _ model: String, _ files: [StepFile], _ outputs: [String], in folder: String, log: String?
  ) throws -> StepAnswer {
    let places = outputs.enumerated().map { index, output in
      guard output.hasSuffix(EncryptedFile.ending) else { return output }
      let own = Disk.name(of: output).dropLast(EncryptedFile.ending.count)
      return "\(folder)/\(index)-\(Disk.end(of: String(own), bytes: 80))"
    }
    let answer = try steps.answer(
      .predict(
        model: model, files: try files.map { try plain($0, in: folder) }, outputs: places),
      log: log)
    guard case .predicted(let results) = answer, results.count == outputs.count else {
      return answer
    }
    for (result, (place, output)) in zip(results, zip(places, outputs))
    where result.problem == nil && place != output {
      try key.encrypt(place, to: output)
    }
    return answer
  }

  /// A plain copy of a stored file; the file itself where it is plain.
  private func plain(_ file: StepFile, in folder: String) throws -> StepFile {
    guard file.path.hasSuffix(EncryptedFile.ending) else { return file }
    let own = Disk.name(of: file.path).dropLast(EncryptedFile.ending.count)
    var copy = file
    copy.path = "\(folder)/\(own)"
    let digest = Digest()
    let namer = key.namer()
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    try Disk.withFile(copy.path, flags: flags, mode: 0o600, operation: .create) { target in
      try key.decrypt(file.path) { bytes in
        digest.update(bytes)
        namer.update(bytes)
        try Disk.write(bytes, to: target, path: copy.path)
      }
    }
    guard namer.finish().hexadecimal == file.sha256 else {
      throw PipelineError.damaged(path: file.path, found: "the content of another file")
    }
    copy.order = digest.finish().hexadecimal
    return copy
  }

  /// Gives a folder for plain copies, which is gone afterwards.
  private func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let number = count.add(1, ordering: .relaxed).newValue
    // A command may be at work beside the loop.
    let folder = "\(home.plain)/\(getpid())-\(number)"
    removeLeftBehind()
    try Disk.makeFolder(folder)
    defer { Disk.remove(folder) }
    return try body(folder)
  }

  /// Removes the plain copies of commands that were killed, as a loop may run for months.
  private func removeLeftBehind() {
    for name in (try? Disk.names(in: home.plain)) ?? [] {
      guard let process = name.split(separator: "-").first.flatMap({ pid_t($0) }), process > 0
      else { continue }
      if kill(process, 0) != 0 && errno == ESRCH { Disk.remove("\(home.plain)/\(name)") }
    }
  }
}
