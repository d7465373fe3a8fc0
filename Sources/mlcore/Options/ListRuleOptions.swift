// The flags for the items that lists of recommendations may hold.
import ArgumentParser
import Recommendation

/// Which items may be recommended, and how lists are chosen among the best of them.
struct ListRuleOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Recommend only items whose columns fit, such as 'category in (toys, books) and price < 20'.",
      valueName: "condition"))
  var filter: String?
  @Option(
    help: ArgumentHelp(
      "A CSV, TSV or Parquet file with a column of items that are not recommended.",
      valueName: "data"))
  var exclude: String?
  @Option(help: ArgumentHelp("The most items of a category in a list.", valueName: "n"))
  var perCategory: Int?
  @Option(
    help: ArgumentHelp(
      "The item column of categories (default: the first item feature that is one).",
      valueName: "column"))
  var category: String?
  @Option(
    help: ArgumentHelp(
      "How much items shall differ from one another, 0 to 1 (default: 0).", valueName: "share"))
  var diversity: Double?

  /// The rules without the items of `exclude`.
  ///
  /// - Throws: `CommandLineError`.
  func rules() throws -> ListRules {
    guard category == nil || perCategory != nil else {
      throw CommandLineError(
        facts: "--category was given without --per-category",
        advice: "give --per-category N, the most items of a category in a list", code: .usage)
    }
    var rules = ListRules()
    rules.filter = filter
    rules.perCategory = perCategory
    rules.category = category
    rules.diversity = diversity ?? 0
    return rules
  }
}
