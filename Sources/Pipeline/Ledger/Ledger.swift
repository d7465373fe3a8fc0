// What the loop remembers: one SQLite database, in which every edge of every state is one
// transaction. What is not in it has not happened, whatever lies on the disk.
internal import FoundationEssentials
internal import GRDB
internal import Glibc
internal import Storage
internal import Synchronization

/// A transaction of the ledger, and the instant that its records get.
struct LedgerTransaction {
  let database: Database
  let time: Double

  func execute(_ sql: String, _ arguments: StatementArguments) throws {
    try database.execute(sql: sql, arguments: arguments)
  }

  /// The first value of a query; nil where there is none.
  func value<Value: DatabaseValueConvertible>(
    _ sql: String, _ arguments: StatementArguments
  ) throws -> Value? { try Value.fetchOne(database, sql: sql, arguments: arguments) }

  /// Adds to a counter.
  func count(_ name: String, by amount: Double = 1) throws {
    try execute(
      """
      INSERT INTO counters VALUES (?, ?)
      ON CONFLICT (name) DO UPDATE SET value = value + excluded.value
      """, [name, amount])
  }
}

/// The ledger of a home.
final class Ledger: Sendable {
  private let queue: DatabaseQueue
  private let path: String
  /// Whether tables may be missing, because an older program made them and they are only looked at.
  private let isOlder: Bool
  /// What SQLite's counter of other connections' changes was when all values were looked at last.
  private let checkedVersion = Mutex<Int64?>(nil)

  /// Opens the ledger, and brings an older one up to date.
  ///
  /// - Parameter isChecked: whether to look through all of it for damage first.
  /// - Throws: `PipelineError.ledger`, `.newerLedger`.
  init(path: String, isChecked: Bool = false) throws {
    self.path = path
    isOlder = false
    var configuration = Configuration()
    // A longer wait is an error, and the work is tried again.
    configuration.busyMode = .timeout(5)
    configuration.journalMode = .wal
    configuration.prepareDatabase { database in
      // A transaction that was answered for is on the disk, also when the power goes.
      try database.execute(sql: "PRAGMA synchronous = FULL")
    }
    try Self.checkKind(of: path)
    queue = try Self.wording(path) {
      // Two processes may be about to make the file and its tables.
      try Disk.whileLocked("\(path)-migration", flags: O_RDWR | O_CREAT) {
        let queue = try Self.retrying {
          try DatabaseQueue(path: path, configuration: configuration)
        }
        if isChecked { try Self.check(queue, path: path) }
        let migrator = Self.migrator
        if try queue.read(migrator.hasBeenSuperseded) {
          throw PipelineError.newerLedger(path: path)
        }
        try migrator.migrate(queue)
        return queue
      }
    }
  }

  /// Opens the ledger for looking only: nothing is written, and an older one stays as it is.
  ///
  /// - Throws: `PipelineError.ledger`, `.newerLedger`.
  init(reading path: String) throws {
    self.path = path
    try Self.checkKind(of: path)
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA query_only = 1") }
    (queue, isOlder) = try Self.wording(path) {
      let queue: DatabaseQueue
      do {
        // A connection that may write leaves no files of SQLite behind.
        queue = try DatabaseQueue(path: path, configuration: configuration)
      } catch {
        configuration.readonly = true
        queue = try DatabaseQueue(path: path, configuration: configuration)
      }
      let isOlder = try queue.read { database in
        // From here on all that is read is of one moment: a new ledger may be appearing.
        _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master")
        if try Self.migrator.hasBeenSuperseded(database) {
          throw PipelineError.newerLedger(path: path)
        }
        return try !Self.migrator.hasCompletedMigrations(database)
      }
      return (queue, isOlder)
    }
  }

  /// Makes sure that SQLite gets no pipe, which it would wait for, and no folder.
  private static func checkKind(of path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0, !Disk.isFile(status) else { return }
    throw PipelineError.ledger(
      path: path, problem: "found \(Disk.kind(of: status)), expected the file of the ledger",
      .corrupt)
  }

