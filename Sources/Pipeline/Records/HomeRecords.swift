// What a home remembers, for those who look at it or give an order while the loop may be running.
internal import GRDB
internal import Glibc

/// The records of a home.
public final class HomeRecords: Sendable {
  let home: Home
  let ledger: Ledger
  let registry: Registry
  let configuration: PipelineConfiguration

  /// Opens the records of a home, beside a loop or without one.
  ///
  /// - Throws: `PipelineError`.
  public init(home: Home, configuration: PipelineConfiguration) throws {
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
  /// - Returns: its version.
  /// - Throws: `PipelineError`.
  public func promote(_ name: String) throws -> String { try registry.promote(name) }

  /// Puts the model back into service that was before.
  ///
  /// - Returns: its version.
  /// - Throws: `PipelineError.noPrevious`.
  public func rollBack() throws -> String { try registry.rollBack() }

  /// Whether a loop is running.
  var isWatched: Bool {
    let lock = open("\(home.state)/lock", O_RDONLY | O_CLOEXEC)
    guard lock >= 0 else { return false }
    defer { close(lock) }
    return flock(lock, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  /// Checks the audit log.
  ///
  /// - Throws: `PipelineError.audit` for the first record that is not what it was.
  public func verifyAudit() throws -> AuditLog.Report {
    let log = AuditLog(home: home, ledger: ledger)
    // A running loop writes its records itself, within moments.
    if let lock = try? HomeLock(home) {
      try withExtendedLifetime(lock) { try log.flush() }
    }
    return try log.verify()
  }
}
