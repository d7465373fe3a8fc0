// `mlcore generate classicmodels`: the database of a made-up shop, with ratings whose truth is
// known.
import ArgumentParser
import LearningTasks
import SampleData
import Tables

/// Makes a database of customers, products, orders and ratings.
struct GenerateClassicModels: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classicmodels",
    abstract: "Make a database of customers, products, orders and ratings.",
    discussion: """
      The tables are those of the MySQL sample database classicmodels, with ratings from 1 to 5 \
      beside them; all rows are made up. Prints how well any model can predict the ratings.
      """)

  @Option(help: ArgumentHelp("The number of customers.", valueName: "n"))
  var customers = 122
  @Option(help: ArgumentHelp("The number of products.", valueName: "n"))
  var products = 110
  @Option(
    help: ArgumentHelp(
      "The seed; it decides which customers, products and ratings are drawn.", valueName: "n"))
  var seed: UInt64 = 42
  @Option(
    help: ArgumentHelp("A .sqlite or .db file.", valueName: "file"))
  var out: String
  @Flag(help: "Replace the file if it exists.")
  var force = false
  @OptionGroup var report: ReportOptions

  private static let mostCustomers = 1_000_000
  private static let mostProducts = 20_000

  func run() throws {
    try check("--customers", customers, most: Self.mostCustomers, advice: "try --customers 1000")
    try check("--products", products, most: Self.mostProducts, advice: "try --products 500")
    guard [".sqlite", ".sqlite3", ".db"].contains(where: out.hasSuffix), !out.contains("://") else {
      throw CommandLineError(
        facts: "--out is '\(out)', expected a name that ends in .sqlite or .db",
        advice: "give --out such a name; the tables are written as a SQLite database", code: .usage)
    }
    try OutputPlace.check(files: [out], replaces: force)
    Interruption.unlinkOnForcedExit(Table.temporaryPath(for: out))
    let bar = ProgressBar()
    defer { bar.close() }
    bar.show(.phase("generating"))
    let made = try ClassicModelsGenerator(customers: customers, products: products, seed: seed)
      .write(to: out) { written in
        if Interruption.isRequested { throw TaskError.cancelled }
        bar.show(
          .round(RoundProgress(round: written, rounds: customers, validationLoss: nil)))
      }
    bar.close()
    try report.write(made) {
      """
      \(out): \(made.customers.counted("customer")), \(made.products.counted("product")), \
      \(made.orders.counted("order")), \(made.ratings.counted("rating")) by \
      \(made.raters.counted("customer"))
      ratings: mean \(made.meanRating.fixed(3)), RMSE of the mean \(made.globalMeanRMSE.fixed(3)), \
      of the best prediction from features \(made.featureRMSE.fixed(3)), of the best possible \
      prediction \(made.bestRMSE.fixed(3))

      """
    }
  }

  private func check(_ flag: String, _ value: Int, most: Int, advice: String) throws {
    guard (1...most).contains(value) else {
      throw CommandLineError(
        facts: "\(flag) is \(value), expected a whole number from 1 to \(most)", advice: advice,
        code: .usage)
    }
  }
}
