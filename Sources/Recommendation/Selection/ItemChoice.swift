// Rules of lists as they apply to the items of one model.
import NumericCore
import Preprocessing
import Recommender
import Tables
import Texts

/// The items of a model that may be recommended, and how lists are chosen among them.
struct ItemChoice: Sendable {
  /// The places of the items that may be recommended, ascending; nil where all may be.
  let allowed: [Int32]?
  let selection: ListSelection
  /// The values of the filter that no item has.
  let unknownValues: [ItemFilter.UnknownValue]

  /// Applies rules to a model.
  ///
  /// Items of which the model knows nothing are never recommended.
  ///
  /// - Throws: `RecommendationError.badFilter`, `.noCategory`, `.ruleOutOfRange`.
  init(_ rules: ListRules, model: RecommenderModel, blankItems: [Int32]) throws {
    var isAllowed = [Bool](repeating: true, count: model.items.count)
    for item in blankItems { isAllowed[Int(item)] = false }
    for item in rules.excluded.compactMap({ model.items.place(ofCell: $0) }) {
      isAllowed[item] = false
    }
    if let filter = rules.filter {
      let filter = try ItemFilter(filter, items: model.itemTable)
      for (item, passes) in filter.passes.enumerated() where !passes { isAllowed[item] = false }
      unknownValues = filter.unknownValues
    } else {
      unknownValues = []
    }
    allowed =
      isAllowed.allSatisfy(\.self)
      ? nil : isAllowed.indices.filter { isAllowed[$0] }.map(Int32.init)
    guard (0...1).contains(rules.diversity) else {
      throw RecommendationError.ruleOutOfRange(
        rule: "diversity", found: rules.diversity.description, expected: "0 to 1")
    }
    guard let perCategory = rules.perCategory else {
      selection = ListSelection(diversity: rules.diversity)
      return
    }
    guard perCategory >= 1 else {
      throw RecommendationError.ruleOutOfRange(
        rule: "items per category", found: "\(perCategory)", expected: "at least 1")
    }
    selection = ListSelection(
      groups: try Self.groups(rules.category, model: model), perGroup: perCategory,
      diversity: rules.diversity)
  }

  /// The category of each item, -1 for an item without one.
  private static func groups(_ name: String?, model: RecommenderModel) throws -> [Int32] {
    let table = model.itemTable
    guard let name = name ?? model.layout.itemEncoding.encoder.featureNames.first,
      let column = table.column(named: name)
    else {
      throw RecommendationError.noCategory(
        name: name, known: table.names,
        suggestion: name.flatMap { Suggestion.nearest(to: $0, in: table.names) })
    }
    switch column.values {
    case .category(let values): return values.codes
    case .number(let values), .timestamp(let values):
      var codes: [Double: Int32] = [:]
      return values.doubles().map { value in
        if value.isNaN { return -1 }
        if let code = codes[value] { return code }
        codes[value] = Int32(codes.count)
        return Int32(codes.count - 1)
      }
    case .text: preconditionFailure("a column of texts")
    }
  }
}