  /// Opens a database, again for five seconds while it is busy: SQLite does not wait by itself where
  /// it turns a new file to WAL and another connection looks at it.
  private static func retrying(_ open: () throws -> DatabaseQueue) throws -> DatabaseQueue {
    let end = ContinuousClock.now + .seconds(5)
    while true {
      do {
        return try open()
      } catch let error as DatabaseError
        where error.resultCode == .SQLITE_BUSY && ContinuousClock.now < end
      {
        usleep(5_000)
      }
    }
  }

  /// Runs a transaction.
  func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try Self.wording(path) {
      try queue.write { database in
        try checkValues(database)
        return try body(database)
      }
    }
  }

  /// Runs a transaction at an instant.
  func transaction<Result>(
    at time: Double = Timestamp.now(), _ body: (LedgerTransaction) throws -> Result
  ) throws -> Result {
    try write { try body(LedgerTransaction(database: $0, time: time)) }
  }

  /// The rows of a query.
  func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> [Row] {
    try read { try Row.fetchAll($0, sql: sql, arguments: arguments) }
  }

  /// The records of a query, whose columns have the names of their fields.
  func records<Record: FetchableRecord>(
    _ sql: String, _ arguments: StatementArguments = []
  ) throws -> [Record] {
    try read { try Record.fetchAll($0, sql: sql, arguments: arguments) }
  }

  /// The first value of a query; nil where there is none.
  func value<Value: DatabaseValueConvertible>(
    _ sql: String, _ arguments: StatementArguments = []
  ) throws -> Value? {
    try read { try Value.fetchOne($0, sql: sql, arguments: arguments) }
  }

  /// The first values of the rows of a query.
  func values<Value: DatabaseValueConvertible>(
    _ sql: String, _ arguments: StatementArguments = []
  ) throws -> [Value] {
    try read { try Value.fetchAll($0, sql: sql, arguments: arguments) }
  }

  /// Looks something up; inside of another look-up, as it was for that one.
  func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try Self.wording(path) {
      try queue.unsafeReentrantRead { database in
        if database.isInsideTransaction { return try body(database) }
        return try database.readOnly {
          try database.beginTransaction(.deferred)
          // Nothing was written that it could undo.
          defer { try? database.rollback() }
          try checkValues(database)
          return try body(database)
        }
      }
    }
  }

  /// Makes all look-ups of `body` be of one moment, whatever other programs write meanwhile.
  func atOneMoment<Result>(_ body: () throws -> Result) throws -> Result {
    try read { _ in try body() }
  }

  /// Looks at all values, if another program may have changed some since the last time: what is decoded
  /// after that, in the same transaction, is what it should be.
  private func checkValues(_ database: Database) throws {
    if isOlder { return }
    let version = try Int64.fetchOne(database, sql: "PRAGMA data_version")
    if checkedVersion.withLock({ $0 != nil && $0 == version }) { return }
    do {
      try LedgerCheck.run(database)
    } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
      // A table or a column is not there.
      throw PipelineError.ledger(
        path: path, problem: error.message ?? "a table is missing", .corrupt)
    }
    checkedVersion.withLock { $0 = version }
  }

  private static func wording<Result>(_ path: String, _ body: () throws -> Result) throws -> Result
  {
    do {
      return try body()
    } catch let error as DatabaseError {
      if error.isOfFullDisk(path) {
        throw PipelineError.ledger(path: path, problem: "found a full disk", .disk)
      }
      throw PipelineError.ledger(
        path: path, problem: error.message ?? "SQLite error \(error.resultCode.rawValue)",
        fault(error.resultCode))
    } catch let error as RowDecodingError {
      throw PipelineError.ledger(path: path, problem: error.description, .corrupt)
    } catch is DecodingError {
      throw PipelineError.ledger(
        path: path, problem: "found JSON that is none of the ledger's", .corrupt)
    } catch let damage as LedgerDamage {
      throw PipelineError.ledger(path: path, problem: damage.description, .corrupt)
    }
  }

  private static func fault(_ code: ResultCode) -> PipelineError.LedgerFault {
    switch code {
    case .SQLITE_FULL, .SQLITE_IOERR: .disk
    case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
    case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: .readOnly
    case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT: .corrupt
    default: .other
    }
  }

  /// Looks through the whole file for damage.
  private static func check(_ queue: DatabaseQueue, path: String) throws {
    let problem =
      try queue.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") } ?? "ok"
    guard problem == "ok" else {
      throw PipelineError.ledger(path: path, problem: problem.replacing("\n", with: " "), .corrupt)
    }
  }

  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { database in
      try database.execute(
        sql: """
          CREATE TABLE files (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            source TEXT NOT NULL,
            name TEXT NOT NULL,
            device INTEGER NOT NULL, inode INTEGER NOT NULL, size INTEGER NOT NULL,
            modified INTEGER NOT NULL, changed INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            object TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('ingested', 'duplicate', 'quarantined')),
            role TEXT NOT NULL CHECK (role IN ('labelled', 'unlabelled', 'refused')),
            rows INTEGER NOT NULL,
            findings TEXT NOT NULL,
            drift REAL NOT NULL,
            at REAL NOT NULL,
            removed REAL,
            UNIQUE (source, name, device, inode, size, modified, changed)
          );
          CREATE INDEX files_by_content ON files (sha256);
          CREATE INDEX files_by_name ON files (name, id);
          CREATE INDEX files_by_state ON files (state, role, id);
          CREATE TABLE runs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            state TEXT NOT NULL CHECK (state IN
              ('running', 'interrupted', 'failed', 'promoted', 'waiting', 'rejected', 'unchanged')),
            upto INTEGER NOT NULL,
            files INTEGER NOT NULL,
            rows INTEGER NOT NULL,
            started REAL NOT NULL,
            ended REAL,
            version TEXT,
            message TEXT NOT NULL,
            seconds TEXT NOT NULL
          );
          CREATE TABLE versions (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            version TEXT NOT NULL UNIQUE,
            run INTEGER NOT NULL,
            parent TEXT,
            base TEXT,
            passes INTEGER NOT NULL,
            objections TEXT NOT NULL,
            metrics TEXT NOT NULL,
            rows INTEGER NOT NULL,
            at REAL NOT NULL,
            removed REAL
          );
          CREATE TABLE lineage (
            version TEXT NOT NULL, sha256 TEXT NOT NULL,
            PRIMARY KEY (version, sha256)
          ) WITHOUT ROWID;
          CREATE TABLE aliases (name TEXT PRIMARY KEY, version TEXT NOT NULL, at REAL NOT NULL);
          CREATE TABLE predictions (
            version TEXT NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL,
            output TEXT, rows INTEGER NOT NULL, problem TEXT, at REAL NOT NULL,
            PRIMARY KEY (version, name, sha256)
          ) WITHOUT ROWID;
          CREATE TABLE audit (
            sequence INTEGER PRIMARY KEY, line TEXT NOT NULL, hash TEXT NOT NULL
          );
          CREATE TABLE counters (name TEXT PRIMARY KEY, value REAL NOT NULL);
          """)
    }
    migrator.registerMigration("deliveries") { database in
      try database.execute(
        sql: """
          ALTER TABLE files ADD COLUMN background INTEGER NOT NULL DEFAULT 0;
          CREATE TABLE deliveries (
            place TEXT PRIMARY KEY, version TEXT, at REAL, problem TEXT
          );
          """)
    }
    migrator.registerMigration("remote") { try $0.execute(sql: remoteTables) }
    migrator.registerMigration("predictions by content") { database in
      try database.execute(sql: "CREATE INDEX predictions_by_content ON predictions (name, sha256)")
    }
    return migrator
  }
}

extension DatabaseError {
  /// Whether the disk of a file is full: of a full one SQLite may only say that it cannot open or
  /// write a file.
  fileprivate func isOfFullDisk(_ path: String) -> Bool {
    switch resultCode {
    case .SQLITE_FULL: true
    case .SQLITE_IOERR, .SQLITE_CANTOPEN: Disk.isFull(Disk.parent(of: path))
    default: false
    }
  }
}

extension Ledger {
  /// A value as the text of a column.
  static func text(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let bytes = try? encoder.encode(value) else {
      preconditionFailure("a value of the ledger that JSON cannot hold")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The value of a column's text; nil where it is something else.
  static func value<Value: Decodable>(_ type: Value.Type, _ text: String) -> Value? {
    try? JSONDecoder().decode(type, from: Data(text.utf8))
  }
}
