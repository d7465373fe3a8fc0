// What `mlcore serve` takes at most.
import ArgumentParser
import Serving

/// The limits of requests and connections.
struct RequestLimitOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The largest body, in MiB.", valueName: "n"))
  var maxBodyMib = 16
  @Option(help: ArgumentHelp("The most rows of a request.", valueName: "n"))
  var maxRows = 100_000
  @Option(help: ArgumentHelp("The most connections at once.", valueName: "n"))
  var maxConnections = 12_000
  @Option(
    help: ArgumentHelp(
      "The seconds in which a request has to arrive, and after which an idle connection is closed.",
      valueName: "seconds"))
  var readTimeout = 30

  /// - Throws: `CommandLineError`.
  func apply(to configuration: inout ServerConfiguration) throws {
    configuration.mostBodyBytes = try checked(maxBodyMib, "--max-body-mib", 1...1_024) << 20
    configuration.mostRows = try checked(maxRows, "--max-rows", 1...Int(Int32.max))
    configuration.mostConnections = try checked(maxConnections, "--max-connections", 1...1_000_000)
    configuration.readSeconds = try checked(readTimeout, "--read-timeout", 1...86_400)
  }

  private func checked(_ value: Int, _ flag: String, _ range: ClosedRange<Int>) throws -> Int {
    guard range.contains(value) else {
      throw CommandLineError(
        facts: "\(flag) is \(value), expected a whole number from \(range.lowerBound) to "
          + "\(range.upperBound)", advice: "give a number in this range", code: .usage)
    }
    return value
  }
}
