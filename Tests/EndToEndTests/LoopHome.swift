// A home of a loop with tables of customers to drop into it.
import Foundation
import Testing

/// A home that the program made.
struct LoopHome {
  let workshop: Workshop
  let path: String

  init(_ workshop: Workshop, _ name: String = "home", _ settings: [String] = []) throws {
    self.workshop = workshop
    path = workshop.path(name)
    let all = ["data.target=churn", "data.id=id", "watch.settle=0"] + settings
    let result = try Program.run(
      ["watch", "--init", "--home", path] + all.flatMap { ["--set", $0] })
    try #require(result.code == 0, "\(result.errors)")
  }

  /// Drops customers, with labels that `label` may change, or with none.
  func drop(
    _ name: String, rows: Range<Int>, labelled: Bool = true,
    label: (Int, String) -> String = { $1 }
  ) throws {
    let table = try workshop.customers("all.csv", rows: rows.upperBound)
    let lines = try String(contentsOfFile: table, encoding: .utf8).split(separator: "\n")
    var text = ""
    for (number, line) in ([lines[0]] + lines[1...][(1 + rows.lowerBound)...]).enumerated() {
      let end = line.lastIndex(of: ",") ?? line.endIndex
      let own = String(line[line.index(after: end)...])
      let shown = number == 0 ? own : label(rows.lowerBound + number - 1, own)
      text += "\(line[..<end])\(labelled ? ",\(shown)" : "")\n"
    }
    let temporary = try workshop.file("drop", text)
    try FileManager.default.moveItem(atPath: temporary, toPath: "\(path)/inbox/\(name)")
  }

  /// Runs the loop until nothing is left to do.
  func watch(environment: [String: String] = [:]) throws -> ProgramResult {
    try Program.run(["watch", "--home", path, "--once"], environment: environment)
  }

  func status() throws -> [String: Any] {
    try Program.run(["status", "--home", path, "--json"]).json()
  }

  /// The version in service.
  func champion() throws -> String? {
    let aliases = try status()["aliases"] as? [String: Any]
    return (aliases?["champion"] as? [String: Any])?["version"] as? String
  }

  /// A file of the home as text.
  func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
  }

  /// The paths of all files of the home, below it.
  func files() throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: path).filter { name in
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder)
      return !isFolder.boolValue
    }.sorted()
  }
}
