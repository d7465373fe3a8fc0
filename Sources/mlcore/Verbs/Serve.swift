// `mlcore serve`: a model answers over HTTP.
import ArgumentParser
import LearningTasks
import NumericCore
import Pipeline
import Recommendation
import Serving

/// Serves a model, or the champion of a loop.
struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Answer over HTTP with a model, or with the champion of a loop.",
    discussion: """
      Speaks the Open Inference Protocol (/v2/...), the invocations of MLflow and SageMaker \
      (/invocations, /ping), and the routes of recommenders; /openapi.json lists all. The log is \
      JSON lines on standard error. SIGTERM lets running requests end. docs/how-to/serve.md says more.
      """)

  @Option(help: ArgumentHelp("The folder that 'mlcore train' wrote.", valueName: "dir"))
  var model: String?
  @Option(
    help: ArgumentHelp(
      "The folder that 'mlcore watch --init' made: serve its champion, whichever that is.",
      valueName: "dir"))
  var home: String?
  @Option(
    name: .customLong("sagemaker"), defaultAsFlag: SageMakerFolder.usual,
    help: ArgumentHelp(
      "Serve the model of a SageMaker container, on all addresses and the port that it names.",
      valueName: "dir"))
  var container: String?
  @Flag(help: "With --home: also ask the challenger, and log both answers.") var shadow = false
  @Option(
    help: ArgumentHelp(
      "The name of the model in paths (default: its task).", valueName: "name"))
  var name: String?
  @OptionGroup(title: "Connections") var listening: ListeningOptions
  @OptionGroup(title: "Limits") var limits: RequestLimitOptions
  @OptionGroup(title: "Run") var threads: ThreadOptions

  func run() throws {
    var configuration = ServerConfiguration()
    if container != nil {
      configuration.host = "0.0.0.0"
      configuration.port = try SageMakerFolder.port() ?? configuration.port
    }
    try listening.apply(to: &configuration)
    try limits.apply(to: &configuration)
    configuration.threads = try threads.count()
    let places = try places()
    let store = try ModelStore(places: places) { folder in try TaskRegistry.predictor(of: folder) }
    configuration.name = try checkedName() ?? RunFolderReader.task(of: places().champion)
    let server = try Server(configuration, store: store)
    listening.warn(configuration.host)
    Interruption.leaves("the requests that ran were answered")
    Terminal.error.note(
      "serving \(configuration.name) on \(listening.address(configuration.host, port: server.port))\n"
    )
    server.run { Interruption.isRequested }
    if let signal = Interruption.signal { Interruption.exit(signal) }
  }

  /// The name that was given, which stands in paths.
  private func checkedName() throws -> String? {
    guard let name else { return nil }
    let isPlain = name.wholeMatch(of: /[A-Za-z0-9_.-]+/) != nil
    guard isPlain, name != ".", name != ".." else {
      throw CommandLineError(
        facts: "--name is '\(name)', expected letters, digits, '-', '_' and '.'",
        advice: "give a name that can stand in a path", code: .usage)
    }
    return name
  }

  /// What tells where the models are.
  private func places() throws -> @Sendable () throws -> ModelPlaces {
    switch (model ?? container.map { SageMakerFolder(path: $0).served }, home) {
    case (let model?, nil):
      guard self.model == nil || container == nil else {
        throw sourceError("--model and --sagemaker")
      }
      guard !shadow else {
        throw CommandLineError(
          facts: "--shadow was given without --home",
          advice: "give --home: a model alone has no challenger", code: .usage)
      }
      return { ModelPlaces(champion: model) }
    case (nil, let home?):
      let directory = try LoopDirectory(opening: home)
      let task = try LoopSettings(file: directory.configuration).pipeline.task
      let (links, asksChallenger) = (ModelLinks(directory, task: task), shadow)
      return {
        func run(of alias: Alias) -> String? {
          links.folder(of: alias).map { "\($0)/\(LoopFolder.run)" }
        }
        guard let champion = run(of: .champion) else {
          throw ServingError.noChampion(home: home)
        }
        let challenger = run(of: .challenger)
        return ModelPlaces(
          champion: champion, others: [challenger, run(of: .previous)].compactMap(\.self),
          shadow: asksChallenger ? challenger : nil)
      }
    case (nil, nil): throw sourceError("none of them")
    default: throw sourceError("--home and \(model == nil ? "--sagemaker" : "--model")")
    }
  }

  private func sourceError(_ found: String) -> CommandLineError {
    CommandLineError(
      facts: "--model, --home, --sagemaker: found \(found), expected one of them",
      advice: "give --model DIR for a trained model, or --home DIR for the champion of a loop",
      code: .usage)
  }
}

extension TaskRegistry {
  /// Reads the model of a run folder, whose answers to single requests take one thread.
  ///
  /// - Throws: as `task(of:)`; the errors of reading.
  fileprivate static func predictor(of folder: String) throws -> any Predictor {
    switch try task(of: folder) {
    case let task as any PredictingCommandTask.Type:
      try task.predictor(folder: folder, reasons: nil, interactions: nil, refusesUnknown: false)
    default: try RecommenderPredictor(folder: folder, pool: WorkerPool(threads: 1))
    }
  }
}
