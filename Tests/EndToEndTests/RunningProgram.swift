// A run of the program that the test does not wait for at once.
import Foundation
import Glibc
import TestSupport
import Testing

/// A run of the program, which ends with this object at the latest.
final class RunningProgram {
  private let process = Process()
  private let captured: Captured

  /// Starts the program.
  ///
  /// - Parameter shell: what a shell does to run the program, which is `"$@"`; nil for no shell.
  init(
    _ arguments: [String], shell: String? = nil, folder: String? = nil,
    environment: [String: String] = [:], output: FileHandle? = nil
  ) throws {
    captured = try Captured()
    if let shell {
      process.executableURL = URL(filePath: "/bin/bash")
      process.arguments = ["-c", shell, "bash", Program.path] + arguments
    } else {
      process.executableURL = URL(filePath: Program.path)
      process.arguments = arguments
    }
    if let folder { process.currentDirectoryURL = URL(filePath: folder) }
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = output ?? captured.output
    process.standardError = captured.errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }

  var isRunning: Bool { process.isRunning }

  /// How long its threads have worked, in seconds.
  var processorSeconds: Double {
    let stat = try? String(
      contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)
    // The fields after the name, which may hold anything: user and system time in ticks.
    let fields = (stat ?? "").split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
      return 0
    }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// What it has said on standard error so far.
  var errors: String { captured.text("errors") }

  /// Sends a signal; one that has ended does not get it.
  func signal(_ signal: Int32) {
    if process.isRunning { kill(process.processIdentifier, signal) }
  }

  /// Waits for the end; a program that a signal ended has the code 128 and its number.
  @discardableResult
  func wait() -> ProgramResult {
    process.waitUntilExit()
    return ProgramResult(
      code: process.terminationReason == .exit
        ? process.terminationStatus : 128 + process.terminationStatus,
      output: captured.text("output"), errors: errors)
  }

  /// Sends a signal and waits for the end.
  @discardableResult
  func end(_ signal: Int32 = SIGTERM) -> ProgramResult {
    self.signal(signal)
    return wait()
  }

  /// Waits for what the program does; a program that ends before is told with all that it said.
  func wait(for what: String, until isDone: () throws -> Bool) throws {
    try TestSupport.wait(for: what) {
      if try isDone() { return true }
      try #require(isRunning, "the program ended before \(what): \(wait())")
      return false
    }
  }
}

/// Files that take what a process says, because pipes would have to be drained meanwhile.
private final class Captured {
  private let folder: TemporaryFolder
  let output: FileHandle
  let errors: FileHandle

  init() throws {
    folder = try TemporaryFolder()
    output = try FileHandle(forWritingTo: URL(filePath: folder.write("", to: "output")))
    errors = try FileHandle(forWritingTo: URL(filePath: folder.write("", to: "errors")))
  }

  func text(_ name: String) -> String {
    String(decoding: (try? folder.bytes(name)) ?? [], as: UTF8.self)
  }
}
