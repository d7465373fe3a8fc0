// Short Python programs that read what the tests wrote: the files' own libraries are the judges.

import Foundation

/// The Python of the environment variable MLCORE_TEST_PYTHON.
public enum Python {
  /// Whether there is one, with all of some packages.
  public static func has(_ packages: String...) -> Bool {
    guard ScikitLearn.isAvailable else { return false }
    return (try? run("import \(packages.joined(separator: ", "))")) == ""
  }

  /// Runs a program and returns all that it printed, with its exit code if that is not 0.
  public static func run(_ program: String, _ arguments: [String] = []) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: ScikitLearn.interpreter ?? "python3")
    process.arguments = ["-c", program] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    // What numpy is linked to has nothing to do with the libraries beside our binary.
    process.environment = ProcessInfo.processInfo.environment.filter { $0.key != "LD_LIBRARY_PATH" }
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let code = process.terminationStatus
    return code == 0 ? text : "exit code \(code)\n\(text)"
  }
}
