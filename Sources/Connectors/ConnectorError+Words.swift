// The words of the errors: one line of facts, one line that says what to do.

internal import Texts

extension ConnectorError: CustomStringConvertible {
  /// The facts, in one line.
  public var description: String {
    switch self {
    case .badLocation(let location, let reason): "\(location): not a database: \(reason)"
    case .notPostgreSQL(let location):
      "\(location): not a PostgreSQL database, expected \(DatabaseKind.postgresql.form)"
    case .passwordInLocation(let location): "\(location): there is a password in this location"
    case .notFound(let path): "\(path): no such database file"
    case .permissionDenied(let path): "\(path): permission denied"
    case .notADatabase(let path, let reason): "\(path): not a SQLite database: \(reason)"
    case .locked(let path): "\(path): another process is writing to this database"
    case .fileFailed(let path, let reason): "\(path): \(reason)"
    case .cannotConnect(let source, let reason): "\(source): cannot connect: \(reason)"
    case .connectionLost(let source, let rows, let reason):
      "\(source): the connection was lost after \(rows) row\(rows == 1 ? "" : "s"): \(reason)"
    case .statementFailed(let source, let statement, let place, let reason):
      "\(statement): \(Self.text(of: place))\(source) says: \(reason)"
    case .lockHeld(let source, let holder):
      "\(source): a lock was waited for in vain\(Self.text(of: holder))"
    case .noRight(let source, let reason): "\(source): the user lacks a right: \(reason)"
    case .dependents(let source, let reason), .databaseFailed(let source, let reason):
      "\(source): the database says: \(reason)"
    case .notOneStatement(let statement, 0): "\(statement): there is no query in it"
    case .notOneStatement(let statement, let count):
      "\(statement): there are \(count) statements, expected one query"
    case .notAQuery(let statement): "\(statement): this statement returns no rows"
    case .duplicateColumn(let statement, let name):
      "\(statement): two columns are named '\(name)'"
    case .unknownColumn(let statement, let name, _):
      "\(statement): the query has no column '\(name)'"
    case .unsupportedType(let source, let column, let type):
      "\(source): the column '\(column)' is of type \(type), expected numbers, strings, booleans, "
        + "dates or instants"
    case .badValue(let source, let row, let column, let value, let expected):
      "\(source): row \(row), column '\(column)': found '\(Self.shortened(value))', "
        + "expected \(expected)"
    case .noVectorExtension(let source): "\(source): the database has no extension 'vector'"
    case .badVectorTable(let table, let reason): "table \(table): \(reason)"
    case .foreignTable(let table, let contents):
      "table \(table): mlcore did not make this table, which has \(contents); nothing was changed"
    case .readersUnrestricted(let table, let rule, let reason):
      "table \(table): \(rule) cannot go over to the new table, where more could be read without it: "
        + reason
    case .badVector(let table, let id, let reason):
      "table \(table): the vector of '\(Self.shortened(id))' \(reason)"
    case .otherDimension(let table, let found, let expected):
      "table \(table): its vectors have \(found) numbers, expected \(expected); nothing was changed"
    case .otherRowCount(let table, let found, let expected):
      "table \(table): \(found) rows were loaded, expected \(expected); nothing was changed"
    case .otherNeighbor(let table, let found, let expected):
      "table \(table): a nearest neighbour is \(found), expected \(expected); nothing was changed"
    case .noSuchVector(let table, let id):
      "table \(table): there is no vector of '\(Self.shortened(id))'"
    case .badQueue(let location, let reason): "\(location): not a queue: \(reason)"
    case .noCredentials(let queue): "\(queue): there are no credentials"
    case .queueFailed(let queue, let reason): "\(queue): the queue failed: \(reason)"
    case .stopped: "stopped"
    }
  }

  /// What to do about it, in one line.
  public var advice: String {
    switch self {
    case .badLocation: "Write \(DatabaseKind.all.forms)."
    case .notPostgreSQL: "Vectors are kept by PostgreSQL with pgvector: name such a database."
    case .passwordInLocation:
      "Leave it out; give it as \(DatabaseKind.all.passwords), or to etl as MLCORE_SOURCE_PASSWORD."
    case .notFound: "Check the spelling; a relative path starts at the current folder."
    case .permissionDenied: "Change the permissions, or choose another place."
    case .notADatabase:
      "Name a file that SQLite made, such as one of 'mlcore generate classicmodels'."
    case .locked: "Wait until it has finished, and try again."
    case .fileFailed: "Check the disk and its free space, then try again."
    case .cannotConnect:
      "Check host, port, user and database; the password is read from "
        + "\(DatabaseKind.all.passwords), and by etl from MLCORE_SOURCE_PASSWORD before all of them."
    case .connectionLost: "Check that the server runs, then run the command again."
    case .lockHeld(_, let holder?):
      "End the transaction of session \(holder.session), or that session, and try again."
    case .lockHeld: "Find the session that holds the lock, end its transaction, and try again."
    case .noRight: "Grant this right to the user of the location, or name another user."
    case .dependents:
      "Drop what depends on the table, run the command again, and create it anew."
    case .databaseFailed: "Correct the database or its settings, then run the command again."
    case .statementFailed: "Correct the query; it must be one SELECT in the database's own dialect."
    case .notOneStatement, .notAQuery: "Write one SELECT into the file."
    case .duplicateColumn: "Give one of them another name with AS."
    case .unknownColumn(_, let name, let known): Suggestion.advice(for: name, among: known)
    case .unsupportedType: "Leave the column out of the query, or CAST it to a number or a string."
    case .badValue: "Correct the value, or CAST the column in the query."
    case .noVectorExtension:
      "Install pgvector on the server and run CREATE EXTENSION vector; in this database."
    case .badVectorTable: "Choose another table or other options."
    case .foreignTable:
      "Rename that table, choose another database, or add --force to replace the table."
    case .readersUnrestricted: "Drop it, run the command again, and create it anew."
    case .badVector: "Train with this row's features, or leave the row out."
    case .otherDimension: "Add --force to replace the table, or write into another database."
    case .otherRowCount, .otherNeighbor:
      "Try again; if it stays, report it with the versions of PostgreSQL and pgvector."
    case .noSuchVector: "Check the identifier, or load the table again."
    case .badQueue: "Write the URL of the queue, such as https://sqs.REGION.amazonaws.com/ID/NAME."
    case .noCredentials:
      "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a file and a profile by "
        + "AWS_SHARED_CREDENTIALS_FILE and AWS_PROFILE."
    case .queueFailed: "Check the network, the URL of the queue and the rights on it."
    case .stopped: "Start it again."
    }
  }

  private static func text(of place: StatementPlace?) -> String {
    guard let place else { return "" }
    return "line \(place.line)\(place.column.map { ", character \($0)" } ?? ""): "
  }

  private static func text(of holder: LockHolder?) -> String {
    guard let holder else { return "; the database does not tell who holds it" }
    let facts = [
      holder.user.map { "user \($0)" }, holder.state,
      holder.since.map { "in a transaction since \($0)" },
    ]
    return ": session \(holder.session) holds it ("
      + facts.compactMap(\.self).joined(separator: ", ") + ")"
  }

  private static func shortened(_ value: String) -> String {
    value.count <= 60 ? value : value.prefix(60) + "..."
  }
}
