// Runs the built program as a user would, and keeps what it said.
import Foundation
import Glibc
import Testing

/// How a run of the program ended.
struct ProgramResult: Sendable {
  let code: Int32
  let output: String
  let errors: String

  /// The lines on standard error.
  var errorLines: [String] { errors.split(separator: "\n").map(String.init) }

  /// Standard output as one JSON object.
  func json() throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any],
      "standard output is not a JSON object: \(output) \(errors)")
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
    let process = Process()
    if let shell = shell ?? fileSize.map({ "ulimit -f \($0); exec \"$@\"" }) {
      process.executableURL = URL(filePath: "/bin/bash")
      process.arguments = ["-c", shell, "bash", path] + arguments
    } else {
      process.executableURL = URL(filePath: path)
      process.arguments = arguments
    }
    if let folder { process.currentDirectoryURL = URL(filePath: folder) }
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let captured = try Captured()
    defer { captured.remove() }
    process.standardOutput = output ?? captured.output
    process.standardError = captured.errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return ProgramResult(
      code: process.terminationReason == .exit
        ? process.terminationStatus : 128 + process.terminationStatus,
      output: try captured.text("output"), errors: try captured.text("errors"))
  }

  /// Starts the program as scripts start background jobs, with SIGINT ignored, and returns without
  /// waiting.
  static func start(_ arguments: [String]) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", "trap '' INT; exec \"$@\"", "bash", path] + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return process
  }
}

/// Files that take what a process says, because pipes would have to be drained meanwhile.
private struct Captured {
  private let folder: URL
  let output: FileHandle
  let errors: FileHandle

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "mlcore-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for name in ["output", "errors"] {
      try Data().write(to: folder.appending(path: name))
    }
    output = try FileHandle(forWritingTo: folder.appending(path: "output"))
    errors = try FileHandle(forWritingTo: folder.appending(path: "errors"))
  }

  func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }
}
