// A folder of one test, with tables to train on, that vanishes with the test.
import Foundation
import TestSupport
import Testing

/// A temporary folder.
final class Workshop {
  private let temporary: TemporaryFolder

  /// The absolute path.
  var folder: String { temporary.path }

  init() throws { temporary = try TemporaryFolder() }

  /// The path of a name in the folder.
  func path(_ name: String) -> String { temporary.appending(name) }

  /// Writes a file and returns its path.
  func file(_ name: String, _ text: String) throws -> String {
    try temporary.write(text, to: name)
  }

  /// Writes a file and returns its path.
  func bytes(_ name: String, _ data: Data) throws -> String {
    try temporary.write(Array(data), to: name)
  }

  /// Everything in the folder, by path relative to it, folders with a slash at the end.
  func contents(of name: String = "") throws -> [String] {
    let root = name.isEmpty ? folder : path(name)
    return try FileManager.default.subpathsOfDirectory(atPath: root).sorted()
  }

  /// The files of a run folder by name.
  func files(of name: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for file in try contents(of: name) {
      var isFolder: ObjCBool = false
      let full = "\(path(name))/\(file)"
      if FileManager.default.fileExists(atPath: full, isDirectory: &isFolder), !isFolder.boolValue {
        files[file] = try Data(contentsOf: URL(filePath: full))
      }
    }
    return files
  }

  /// A table of customers whose label depends on two columns.
  func customers(_ name: String = "customers.csv", rows: Int = 400) throws -> String {
    var text = "id,tenure,charge,plan,churn\n"
    for row in 0..<rows { text += Self.line(row, label: Self.hasChurned(row) ? "Yes" : "No") }
    return try file(name, text)
  }

  /// One line of such a table.
  static func line(_ row: Int, label: String) -> String {
    let plan = ["basic", "plus", "", "max"][row % 4]
    return "C\(row),\(row * 37 % 61),\(Double(row * 53 % 997) / 10),\(plan),\(label)\n"
  }

  private static func hasChurned(_ row: Int) -> Bool {
    let score = row * 37 % 61 + (row % 4 == 0 ? 20 : 0) + row * 7919 % 23
    return score < 42
  }

  /// Trains a small model on a table and returns its folder.
  @discardableResult
  func train(_ data: String, out: String = "model", _ more: [String] = []) throws -> String {
    let result = try Program.run(
      [
        "train", "churn", "--data", data, "--target", "churn", "--id", "id", "--num-trees", "20",
        "--out", path(out),
      ].overridden(by: more))
    try #require(result.code == 0, "training failed: \(result.errors)")
    return path(out)
  }
}
