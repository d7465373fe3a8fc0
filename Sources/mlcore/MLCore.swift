// The entry point of the command line.
import ArgumentParser

@main
struct MLCore: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "mlcore")
}
