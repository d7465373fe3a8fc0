// The flag that names the home of a loop.
import ArgumentParser
import Pipeline

/// The home of a loop.
struct HomeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The folder that 'mlcore watch --init' made.", valueName: "dir"))
  var home: String

  /// The home, which must exist.
  func opened() throws -> LoopDirectory { try LoopDirectory(opening: home) }
}
