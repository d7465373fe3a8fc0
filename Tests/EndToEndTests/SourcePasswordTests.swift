// Passwords of databases: from the environment and from files, never from the command line.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct SourcePasswordTests {
  private static let mysql = ProcessInfo.processInfo.environment["MLCORE_TEST_MYSQL"]
  private static let postgres = ProcessInfo.processInfo.environment["MLCORE_TEST_POSTGRES"]
  private static let password = "a secret"

  /// Extracts two numbers as the user guarded.
  private func extract(
    _ uri: String, _ workshop: Workshop, _ environment: [String: String]
  ) throws -> ProgramResult {
    let query = try workshop.file("query.sql", "select 1 as a, 2 as b")
    // Without the files of whoever runs the tests.
    return try Program.run(
      [
        "etl", "--source", uri.replacing("tester@", with: "guarded@"), "--query", query,
        "--partition-by", "a", "--out", workshop.path("out"),
      ], environment: ["HOME": workshop.folder].merging(environment) { $1 })
  }

  @Test(.enabled(if: mysql != nil, "needs MariaDB; tools/test starts one"))
  func `MySQL passwords come from variables and ~-my-cnf`() throws {
    let uri = try #require(Self.mysql)
    let workshop = try Workshop()
    let none = try extract(uri, workshop, [:])
    #expect(none.code == 8 && none.errorLines.count == 2, "\(none.errors)")
    for variable in ["MLCORE_SOURCE_PASSWORD", "MYSQL_PWD"] {
      let given = try extract(uri, workshop, [variable: Self.password])
      #expect(given.code == 0, "\(variable): \(given.errors)")
      let wrong = try extract(uri, workshop, [variable: "other secret"])
      #expect(wrong.code == 8 && !wrong.errors.contains("other secret"), "\(wrong.errors)")
    }
    _ = try workshop.file(".my.cnf", "[client]\npassword=\"\(Self.password)\"\n")
    let file = try extract(uri, workshop, [:])
    #expect(file.code == 0, "\(file.errors)")
  }

  @Test(.enabled(if: postgres != nil, "needs PostgreSQL; tools/test starts one"))
  func `PostgreSQL passwords come from variables and a password file`() throws {
    let uri = try #require(Self.postgres)
    let workshop = try Workshop()
    let none = try extract(uri, workshop, [:])
    #expect(none.code == 8 && none.errorLines.count == 2, "\(none.errors)")
    for variable in ["MLCORE_SOURCE_PASSWORD", "PGPASSWORD"] {
      let given = try extract(uri, workshop, [variable: Self.password])
      #expect(given.code == 0, "\(variable): \(given.errors)")
    }
    let file = try workshop.file("passwords", "*:*:*:guarded:\(Self.password)\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    let read = try extract(uri, workshop, ["PGPASSFILE": file])
    #expect(read.code == 0, "\(read.errors)")
  }
}
