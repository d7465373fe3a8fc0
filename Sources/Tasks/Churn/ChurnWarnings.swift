// What makes the numbers of a churn model doubtful: rows that were learnt from, features that know
// too much, rows that are too few. Warnings for people; nothing that is written depends on them.
import Artifacts
import GradientBoosting
import Tables
import Texts

/// Doubts about a model or its metrics, one line each.
enum ChurnWarnings {
  /// Rows below which metrics are rough.
  private static let fewRows = 100

  /// The doubts about a test table: that it is the training table, or has customers of it.
  ///
  /// - Parameter identifiers: the identifier columns of the training and of the test table; empty
  ///   where there are none.
  static func overlap(
    training: Manifest.Input, test: Manifest.Input,
    identifiers: (training: [Column], test: [Column])
  ) -> [String] {
    let shown = "\(test.name) of --test"
    if training.fingerprint == test.fingerprint {
      return ["\(shown) is the training data itself: the metrics say nothing about new rows"]
    }
    let known = Set(texts: keys(identifiers.training))
    if known.isEmpty { return [] }
    let tested = keys(identifiers.test)
    let shared = tested.count { known.contains(text: $0) }
    return shared == 0
      ? []
      : [
        "\(shared) of the \(tested.count) rows of \(shown) have an identifier that is in the "
          + "training data too: on customers that were learnt from the metrics are too good"
      ]
  }

  /// The doubt about a table to evaluate on: that the model was trained on it.
  ///
  /// - Parameter test: the test table of training, which was not learnt from.
  static func learntFrom(
    _ table: Manifest.Input, manifest: Manifest, test: String?
  ) -> [String] {
    guard manifest.learntInputs(test: test).contains(where: { $0.fingerprint == table.fingerprint })
    else { return [] }
    return [
      "the model was trained on \(table.name) itself: the metrics say nothing about new rows"
    ]
  }

  /// The doubts about tables to judge on or to calibrate on: that the model continued from was
  /// trained on them.
  static func learntBefore(
    judged: [Manifest.Input], calibrated: Manifest.Input?, by model: ContinuedModel
  ) -> [String] {
    func isLearnt(_ table: Manifest.Input) -> Bool {
      model.learnt.contains { $0.fingerprint == table.fingerprint }
    }
    return judged.filter(isLearnt).map {
      "the model continued from has learnt from the rows of \($0.name): the metrics are too good"
    }
      + [calibrated].compactMap(\.self).filter(isLearnt).map {
        "the model continued from has learnt from the rows of \($0.name), on which calibration is "
          + "fitted: probabilities are too close to 0 and 1"
      }
  }

  /// The doubt that a feature is only known after the event.
  ///
  /// - Parameters:
  ///   - auc: measured on rows that were not learnt from.
  ///   - importances: the features, strongest first.
  static func leak(auc: Double, importances: [ChurnReport.Importance]) -> [String] {
    guard let strongest = importances.first, strongest.gain > 0,
      auc > 0.99 || (auc > 0.95 && strongest.share > 0.8)
    else { return [] }
    return [
      "the AUC is suspiciously high: check whether '\(strongest.feature)', the strongest feature, "
        + "is known before the event, else leave it out with --drop"
    ]
  }

  /// The doubt about metrics of few rows.
  static func fewRows(_ count: Int) -> [String] {
    count < fewRows
      ? ["the metrics are measured on only \(count) rows, and so are rough"] : []
  }

  /// Cells with categories that the model has never seen, for each column that has any.
  static func unseenCategories(in columns: [Column], of trees: BoostedTrees) -> [String] {
    var known: [ByteText: Set<ByteText>] = [:]
    for feature in trees.features {
      switch feature.encoding {
      case .number: continue
      case .category(let levels), .levelValue(let levels, _, _, _):
        known[ByteText(trees.inputs[feature.input].name), default: []]
          .formUnion(levels.map { ByteText($0) })
      }
    }
    return columns.compactMap { column in
      guard case .category(let cells) = column.values, let levels = known[ByteText(column.name)]
      else {
        return nil
      }
      let isUnseen = cells.levels.map { !levels.contains(text: $0) }
      let count = cells.codes.count { $0 >= 0 && isUnseen[Int($0)] }
      guard count > 0 else { return nil }
      let tenths = (1_000 * Double(count) / Double(cells.count)).rounded()
      let share = tenths == 0 ? "less than 0.1" : "\(tenths / 10)"
      return "'\(column.name)' has categories that the model has never seen in \(count) rows "
        + "(\(share) %), such as '\(cells.levels[isUnseen.firstIndex(of: true) ?? 0])'; they are "
        + "treated as README.md says under missing values"
    }
  }

  /// The identifiers of each row as one text, with lengths: any character may be in one.
  private static func keys(_ columns: [Column]) -> [String] {
    guard let first = columns.first else { return [] }
    let cells = columns.map { LabelText($0) }
    return (0..<first.count).map { row in
      cells.map { $0[row] ?? "" }.map { "\($0.utf8.count):\($0)" }.joined()
    }
  }
}
