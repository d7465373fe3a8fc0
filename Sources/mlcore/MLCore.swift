// The entry point of the command line: parse, run one verb, turn any error into two lines on
// stderr and an exit code.
import ArgumentParser
import CProcess
import Configuration
import Glibc
import LearningTasks
import Synchronization
import Texts

@main
struct MLCore: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mlcore",
    abstract: "Trains, evaluates and applies machine learning models on tables.",
    version: ProgramVersion.current,
    subcommands: [
      Generate.self, ETL.self, Train.self, Tune.self, Predict.self, Evaluate.self, Recommend.self,
      Similar.self, Serve.self, Export.self, Inspect.self, Watch.self, Status.self, Models.self,
      Quarantine.self, Audit.self, CollectGarbage.self, Decrypt.self, Help.self, Step.self,
    ])

  static func main() {
    // Before any file is opened, which would get their numbers.
    Terminal.isOutputClosed.store(mlp_open_descriptors(), ordering: .relaxed)
    // A write beyond the limit of a file's size is an error then, as on a full disk.
    signal(SIGXFSZ, SIG_IGN)
    Interruption.watch()
    var command: any ParsableCommand
    do {
      let arguments = Array(CommandLine.arguments.dropFirst())
      try refuseUnknownVerb(arguments)
      try EmptyPath.refuse(in: arguments)
      let named = try namingTask(arguments)
      try RepeatedFlag.refuse(in: named, of: MLCore.self)
      command = try parseAsRoot(joiningNegativeNumbers(named))
    } catch {
      finish(error, otherwise: usageError)
    }
    do { try command.run() } catch { finish(error, otherwise: internalError) }
  }

  /// The argument parser would call a misspelt verb or task an unexpected argument.
  private static func refuseUnknownVerb(_ arguments: [String]) throws {
    if arguments.first == "help", arguments.dropFirst().first != "settings" {
      return try refuseUnknownVerb(Array(arguments.dropFirst()))
    }
    var commands: [any ParsableCommand.Type] = configuration.subcommands
    for (word, kind) in zip(
      arguments, ["verb", kindsOfSecondWord[arguments.first ?? ""] ?? "task"])
    {
      if commands.isEmpty || word.hasPrefix("-") || word == "help" { return }
      let names = commands.filter { $0.configuration.shouldDisplay }.compactMap {
        $0.configuration.commandName
      }
      guard let command = commands.first(where: { $0.configuration.commandName == word }) else {
        let meant = Suggestion.nearest(to: word, in: names)
        throw CommandLineError(
          facts: "there is no \(kind) '\(word)', expected \(names.oneOf)",
          advice: meant.map { "did you mean '\($0)'?" } ?? "See 'mlcore --help' for what there is.",
          code: .usage)
      }
      commands = command.configuration.subcommands
    }
  }

  /// What the word after a verb is, where it is not a task.
  private static let kindsOfSecondWord = [
    "export": "format", "models": "action", "quarantine": "action", "audit": "action",
  ]

  /// `train --config run.toml` trains what the file names, with that task's flags.
  private static func namingTask(_ arguments: [String]) throws -> [String] {
    guard arguments.first == "train", arguments.dropFirst().first?.hasPrefix("-") ?? false,
      let place = arguments.firstIndex(where: { $0 == "--config" || $0.hasPrefix("--config=") })
    else { return arguments }
    let flag = arguments[place]
    let file =
      flag == "--config"
      ? arguments.dropFirst(place + 1).first : String(flag.dropFirst("--config=".count))
    guard let file else { return arguments }
    return ["train", try TrainConfigured.task(of: file)] + arguments.dropFirst()
  }

  /// Writes `--flag -1` as `--flag=-1`, because the parser takes `-1` for a flag of its own; so the
  /// flag's own check can say what is wrong with the number.
  private static func joiningNegativeNumbers(_ arguments: [String]) -> [String] {
    var joined: [String] = []
    for argument in arguments {
      if let last = joined.last, last.hasPrefix("--"), !last.contains("="),
        argument.first == "-", argument.dropFirst().first.map({ $0.isNumber || $0 == "." }) == true
      {
        joined[joined.count - 1] = "\(last)=\(argument)"
      } else {
        joined.append(argument)
      }
    }
    return joined
  }

  /// Prints what there is to print and ends the program.
  ///
  /// - Parameter unknown: puts an error into words that is not one of our own.
  private static func finish(
    _ error: any Error, otherwise unknown: (any Error) -> CommandLineError
  ) -> Never {
    if let signal = Interruption.signal { Interruption.exit(signal) }
    var failure = CommandLineError(error) ?? unknown(error)
    if exitCode(for: error).isSuccess {
      do {
        try Terminal.output.write(fullMessage(for: error) + "\n")
        Glibc.exit(0)
      } catch {
        failure = CommandLineError(error) ?? failure
      }
    }
    failure.print()
    Glibc.exit(failure.code.rawValue)
  }

  /// An error that no room has words for.
  static func internalError(_ error: any Error) -> CommandLineError {
    CommandLineError(
      facts: "an unexpected error: \(String(reflecting: error))",
      advice: "this is a mistake in mlcore; report it with the command that led to it",
      code: .internalError)
  }

  /// What stands between the first two quotes of a sentence.
  private static func quoted(_ sentence: some StringProtocol) -> String? {
    let parts = sentence.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
    return parts.count == 3 ? String(parts[1]) : nil
  }

  /// An error of the argument parser: its own message, and where to read more.
  static func usageError(_ error: any Error) -> CommandLineError {
    let lines = fullMessage(for: error).split(separator: "\n").map {
      $0.trimmingPrefix(while: { $0 == " " })
    }
    let hint = lines.last { $0.hasPrefix("See ") }.map(String.init)
    var message = message(for: error).split(separator: "\n").joined(separator: " ")
    var advice = hint ?? "See 'mlcore --help' for more information."
    // What was meant instead is what to do, if the name may be a slip of the finger for it.
    if let meant = message.firstRange(of: ". Did you mean ") {
      let question = message[message.index(meant.lowerBound, offsetBy: 2)...]
      message = String(message[..<meant.lowerBound])
      if let found = quoted(message), let known = quoted(question), Suggestion.isNear(found, known)
      {
        advice = String(question)
      }
    }
    if let number = message.wholeMatch(of: /The value '(.*)' is invalid for '(--.*) <(.)>'/) {
      // The parser itself reads numbers only, of which n and k are whole.
      let isWhole = number.3 == "n" || number.3 == "k"
      message =
        "\(number.2) is '\(number.1)', expected "
        + (isWhole ? "a whole number from 0 to \(Int.max)" : "a number")
    }
    return CommandLineError(
      facts: message.isEmpty ? "the arguments could not be read" : message, advice: advice,
      code: .usage)
  }
}
