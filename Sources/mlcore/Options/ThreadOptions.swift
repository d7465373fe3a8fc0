// How many threads to compute on.
import ArgumentParser
import NumericCore

/// The threads of a run; results never depend on them.
struct ThreadOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Threads to compute on (default: all processors).", valueName: "n"))
  var threads: Int?

  /// Starts the threads.
  func makePool() throws -> WorkerPool { WorkerPool(threads: try count()) }

  /// How many threads.
  ///
  /// - Throws: `CommandLineError`.
  func count() throws -> Int {
    let count = threads ?? WorkerPool.availableProcessors
    guard (1...1024).contains(count) else {
      throw CommandLineError(
        facts: "--threads is \(count), expected a whole number from 1 to 1024",
        advice: "leave --threads out to use every processor", code: .usage)
    }
    return count
  }
}
