// The categories that a model has learnt from, to find those that are new to it.
import GradientBoosting
import LearningTasks
import Tables
import Texts

/// The categories of the columns that a model reads.
struct KnownCategories: Sendable {
  private let levelsOf: [ByteText: Set<ByteText>]

  /// The categories that the trees of a model can tell apart.
  init(of trees: BoostedTrees) {
    var known: [ByteText: Set<ByteText>] = [:]
    for feature in trees.features {
      switch feature.encoding {
      case .number: continue
      case .category(let levels), .levelValue(let levels, _, _, _):
        known[ByteText(trees.inputs[feature.input].name), default: []]
          .formUnion(levels.map { ByteText($0) })
      }
    }
    levelsOf = known
  }

  /// The columns with categories that the model has never seen.
  func unseen(in columns: [Column]) -> [UnseenCategories] {
    columns.compactMap { column in
      guard case .category(let cells) = column.values, let levels = levelsOf[ByteText(column.name)]
      else { return nil }
      let isUnseen = cells.levels.map { !levels.contains(text: $0) }
      let count = cells.codes.count { $0 >= 0 && isUnseen[Int($0)] }
      guard count > 0 else { return nil }
      return UnseenCategories(
        column: column.name, count: count, present: cells.codes.count { $0 >= 0 },
        rows: cells.count,
        example: cells.levels[isUnseen.firstIndex(of: true) ?? 0],
        known: Array(levels.sorted().prefix(5).map(\.string)))
    }
  }
}
