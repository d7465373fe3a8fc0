// Runs the built program as a user would, and keeps what it said.
import Foundation
import Glibc
import Testing

/// How a run of the program ended.
struct ProgramResult: Sendable, CustomStringConvertible {
  let code: Int32
  let output: String
  let errors: String

  /// The lines on standard error.
  var errorLines: [String] { errors.split(separator: "\n").map(String.init) }

  var description: String { "exit code \(code), output: \(output), errors: \(errors)" }

  /// Standard output as one JSON object.
  func json() throws -> [String: Any] {
    let object = try? JSONSerialization.jsonObject(with: Data(output.utf8))
    return try #require(
      object as? [String: Any], "standard output is not a JSON object: \(self)")
  }
}

/// The built program.
enum Program {
  /// The program beside the test bundle: both are built into one folder.
  static let path: String = {
    let maps = (try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)) ?? ""
    let bundle = maps.split(separator: "\n").compactMap { line -> String? in
      guard let start = line.firstIndex(of: "/"), line.hasSuffix(".xctest") else { return nil }
      return String(line[start...])
    }.first
    let folder = bundle.map { URL(filePath: $0).deletingLastPathComponent().path } ?? "."
    return "\(folder)/mlcore"
  }()

  /// Runs the program to its end.
  ///
  /// - Parameters:
  ///   - fileSize: the largest file that the run may write, in blocks of 1024 bytes.
  ///   - shell: what a shell does to run the program, which is `"$@"`; nil for no shell.
  ///   - folder: the current folder of the run.
  static func run(
    _ arguments: [String], in folder: String? = nil, fileSize: Int? = nil,
    shell: String? = nil, environment: [String: String] = [:], output: FileHandle? = nil
  ) throws -> ProgramResult {
    try RunningProgram(
      arguments, shell: shell ?? fileSize.map { "ulimit -f \($0); exec \"$@\"" }, folder: folder,
      environment: environment, output: output
    ).wait()
  }

  /// Starts the program as scripts start background jobs, with SIGINT ignored, and returns without
  /// waiting.
  static func start(
    _ arguments: [String], environment: [String: String] = [:]
  ) throws -> RunningProgram {
    try RunningProgram(arguments, shell: "trap '' INT; exec \"$@\"", environment: environment)
  }
}
