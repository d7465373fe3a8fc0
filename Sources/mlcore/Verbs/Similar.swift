// `mlcore similar`: the items most like an item, or the lists of all items.
import ArgumentParser
import LearningTasks
import Recommendation
import Tables

/// Finds items like an item.
struct Similar: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "similar",
    abstract: "Find the items most like an item, or the lists of all items.",
    discussion: """
      Prints [{"id": ..., "distance": ...}], nearest first, without the item itself. With --all it \
      writes a table of the item, rank, similar_item, distance and model_version to --out.
      """)

  @Option(help: ArgumentHelp("The folder that 'mlcore train' wrote.", valueName: "dir"))
  var model: String
  @Option(help: ArgumentHelp("An item of the training data.", valueName: "id"))
  var item: String?
  @Flag(help: "Write the lists of all items to --out.")
  var all = false
  @Option(
    help: ArgumentHelp(
      "With --all: a .csv, .parquet or .jsonl file, or - for standard output.", valueName: "file"))
  var out: String?
  @Flag(help: "Replace the file if it exists.")
  var force = false
  @Option(name: .customLong("k"), help: ArgumentHelp("How many items.", valueName: "n"))
  var count = 5
  @Option(
    help: ArgumentHelp(
      "Search the vectors in this database: postgresql://USER@HOST:PORT/DATABASE.",
      valueName: "uri"))
  var dsn: String?
  @Flag(help: "With --all: print one JSON document about what was written.")
  var json = false
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    let k = try checked(count)
    switch (item, all, out) {
    case (let item?, false, nil):
      if force { throw CommandLineError.needless("--force", without: "--all") }
      let predictor = try RecommenderPredictor(folder: model, pool: try threads.makePool())
      let items =
        try dsn.map { try predictor.similar(to: item, k: k, dsn: $0) }
        ?? predictor.similar(to: item, k: k)
      try Terminal.output.write(try JSONDocument.text(of: items))
    case (nil, true, let out?) where dsn == nil: try write(to: out, k: k)
    default:
      throw CommandLineError(
        facts: "expected --item alone or with --dsn, or --all with --out",
        advice: "give --item ID for one list, or --all --out FILE for those of all items",
        code: .usage)
    }
  }

  private func write(to out: String, k: Int) throws {
    try Terminal.requireOutput(for: out)
    if json, out == "-" {
      throw CommandLineError(
        facts: "--json and --out - were both given, and both write to standard output",
        advice: "leave --json out, or write the lists to a file", code: .usage)
    }
    Interruption.unlinkOnForcedExit(Table.temporaryPath(for: out))
    let bar = ProgressBar()
    defer { bar.close() }
    let result = try RecommenderTask.similarItems(
      model: model, k: k, output: out, replaces: force, context: try bar.context(threads))
    bar.close()
    if json {
      try Terminal.output.write(try JSONDocument.text(of: result))
      return
    }
    // Words go to stderr: standard output may carry the lists.
    Terminal.error.note(
      "\(out == "-" ? "standard output" : result.out): \(result.rows.counted("row")) for "
        + "\(result.items.counted("item")), model \(result.modelVersion)\n")
  }
}
