// Where a training run goes.
import ArgumentParser

/// The folder that a run writes.
struct OutputFolderOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The folder to write the model to; it must not exist yet.", valueName: "dir")
  )
  var out: String?

  @Flag(help: "Replace the folder if it exists.")
  var force = false

  /// The folder, which must have been given.
  func folder() throws -> String {
    guard let out, !out.isEmpty else {
      throw CommandLineError(
        facts: "no folder was given to write the model to (--out)",
        advice: "add --out DIR, a folder that does not exist yet", code: .usage)
    }
    guard out != "-" else {
      throw CommandLineError(
        facts: "--out is '-', expected the name of a folder",
        advice: "give --out DIR, a folder that does not exist yet", code: .usage)
    }
    guard !out.contains("://") else {
      throw CommandLineError(
        facts: "--out is '\(out)', expected a folder of this machine",
        advice: "write the model to a folder, and copy it from there", code: .usage)
    }
    return out
  }
}
