// What the ledger has of other systems: the objects that were fetched from them, the predictions that
// were copied to them, and how each of them stands.
internal import GRDB
internal import Storage
internal import Texts

/// A place on another system, and how it stands.
struct RemotePlace: Sendable, Equatable, Decodable, FetchableRecord {
  /// What a place is for.
  enum Kind: String, Sendable, Decodable, CaseIterable {
    case folder, queue, output
  }

  var place: String
  var kind: Kind
  /// Objects to be fetched, messages at work, or predictions to be copied.
  var waiting: Int
  /// What the last attempt failed with; nil where it did not.
  var problem: String?
  /// When it was reached last, as the ledger has it.
  var reached: Double?
}

/// An object that was fetched.
struct RemoteRecord: Sendable {
  var entry: RemoteEntry
  /// Whether it was the same when its second was over.
  var isSettled: Bool
}

extension Disk.Identity {
  /// A state of an object, which has no inode: its tag and version stand in for it.
  init(_ stamp: RemoteStamp) {
    let digest = Digest.sha256(Array("\(stamp.tag)\n\(stamp.version)".utf8))
    self.init(
      device: 0, inode: digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }, size: stamp.size,
      modified: stamp.modified &* 1_000_000_000, changed: 0)
  }
}

extension Ledger {
  /// The tables of this file.
  static let remoteTables = """
    CREATE TABLE remote_objects (
      source TEXT NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL,
      tag TEXT NOT NULL, version TEXT NOT NULL, settled INTEGER NOT NULL,
      PRIMARY KEY (source, name, size, modified, tag, version)
    ) WITHOUT ROWID;
    CREATE TABLE publications (
      target TEXT NOT NULL, output TEXT NOT NULL, at REAL NOT NULL, was_there INTEGER NOT NULL,
      PRIMARY KEY (target, output)
    ) WITHOUT ROWID;
    CREATE TABLE remote_places (
      place TEXT PRIMARY KEY, kind TEXT NOT NULL, waiting INTEGER NOT NULL, problem TEXT,
      reached REAL
    ) WITHOUT ROWID;
    """

  // MARK: - Objects

  /// The objects of a source that were fetched.
  func remoteObjects(of source: String) throws -> [RemoteRecord] {
    try rows("SELECT * FROM remote_objects WHERE source = ?", [source]).map { row in
      RemoteRecord(
        entry: RemoteEntry(name: row["name"], size: row["size"], modified: row["modified"]),
        isSettled: row["settled"])
    }
  }

  /// Whether a state of an object is in the ledger.
  func contains(_ stamp: RemoteStamp, _ name: String, of source: String) throws -> Bool {
    try contains(InputKey(source: source, name: name, identity: Disk.Identity(stamp)))
  }

  /// Notes that objects were still the same when their second was over.
  func settle(_ names: [String], of source: String) throws {
    try transaction { transaction in
      for name in names {
        try transaction.execute(
          "UPDATE remote_objects SET settled = 1 WHERE source = ? AND name = ?", [source, name])
      }
    }
  }

  // MARK: - Predictions

  private static let unpublished = """
    FROM predictions WHERE problem IS NULL AND output IS NOT NULL AND NOT EXISTS
      (SELECT 1 FROM publications WHERE target = ? AND output = predictions.output)
    """

  /// Predictions that were not copied to a folder, the oldest first.
  ///
  /// - Parameter left: those that are passed over, and do not count for the limit.
  func unpublished(
    to target: String, limit: Int, except left: Set<ByteText> = []
  ) throws -> [String] {
    try read { database in
      let rows = try String.fetchCursor(
        database, sql: "SELECT DISTINCT output \(Self.unpublished) ORDER BY at, output",
        arguments: [target])
      var names: [String] = []
      while names.count < limit, let name = try rows.next() {
        if !left.contains(text: name) { names.append(name) }
      }
      return names
    }
  }

  /// How many predictions were not copied to a folder.
  func countUnpublished(to target: String) throws -> Int {
    try value("SELECT COUNT(DISTINCT output) \(Self.unpublished)", [target]) ?? 0
  }

  // MARK: - Places

  /// Notes how a place stands.
  func note(_ place: RemotePlace, at time: Double = Timestamp.now()) throws {
    try transaction(at: time) { transaction in
      try transaction.execute(
        """
        INSERT INTO remote_places VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (place) DO UPDATE SET kind = excluded.kind, waiting = excluded.waiting,
          problem = excluded.problem, reached = COALESCE(excluded.reached, reached)
        """,
        [
          place.place, place.kind.rawValue, place.waiting, place.problem,
          place.problem == nil ? time : nil,
        ])
    }
  }

  /// Forgets how places stand that are not worked with any more.
  func forgetPlaces(except kept: [String]) throws {
    try transaction { transaction in
      let places = try String.fetchAll(transaction.database, sql: "SELECT place FROM remote_places")
      for place in places where !kept.contains(place) {
        try transaction.execute("DELETE FROM remote_places WHERE place = ?", [place])
      }
    }
  }

  /// How the places stand.
  func places() throws -> [RemotePlace] {
    try records("SELECT * FROM remote_places ORDER BY kind, place")
  }
}

extension LedgerTransaction {
  /// Adds an object that was fetched.
  func add(_ stamp: RemoteStamp, _ name: String, of source: String) throws {
    try execute(
      "INSERT OR IGNORE INTO remote_objects VALUES (?, ?, ?, ?, ?, ?, 0)",
      [source, name, stamp.size, stamp.modified, stamp.tag, stamp.version])
  }

  /// Notes that a prediction was copied, or was not there any more.
  func publish(_ output: String, to target: String, wasThere: Bool) throws {
    try execute(
      "INSERT OR REPLACE INTO publications VALUES (?, ?, ?, ?)", [target, output, time, wasThere])
    try record(
      wasThere ? "prediction.published" : "prediction.not_published",
      ["output": output, "target": target])
  }
}
