// The seed of a training run.
import ArgumentParser

/// What everything that is drawn follows from.
struct SeedOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The seed of everything that is drawn (default: 42).", valueName: "n"))
  var seed: String?

  /// The flags that were given.
  var given: [GivenFlag] {
    var flags: [GivenFlag] = []
    flags.append("seed", "--seed", seed)
    return flags
  }
}
