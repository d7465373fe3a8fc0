// `mlcore export pgvector`: the vectors of users and items in PostgreSQL.
import ArgumentParser
import Recommendation

/// Loads embeddings into PostgreSQL with pgvector.
struct ExportPGVector: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pgvector",
    abstract: "Load the vectors of users and items into PostgreSQL with pgvector.",
    discussion: """
      Fills item_emb and user_emb (id, embedding) and swaps both in one transaction. The password \
      comes from PGPASSWORD or ~/.pgpass, never from the command line.
      """)

  @Option(help: ArgumentHelp("The folder that 'mlcore train' wrote.", valueName: "dir"))
  var model: String
  @Option(
    help: ArgumentHelp("The database: postgresql://USER@HOST:PORT/DATABASE.", valueName: "uri"))
  var dsn: String
  @Flag(help: "Build an HNSW index of nearest neighbours on each table.")
  var index = false
  @Flag(help: "Also replace tables of another dimension and tables that mlcore did not make.")
  var force = false
  @OptionGroup(title: "Run") var threads: ThreadOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let bar = ProgressBar()
    defer { bar.close() }
    let result = try RecommenderTask.exportPGVector(
      model: model, dsn: dsn, isIndexed: index, force: force, context: try bar.context(threads))
    bar.close()
    try report.write(result) {
      """
      \(result.database): \(result.items.counted("item")) in item_emb, \
      \(result.users.counted("user")) in user_emb, \(result.dimension) wide\
      \(result.indexed ? ", indexed" : "")

      """
    }
  }
}
