// The services that all parts of a loop share.

/// The folder of a loop, its memory, and the steps of its task.
struct LoopServices: Sendable {
  let directory: LoopDirectory
  let configuration: PipelineConfiguration
  let steps: any PipelineSteps
  let ledger: Ledger
  let registry: Registry
  let audit: AuditLog
  let store: ObjectStore
  let storedFiles: StoredFiles
  let log: LoopLog

  /// How long a file may be unfinished.
  var patience: Duration { .seconds(configuration.watching.patience) }

  /// Opens the ledger of a folder, after a check, and decrypts for the steps where there is a key.
  ///
  /// - Throws: `PipelineError`.
  init(
    _ directory: LoopDirectory, _ configuration: PipelineConfiguration,
    steps: any PipelineSteps, lease: WriterLease = WriterLease(), log: LoopLog
  ) throws {
    self.directory = directory
    self.configuration = configuration
    self.log = log
    let key = try directory.key(file: configuration.encryptionKeyFile)
    self.steps = key.map { DecryptingSteps(steps, home: directory, key: $0) } ?? steps
    let ledger = try Ledger(path: directory.ledger, isChecked: true)
    self.ledger = ledger
    registry = Registry(home: directory, ledger: ledger, task: configuration.task)
    audit = AuditLog(home: directory, ledger: ledger, log: log)
    store = ObjectStore(
      folder: directory.objects, key: key, isKnown: ledger.knownObject, lease: lease)
    storedFiles = StoredFiles(store)
  }
}
