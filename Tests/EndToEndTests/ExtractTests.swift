// From a generated database to a folder of partitions, and what the program says when it cannot.
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThread) struct ExtractTests {
  private func shop(_ workshop: Workshop) throws -> String {
    let path = workshop.path("shop.sqlite")
    let made = try Program.run([
      "generate", "classicmodels", "--seed", "5", "--customers", "20", "--out", path, "--json",
    ])
    try #require(made.code == 0, "\(made.errors)")
    #expect(try made.json()["customers"] as? Int == 20)
    return path
  }

  @Test func `a generated database is extracted, twice`() throws {
    let workshop = try Workshop()
    let source = try shop(workshop)
    let arguments = ["etl", "--source", source, "--out", workshop.path("out/ratings")]
    let first = try Program.run(arguments + ["--json"])
    try #require(first.code == 0, "\(first.errors)")
    let report = try first.json()
    let rows = try #require(report["rows"] as? Int)
    #expect(rows > 100 && report["partition_by"] as? String == "customerNumber")
    let before = try workshop.contents(of: "out/ratings")
    let second = try Program.run(arguments)
    #expect(second.output.contains("rows in") && second.errors.isEmpty, "\(second.errors)")
    #expect(try workshop.contents(of: "out/ratings") == before)
  }

  @Test func `mistakes end with their code, two lines and no folder`() throws {
    let workshop = try Workshop()
    let source = try shop(workshop)
    let bad = try workshop.file("bad.sql", "select *\nfrom ratngs")
    let good = try workshop.file("good.sql", "select customerNumber as a, city as b from customers")
    let two = try workshop.file("two.sql", "select 1; select 2")
    let cases: [(code: Int32, says: String, arguments: [String])] = [
      (2, "password", ["--source", "mysql://u:hunter2@127.0.0.1/db"]),
      (2, "scheme", ["--source", "oracle://host/db"]),
      (4, "no such database", ["--source", workshop.path("none.db")]),
      (8, "cannot connect", ["--source", "postgresql://u@127.0.0.1:1/db"]),
      (8, "cannot connect", ["--source", "mysql://u@127.0.0.1:1/db"]),
      (2, "--partition-by", ["--source", source, "--query", bad]),
      (3, "ratngs", ["--source", source, "--query", bad, "--partition-by", "a"]),
      (3, "2 statements", ["--source", source, "--query", two, "--partition-by", "a"]),
      (
        3, "Did you mean 'customerNumber'", ["--source", source, "--partition-by", "custmerNumber"]
      ),
      (4, "Is a directory", ["--source", source, "--query", "/", "--partition-by", "a"]),
      (
        4, "expected a folder",
        ["--source", source, "--out", bad, "--query", good, "--partition-by", "a"]
      ),
      (4, "none.sql", ["--source", source, "--query", "none.sql", "--partition-by", "a"]),
    ]
    for (code, says, arguments) in cases {
      let out = arguments.contains("--out") ? [] : ["--out", workshop.path("out")]
      let result = try Program.run(["etl"] + out + arguments)
      #expect(result.code == code && result.errorLines.count == 2, "\(arguments): \(result.errors)")
      #expect(result.errors.contains(says), "\(result.errors)")
      #expect(!result.errors.contains("hunter2") && result.output.isEmpty)
    }
    #expect(!FileManager.default.fileExists(atPath: workshop.path("out")))
  }

  @Test func `folders of others need --force`() throws {
    let workshop = try Workshop()
    let source = try shop(workshop)
    _ = try workshop.file("out/mine.csv", "a\n1\n")
    let refused = try Program.run(["etl", "--source", source, "--out", workshop.path("out")])
    #expect(refused.code == 4 && refused.errors.contains("mine.csv"), "\(refused.errors)")
    let forced = try Program.run([
      "etl", "--source", source, "--out", workshop.path("out"), "--force",
    ])
    #expect(forced.code == 0, "\(forced.errors)")
    #expect(try workshop.contents(of: "out").contains("mine.csv") == false)
  }

  @Test(arguments: ["notes.txt", "other=1/part-0.parquet", "customerNumber=103/mine.parquet"])
  func `files of others in an extracted folder are refused, and links are not followed`(
    _ name: String
  ) throws {
    let workshop = try Workshop()
    let source = try shop(workshop)
    let arguments = ["etl", "--source", source, "--out", workshop.path("out")]
    try #require(try Program.run(arguments).code == 0)
    let mine = try workshop.file("out/\(name)", "mine")
    let refused = try Program.run(arguments)
    #expect(refused.code == 4 && refused.errors.contains(name), "\(refused.errors)")
    try FileManager.default.removeItem(atPath: mine)
    let precious = try workshop.file("elsewhere/part-0.parquet", "precious")
    try FileManager.default.createSymbolicLink(
      atPath: workshop.path("out/customerNumber=99999"),
      withDestinationPath: workshop.path("elsewhere"))
    #expect(try Program.run(arguments).code == 4)
    let forced = try Program.run(arguments + ["--force"])
    #expect(forced.code == 0, "\(forced.errors)")
    #expect(try String(contentsOfFile: precious, encoding: .utf8) == "precious")
  }

  @Test(arguments: [["--customers", "0"], ["--products", "0"], ["--out", "shop.csv"]])
  func `sizes and names that cannot be made are refused`(_ wrong: [String]) throws {
    let workshop = try Workshop()
    var arguments = ["generate", "classicmodels"]
    if wrong[0] != "--out" { arguments += ["--out", workshop.path("shop.db")] }
    let result = try Program.run(arguments + wrong)
    #expect(result.code == 2 && result.errorLines.count == 2, "\(result.errors)")
    #expect(try workshop.contents() == [])
  }
}
