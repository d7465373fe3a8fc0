// What a home remembers, for those who look at it or give an order while the loop may be running.
internal import Glibc
internal import PipelineSecurity
internal import Storage

/// The records of a home.
public final class HomeRecords: Sendable {
  let home: LoopDirectory
  let ledger: Ledger
  let registry: Registry
  let configuration: PipelineConfiguration

  /// Opens the records of a home, beside a loop or without one.
  ///
  /// - Throws: `PipelineError`.
  public init(home: LoopDirectory, configuration: PipelineConfiguration) throws {
    self.home = home
    self.configuration = configuration
    try home.makeFolders()
    ledger = try Ledger(path: home.ledger)
    registry = Registry(home: home, ledger: ledger, task: configuration.task)
    let audit = AuditLog(home: home, ledger: ledger)
    try audit.checkThatLedgerIsThere()
    try audit.reconcileBesideLoop()
  }

  /// Puts a model into service, named by its version, the beginning of it, or an alias.
  ///
  /// - Parameter isForced: whether also one that the gate rejected.
  /// - Returns: its version.
  /// - Throws: `PipelineError`; `.rejected` for one that the gate rejected.
  public func promote(_ name: String, isForced: Bool = false) throws -> String {
    let record = try registry.version(named: name)
    let version = record.version
    guard record.passes || isForced else {
      throw PipelineError.rejected(version: version, objections: record.objections)
    }
    _ = try registry.presentFolder(of: version, isInService: false)
    try ledger.promote(
      version, because: record.passes ? "by hand" : "by hand, though the gate rejected it")
    try registry.followAliases()
    try flushAudit()
    return version
  }

  /// Puts the model back into service that was before.
  ///
  /// - Returns: its version.
  /// - Throws: `PipelineError.noPrevious`.
  public func rollBack() throws -> String {
    let version = try ledger.rollBack {
      _ = try registry.presentFolder(of: $0, isInService: false)
    }
    try registry.followAliases()
    try flushAudit()
    return version
  }

  /// Whether a loop is running.
  var isWatched: Bool {
    let lock = open("\(home.state)/lock", O_RDONLY | O_CLOEXEC)
    guard lock >= 0 else { return false }
    defer { close(lock) }
    return flock(lock, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  /// Checks the audit log, and writes nothing: what is there is all that counts.
  ///
  /// - Throws: `PipelineError` where the log or the ledger cannot be read.
  public static func verifyAudit(of home: LoopDirectory) throws -> AuditLog.Report {
    guard Disk.exists(home.ledger) else {
      let names = Disk.exists(home.audit) ? try Disk.names(in: home.audit) : []
      guard names.isEmpty else {
        throw PipelineError.lostLedger(path: home.ledger, log: home.audit, records: nil)
      }
      return AuditLog.Report(
        records: 0, files: [], head: AuditRecord.chainStart, pending: 0, problems: [])
    }
    return try AuditLog(home: home, ledger: try Ledger(reading: home.ledger)).verify()
  }

  /// Writes the audit log anew from the ledger where it is not what it was, which the log itself says.
  ///
  /// - Throws: `PipelineError`; `.locked` while a loop is running.
  public static func repairAudit(of home: LoopDirectory) throws -> AuditRepair {
    try home.makeFolders()
    let audit = AuditLog(home: home, ledger: try Ledger(path: home.ledger))
    try audit.checkThatLedgerIsThere()
    return try HomeLock.holding(home) {
      // Lines that do not follow those before are for the repair, and no reason to refuse it.
      try audit.reconcile(stopsAtGap: true)
      return try audit.repair()
    }
  }

  /// Writes records into the files that this command has made; a running loop does it itself.
  func flushAudit() throws {
    guard let lock = try? HomeLock(home, patience: .zero) else { return }
    try withExtendedLifetime(lock) { try AuditLog(home: home, ledger: ledger).flush() }
  }
}
