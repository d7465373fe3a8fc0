// Servers of tests.
import TestSupport
import Testing

extension RunningProgram {
  /// Starts a server on a free port, and waits until it listens.
  static func serve(_ arguments: [String]) throws -> (program: RunningProgram, port: Int) {
    let program = try RunningProgram(["serve", "--port", "0"] + arguments)
    var port: Int?
    try program.wait(for: "the server listens") {
      let line = program.errors.split(separator: "\n").first { $0.hasPrefix("serving ") }
      port = line?.split(separator: ":").last.flatMap { Int($0) }
      return port != nil
    }
    return (program, try #require(port))
  }
}
