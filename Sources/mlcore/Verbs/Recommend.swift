// `mlcore recommend`: questions to a trained recommender.
import ArgumentParser
import LearningTasks
import Recommendation
import Storage
import Tables

/// Recommends items to a user, or to all users of a table.
struct Recommend: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recommend",
    abstract: "Recommend items to a user, known by id or new, or to all users of a table.",
    discussion: """
      Prints [{"id": ..., "score": ...}], best first. With --users it writes a table of the user, \
      rank, the item, score, fallback and model_version to --out.
      """)

  @Option(help: ArgumentHelp("The folder that 'mlcore train' wrote.", valueName: "dir"))
  var model: String
  @Option(help: ArgumentHelp("A user of the training data.", valueName: "id"))
  var user: String?
  @Option(
    help: ArgumentHelp(
      #"The features of a new user, such as '{"country": "France"}'."#, valueName: "json"))
  var userFeatures: String?
  @Option(
    help: ArgumentHelp(
      "A basket or a session: items of the training data, with commas between them.",
      valueName: "ids"))
  var items: String?
  @Option(
    help: ArgumentHelp(
      "A CSV, TSV or Parquet file with a column of users: lists for all of them.",
      valueName: "data"))
  var users: String?
  @Option(
    help: ArgumentHelp(
      "With --users: a .csv, .parquet or .jsonl file, or - for standard output.",
      valueName: "file"))
  var out: String?
  @Flag(help: "Replace the file if it exists.")
  var force = false
  @Option(name: .customLong("k"), help: ArgumentHelp("How many items.", valueName: "n"))
  var count = 10
  @Flag(help: "Recommend also items that the user has taken already.")
  var includeSeen = false
  @Option(
    help: ArgumentHelp(
      "Tell for each item up to n items of the user's history that speak for it.", valueName: "n"))
  var because: Int?
  @Flag(help: "Answer a user of whom the model knows nothing with what most users took.")
  var fallback = false
  @OptionGroup(title: "Items") var rules: ListRuleOptions
  @Option(
    help: ArgumentHelp(
      "Search the vectors in this database: postgresql://USER@HOST:PORT/DATABASE.",
      valueName: "uri"))
  var dsn: String?
  @Flag(help: "With --users: print one JSON document about what was written.")
  var json = false
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    let k = try checked(count)
    if let users {
      try recommend(toAllOf: users, k: k)
      return
    }
    let asked = try asked()
    if out != nil { throw CommandLineError.needless("--out", without: "--users") }
    if force { throw CommandLineError.needless("--force", without: "--users") }
    let predictor = try RecommenderPredictor(folder: model, pool: try threads.makePool())
    var query = RecommendationQuery(
      asked, k: k, includesSeen: includeSeen, rules: try rules.rules())
    if let exclude = rules.exclude {
      query.rules.excluded = try predictor.items(
        TableSource(location: exclude), context: RunContext(pool: predictor.pool))
    }
    query.reasons = try because.map { try checked($0, "--because") }
    query.fallsBack = fallback
    if let dsn {
      guard query.rules == ListRules(), because == nil, !fallback else {
        throw CommandLineError(
          facts: "--dsn was given with rules for items, --because or --fallback, which the "
            + "database does not know",
          advice: "leave --dsn out: the model's own search is exact under any rule", code: .usage)
      }
      try Terminal.output.write(try JSONDocument.text(of: predictor.predict(query, dsn: dsn)))
      return
    }
    for doubt in try predictor.doubts(about: query.rules) { Terminal.error.note("\(doubt)\n") }
    let items = try predictor.predict(query)
    if items.contains(where: { $0.fallback != nil }) {
      Terminal.error.note("the model knows nothing of the user: these items most users took\n")
    }
    try Terminal.output.write(try JSONDocument.text(of: items))
  }

  private func recommend(toAllOf users: String, k: Int) throws {
    for (flag, isGiven) in [
      ("--user", user != nil), ("--user-features", userFeatures != nil), ("--items", items != nil),
      ("--dsn", dsn != nil), ("--because", because != nil),
    ] where isGiven {
      throw CommandLineError(
        facts: "--users and \(flag) were both given", advice: "leave one of them out",
        code: .usage)
    }
    guard let out else {
      throw CommandLineError(
        facts: "--users was given without --out",
        advice: "name the file to write as --out, or - for standard output", code: .usage)
    }
    try Terminal.requireOutput(for: out)
    if json, out == "-" {
      throw CommandLineError(
        facts: "--json and --out - were both given, and both write to standard output",
        advice: "leave --json out, or write the lists to a file", code: .usage)
    }
    Interruption.unlinkOnForcedExit(Table.temporaryPath(for: out))
    let bar = ProgressBar()
    defer { bar.close() }
    let result = try RecommenderTask.recommend(
      model: model, users: TableSource(location: users),
      excluding: rules.exclude.map { TableSource(location: $0) }, k: k,
      includesSeen: includeSeen, rules: try rules.rules(), output: out, replaces: force,
      context: try bar.context(threads))
    bar.close()
    if json {
      try Terminal.output.write(try JSONDocument.text(of: result))
      return
    }
    // Words go to stderr: standard output may carry the lists.
    Terminal.error.note(
      "\(out == "-" ? "standard output" : result.out): \(result.rows.counted("row")) for "
        + "\(result.users.counted("user")), \(result.fallbacks.grouped) of them by popularity, "
        + "model \(result.modelVersion)\n")
  }

  private func asked() throws -> RecommendationQuery.User {
    switch (user, userFeatures, items) {
    case (let user?, nil, nil): return .user(user)
    case (nil, let text?, nil): return .features(try features(text))
    case (nil, nil, let ids?): return .items(ids.split(separator: ",").map(String.init))
    default:
      let given = [
        ("--user", user), ("--user-features", userFeatures), ("--items", items),
      ].filter { $0.1 != nil }.map(\.0)
      throw CommandLineError(
        facts: given.isEmpty
          ? "none of --user, --user-features, --items and --users was given"
          : "\(given.joined(separator: " and ")) were given, expected one of them",
        advice: "give --user ID for a known user, --user-features JSON for a new one, --items A,B "
          + "for a basket, or --users FILE for many", code: .usage)
    }
  }

  private func features(_ text: String) throws -> [String: FeatureValue] {
    let refused = CommandLineError(
      facts: "--user-features is '\(text.oneLine)', expected a JSON object of texts and numbers",
      advice: #"write for example '{"city": "Nantes", "country": "France", "creditlimit": 20000}'"#,
      code: .usage)
    guard
      let values = try? CheckedJSON.value(
        [String: FeatureValue?].self, from: text.utf8, file: "--user-features")
    else { throw refused }
    return values.compactMapValues { $0 }
  }
}

/// - Throws: `CommandLineError` unless the count is 1 or more.
func checked(_ count: Int, _ flag: String = "--k") throws -> Int {
  guard count >= 1 else {
    throw CommandLineError(
      facts: "\(flag) is \(count), expected a whole number of at least 1",
      advice: "give the number of items that you want", code: .usage)
  }
  return count
}
