// `mlcore export embeddings`: the vectors of users and items as files for other systems.
import ArgumentParser
import Recommendation
import Texts

/// Writes embeddings for other systems.
struct ExportEmbeddings: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embeddings",
    abstract: "Write the vectors of users and items as files that other programs open.",
    discussion: """
      Writes user_embeddings and item_embeddings into the folder --out, which may be an s3:// \
      prefix. npy comes with the identifiers in a file of JSON lines beside it.
      """)

  @Option(help: ArgumentHelp("The folder that 'mlcore train' wrote.", valueName: "dir"))
  var model: String
  @Option(help: ArgumentHelp("csv, npy, parquet or safetensors.", valueName: "name"))
  var format = EmbeddingsFormat.csv.rawValue
  @Option(help: ArgumentHelp("The folder to write to.", valueName: "dir"))
  var out: String
  @Flag(help: "Replace the files if they exist.")
  var force = false
  @OptionGroup(title: "Run") var threads: ThreadOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    guard !out.isEmpty, out != "-" else {
      throw CommandLineError(
        facts: "--out is '\(out)', expected the name of a folder",
        advice: "give --out a folder; two files are written into it", code: .usage)
    }
    let known = EmbeddingsFormat.allCases.map(\.rawValue)
    guard let form = EmbeddingsFormat(rawValue: format) else {
      throw CommandLineError(
        facts: "--format is '\(format)', expected \(known.oneOf)",
        advice: "give --format one of these", code: .usage)
    }
    let bar = ProgressBar()
    defer { bar.close() }
    let result = try RecommenderTask.exportEmbeddings(
      model: model, as: form, to: out, replaces: force, context: try bar.context(threads))
    bar.close()
    try report.write(result) {
      """
      \(result.users.counted("user")), \(result.items.counted("item")), \(result.dimension) wide
      \(result.files.map { "  \($0)\n" }.joined())
      """
    }
  }
}
