// The servers that tools/with-mariadb and tools/with-postgres start, and how tests fill them.

import CMariaDB
import Foundation
import Testing

@testable import Connectors

/// A server of one make.
enum TestServer: String, CaseIterable, Sendable {
  case mysql, postgresql

  /// The URI of the database for tests, if a server is there.
  var uri: String? {
    let variable = self == .mysql ? "MLCORE_TEST_MYSQL" : "MLCORE_TEST_POSTGRES"
    return ProcessInfo.processInfo.environment[variable]
  }

  /// The servers that are there.
  static var present: [TestServer] { allCases.filter { $0.uri != nil } }

  /// Opens the database as a source.
  func source() throws -> any DataSource { try DataSources.open(try #require(uri)) }

  /// Runs statements that write, each by itself.
  func execute(_ statements: String...) throws {
    let uri = try #require(uri)
    switch self {
    case .postgresql:
      let connection = try PostgreSQLConnection(PostgreSQLAddress(uri))
      for statement in statements { try connection.execute(statement, name: "test") }
    case .mysql:
      let connection = try MySQLConnection(ServerAddress(uri))
      for statement in ["rollback"] + statements {
        let code = mysql_real_query(connection.handle, statement, UInt(statement.utf8.count))
        try #require(code == 0, "\(connection.message): \(statement)")
      }
      try #require(mysql_commit(connection.handle) == 0)
    }
  }
}

extension DataSource {
  /// All rows of a query as texts.
  func texts(_ query: String, sortedBy column: String? = nil) throws -> [[String?]] {
    let stream = try rows(of: SourceQuery(query, name: "q.sql"), sortedBy: column)
    var rows: [[String?]] = []
    while let table = try stream.next() {
      for row in 0..<table.rowCount { rows.append(table.columns.map { $0.text(row: row) }) }
    }
    return rows
  }
}
