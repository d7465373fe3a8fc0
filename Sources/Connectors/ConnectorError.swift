// Everything that can go wrong between a program and a database, as facts.
// `ConnectorError+Words.swift` makes sentences of them; the command line adds what to do.

/// A failure to read from a database or to write into one.
public enum ConnectorError: Error, Equatable, Sendable {
  /// The location of a database cannot be understood.
  case badLocation(location: String, reason: String)
  /// The location of vectors is none of a PostgreSQL database.
  case notPostgreSQL(location: String)
  /// A location holds a password, which other users of the machine could see.
  case passwordInLocation(location: String)
  /// There is no such database file.
  case notFound(path: String)
  /// A database file may not be read or written.
  case permissionDenied(path: String)
  /// A file is no SQLite database, or a damaged one.
  case notADatabase(path: String, reason: String)
  /// Another process holds a lock on a database file.
  case locked(path: String)
  /// The file system failed under a database file.
  case fileFailed(path: String, reason: String)
  /// A server cannot be reached, or refuses the user.
  case cannotConnect(source: String, reason: String)
  /// A connection ended in the middle of its work, after some rows.
  case connectionLost(source: String, rows: Int, reason: String)
  /// A database refuses a statement, with the place in its text where the database names one.
  case statementFailed(source: String, statement: String, place: StatementPlace?, reason: String)
  /// A lock was waited for in vain; the holder is nil where the database does not tell.
  case lockHeld(source: String, holder: LockHolder?)
  /// The user of a location lacks a right.
  case noRight(source: String, reason: String)
  /// Other objects, such as views, keep a table from being replaced.
  case dependents(source: String, reason: String)
  /// A database refuses a statement that no user wrote.
  case databaseFailed(source: String, reason: String)
  /// A statement is empty, or there are several.
  case notOneStatement(statement: String, count: Int)
  /// A statement returns no columns: it is no query.
  case notAQuery(statement: String)
  /// Two columns of a query have the same name.
  case duplicateColumn(statement: String, name: String)
  /// A query lacks a column that the caller named.
  case unknownColumn(statement: String, name: String, known: [String])
  /// A column has a type that is no number, string, boolean or instant.
  case unsupportedType(source: String, column: String, type: String)
  /// A value does not fit the type of its column; `row` counts from 1.
  case badValue(source: String, row: Int, column: String, value: String, expected: String)

  /// A PostgreSQL database lacks the extension vector.
  case noVectorExtension(source: String)
  /// A table of vectors cannot be made, or its name is taken by something else.
  case badVectorTable(table: String, reason: String)
  /// A table of this name was made by somebody else; `contents` is in words.
  case foreignTable(table: String, contents: String)
  /// What keeps readers of a table from some rows cannot go over to the new one.
  case readersUnrestricted(table: String, rule: String, reason: String)
  /// A vector cannot be stored or found.
  case badVector(table: String, id: String, reason: String)
  /// A table in the database has vectors of another dimension.
  case otherDimension(table: String, found: Int, expected: Int)
  /// A loaded table has not as many rows as were sent.
  case otherRowCount(table: String, found: Int, expected: Int)
  /// A loaded table has other nearest neighbours than an exact search; both in words.
  case otherNeighbor(table: String, found: String, expected: String)
  /// A table has no vector of an identifier.
  case noSuchVector(table: String, id: String)

  /// The URL of a queue cannot be understood.
  case badQueue(location: String, reason: String)
  /// There are no credentials for a queue.
  case noCredentials(queue: String)
  /// A queue cannot be reached, or refuses.
  case queueFailed(queue: String, reason: String)
  /// A request was stopped by its owner.
  case stopped

  /// Who has to act on an error.
  public enum Kind: Sendable {
    /// The query or the data are not what they should be.
    case badData
    /// A local file or a permission.
    case file
    /// The location that was given.
    case usage
    /// A check of what is in a database failed.
    case check
    /// Another process has to end first.
    case locked
    /// A database elsewhere.
    case remote
  }

  /// Who has to act.
  public var kind: Kind {
    switch self {
    case .badLocation, .notPostgreSQL, .passwordInLocation, .badQueue: .usage
    case .notFound, .permissionDenied, .fileFailed: .file
    case .locked: .locked
    case .cannotConnect, .connectionLost, .lockHeld, .noRight, .dependents, .databaseFailed,
      .noVectorExtension, .noCredentials, .queueFailed, .stopped:
      .remote
    case .foreignTable, .readersUnrestricted, .otherDimension, .otherRowCount, .otherNeighbor:
      .check
    case .notADatabase, .statementFailed, .notOneStatement, .notAQuery, .duplicateColumn,
      .unknownColumn, .unsupportedType, .badValue, .badVectorTable, .badVector, .noSuchVector:
      .badData
    }
  }
}

/// A session of a database that holds a lock; its query is left out, because it may hold data.
public struct LockHolder: Equatable, Sendable {
  /// The number by which the database can end it.
  public var session: String
  /// The name of the user.
  public var user: String?
  /// What it does, such as "idle in transaction".
  public var state: String?
  /// When its transaction began.
  public var since: String?

  /// Creates a description.
  public init(session: String, user: String? = nil, state: String? = nil, since: String? = nil) {
    self.session = session
    self.user = user
    self.state = state
    self.since = since
  }
}

/// A place in the text of a statement, both counted from 1.
public struct StatementPlace: Equatable, Sendable {
  /// The line.
  public var line: Int
  /// The character in the line, where the database names it.
  public var column: Int?

  /// Creates a place.
  public init(line: Int, column: Int?) {
    self.line = line
    self.column = column
  }

  /// The place of a character of a text, counted from 0.
  init(character: Int, in text: String) {
    let before = text.unicodeScalars.prefix(character)
    line = 1 + before.count { $0 == "\n" }
    let lastLine = before.lastIndex(of: "\n").map { before[before.index(after: $0)...] } ?? before
    column = 1 + lastLine.count
  }
}
