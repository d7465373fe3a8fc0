// The facts of the errors in words: one line each.

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
    case .notADatabase(let path, let reason):
      "\(path): not a SQLite database (\(reason.foreignWords))"
    case .locked(let path): "\(path): another process is writing to this database"
    case .fileFailed(let path, let reason): "\(path): \(reason)"
    case .cannotConnect(let source, let reason):
      "\(source): cannot connect (\(reason.foreignWords))"
    case .connectionLost(let source, let rows, let reason):
      "\(source): the connection was lost after \(rows) row\(rows == 1 ? "" : "s") "
        + "(\(reason.foreignWords))"
    case .statementFailed(let source, let statement, let place, let reason):
      "\(statement): \(Self.text(of: place))\(source) refuses the statement "
        + "(\(reason.foreignWords))"
    case .lockHeld(let source, let holder):
      "\(source): a lock was waited for in vain\(Self.text(of: holder))"
    case .noRight(let source, let reason):
      "\(source): the user lacks a right (\(reason.foreignWords))"
    case .dependents(let source, let reason):
      "\(source): other objects depend on the table (\(reason.foreignWords))"
    case .databaseFailed(let source, let reason):
      "\(source): the database refuses a statement (\(reason.foreignWords))"
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
    case .queueFailed(let queue, let reason): "\(queue): the queue failed (\(reason.foreignWords))"
    case .stopped: "stopped"
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
