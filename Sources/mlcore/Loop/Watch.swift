// `mlcore watch`: the loop. New files in, models out, predictions out.
import ArgumentParser
import FoundationEssentials
import Glibc
import Pipeline
import PipelineSecurity
import Storage
import Tables

/// Watches a home.
struct Watch: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Take in files as they come, retrain, judge, promote and predict.",
    discussion: """
      Files dropped into the folder inbox of the home are stored; labelled ones lead to a new \
      model, which takes the champion's place if it is as good, and unlabelled ones are predicted. \
      docs/how-to/loop.md says more.
      """)

  @OptionGroup var home: HomeOptions
  @Flag(name: .customLong("init"), help: "Make the home, with a pipeline.toml to be edited.")
  var makesHome = false
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "With --init, one setting: data.target=churn, task=recommender. May be repeated.",
      valueName: "key=value"))
  var assignments: [String] = []
  @Option(
    help: ArgumentHelp(
      "With --init, make a key in this file, which the home is encrypted with.", valueName: "file"))
  var newKey: String?
  @Flag(help: "End when nothing is left to do.")
  var once = false

  func run() throws {
    // Nothing of the loop is for others.
    umask(0o077)
    if makesHome { return try initialise() }
    guard assignments.isEmpty, newKey == nil else {
      throw CommandLineError(
        facts: "\(newKey == nil ? "--set" : "--new-key") was given without --init",
        advice: newKey == nil
          ? "edit pipeline.toml in the home, and start the loop again"
          : "give --new-key when --init makes the home", code: .usage)
    }
    let home = try home.opened()
    let settings = try LoopSettings(file: home.configuration)
    // What the loop writes into its home would come in again.
    for folder in settings.pipeline.watching.localFolders
    where try InputPlace(home.path).contains(folder) {
      throw CommandLineError(
        facts: "\(home.configuration): watch.folders has \(folder), which lies in the home",
        advice: "name a folder outside of the home; the inbox is watched anyway", code: .usage)
    }
    let loop = try Loop(
      home: home, configuration: settings.pipeline,
      steps: ChildSteps(
        executable: "/proc/self/exe", arguments: ["step", "--settings", home.settingsCopy]),
      remote: try settings.remoteParts(), words: { "\($0.description); \($0.advice)" }
    ) { line in Terminal.error.note("\(line.oneLine)\n") }
    // Steps read what the loop has read, whatever happens to the file meanwhile.
    try AtomicFile.write(Array(settings.text.utf8), to: home.settingsCopy)
    Interruption.leaves("what was under way begins again with the next 'mlcore watch'")
    Interruption.onRequest { loop.stop() }
    try loop.run(once: once)
    if let signal = Interruption.signal { Interruption.exit(signal) }
  }

  private func initialise() throws {
    var settings = try LoopSettings(assignments: assignments)
    // All that the loop checks, before anything is written.
    let place = absolute(home.home)
    try settings.check(file: "\(place)/pipeline.toml")
    _ = try settings.remoteParts()
    try checkKey(settings.pipeline.encryptionKeyFile, place: place)
    if let newKey {
      let path = absolute(newKey)
      settings.pipeline.encryptionKeyFile = path
      try EncryptionKey.makeFile(path)
    }
    let made: LoopDirectory
    do {
      made = try LoopDirectory.create(home.home, configuration: settings.text)
    } catch {
      if newKey != nil { unlink(settings.pipeline.encryptionKeyFile) }
      throw error
    }
    let first = settings.missingKey.map { "set \($0.name) in pipeline.toml, then " }
    Terminal.error.note(
      "\(made.path): made; \(first ?? "")run "
        + "'mlcore watch --home \(made.path)' and drop files into \(made.inbox)\n")
  }

  private func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
  }

  /// Checks the key of a home that is to be made: the one that is there, or the place of a new one.
  private func checkKey(_ file: String, place: String) throws {
    if newKey == nil, !file.isEmpty { _ = try EncryptionKey(file: file) }
    let path = newKey.map(absolute) ?? file
    guard !path.isEmpty, path.hasPrefix("\(place)/") else { return }
    throw PipelineError.keyFile(
      path: path, found: "a place inside of the home",
      expected: "one outside: a copy of the home would contain the key")
  }
}
