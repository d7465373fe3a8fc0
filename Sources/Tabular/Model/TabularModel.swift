// A trained booster with the columns that it reads, whatever it predicts.
import Configuration
package import GradientBoosting
package import LearningTasks
import ModelFormats
package import NumericCore
import Storage
package import Tables
import Texts

/// A trained model of trees over the columns of a table.
package protocol TabularModel: TrainedModel {
  associatedtype Layout: TableLayout
  /// How a table must look.
  var layout: Layout { get }
  /// The trees.
  var trees: BoostedTrees { get }

  /// The prediction for each row of a table.
  ///
  /// - Throws: `GradientBoostingError.missingFeature`.
  func predict(_ table: Table, pool: WorkerPool) throws -> [Double]
}

extension TabularModel {
  /// Reads the trees of a model file, and checks them against the columns of its folder.
  ///
  /// - Parameter objectives: those that the trees may be grown for.
  /// - Throws: `StorageError`.
  static func trees(
    _ file: SafetensorsFile, of objectives: [any Objective], layout: Layout, layoutFile: String
  ) throws -> BoostedTrees {
    let trees: BoostedTrees
    do {
      trees = try BoostedTrees(file)
    } catch let error as GradientBoostingError {
      throw StorageError.corrupt(
        file: file.file, item: "trees", found: "with a problem (\(error.description))",
        expected: "those that training wrote")
    }
    let (objective, names) = (type(of: trees.objective).name, objectives.map { type(of: $0).name })
    guard names.contains(objective) else {
      throw StorageError.corrupt(
        file: file.file, item: "the objective", found: objective,
        expected: names.joined(separator: " or "))
    }
    for input in trees.inputs {
      let field = Schema.Field(name: input.name, kind: input.kind)
      guard layout.features.contains(field) else {
        throw StorageError.corrupt(
          file: layoutFile, item: "features",
          found: "without '\(input.name)' of the kind \(input.kind.rawValue)",
          expected: "every column that \(Self.fileName) reads")
      }
    }
    return trees
  }

  /// Tells of columns of a table that are missing in all rows, and of categories that the model has
  /// never seen.
  ///
  /// - Parameters:
  ///   - categories: those of the model; nil looks them up.
  ///   - refusing: whether a column that has nothing else is an error, unless there is one row.
  /// - Throws: `TaskError.unknownCategories`.
  func checkCategories(
    of table: Table, knowing categories: KnownCategories? = nil, data: String,
    refusing: Bool = true, context: RunContext
  ) throws {
    let features = layout.features(of: table)
    let columns = (categories ?? KnownCategories(of: trees)).unseen(in: features)
    if refusing, let all = columns.first(where: { $0.count == $0.rows && $0.rows > 1 }) {
      throw TaskError.unknownCategories(
        column: all.column, example: all.example, known: all.known, data: data)
    }
    context.warn(TableWarnings.emptyColumns(in: features, of: trees))
    TableWarnings.tellUnseen(columns, context: context)
  }

  /// The columns of training, whether the model reads them or not.
  var knownNames: Set<ByteText> {
    Set(
      texts: layout.features.map(\.name) + layout.id + layout.dropped.map(\.name)
        + [layout.target.name])
  }

  /// Checks that as many reasons can be given.
  ///
  /// - Throws: `TaskError.reasons`.
  func check(reasons: Int?) throws {
    let most = trees.inputs.count
    if let reasons, !(1...most).contains(reasons) {
      throw TaskError.reasons(found: reasons, most: most)
    }
  }

  /// Checks that the model has as many interactions.
  ///
  /// - Throws: `TaskError.interactions`.
  func check(interactions: Int?) throws {
    guard let interactions else { return }
    let most = trees.joinedInputs.count
    guard interactions >= 1, interactions <= most else {
      throw TaskError.interactions(found: interactions, most: most)
    }
  }
}

/// The score of one row by the names of its columns.
struct NamedRowScorer: Sendable {
  private let scorer: RowScorer
  /// The columns that the model reads, in the order of the scorer.
  private let inputNames: [ByteText]
  private let knownNames: Set<ByteText>
  /// For each column of the model's cell reader its place among the inputs; nil for identifiers.
  private let inputOfPlace: [Int?]
  /// Whether all features are inputs, so that a look at the inputs is a look at all cells.
  private let readsAllFeatures: Bool

  init(_ model: some TabularModel) {
    scorer = RowScorer(model.trees)
    inputNames = scorer.inputs.map { ByteText($0.name) }
    knownNames = model.knownNames
    let names = inputNames
    inputOfPlace = model.layout.cellFields.map { names.firstIndex(of: ByteText($0.name)) }
    readsAllFeatures = inputOfPlace.count { $0 != nil } == model.layout.features.count
  }

  /// Checks that training had a column.
  ///
  /// - Throws: `TaskError.unknownColumn`.
  func requireKnown(_ name: ByteText) throws {
    guard !knownNames.contains(name) else { return }
    throw TaskError.unknownColumn(
      name: name.string,
      suggestion: Suggestion.nearest(to: name.string, in: knownNames.sorted().map(\.string)))
  }

  /// The raw scores of the rows of a table; nil if it lacks a column.
  func rawScores(of table: Table) -> [Double]? {
    var columns: [Column] = []
    columns.reserveCapacity(scorer.inputs.count)
    for input in scorer.inputs {
      guard let column = table[input.name] else { return nil }
      columns.append(column)
    }
    return (0..<table.rowCount).map { row in
      scorer.rawScore(columns.map { $0.cell(row: row) })
    }
  }

  /// The raw scores of rows in memory.
  ///
  /// - Parameters:
  ///   - columns: of the reader's columns of features some or all, in any order.
  ///   - places: where each of them is in the schema of the reader.
  /// - Returns: nil if a column is lacking, or a cell is not what its column is: then a table of the
  ///   columns tells what is wrong.
  func rawScores(
    of columns: [CellColumn], at places: [Int], rowCount: Int, by reader: CellReader
  ) -> [Double]? {
    guard readsAllFeatures else { return nil }
    var sources = [Int](repeating: -1, count: scorer.inputs.count)
    for (index, place) in places.enumerated() {
      if let input = inputOfPlace[place] { sources[input] = index }
    }
    guard !sources.contains(-1) else { return nil }
    var row = [RowScorer.Cell](repeating: .missing, count: sources.count)
    var scores: [Double] = []
    scores.reserveCapacity(rowCount)
    for index in 0..<rowCount {
      for (input, source) in sources.enumerated() {
        let cell = columns[source].cells[index]
        switch scorer.inputs[input].kind {
        case .number, .timestamp:
          guard let value = reader.number(cell, place: places[source]), !value.isInfinite else {
            return nil
          }
          row[input] = .number(value)
        case .category, .text:
          row[input] =
            reader.category(cell, place: places[source]).map { .category($0) } ?? .missing
        }
      }
      scores.append(scorer.rawScore(row))
    }
    return scores
  }

  /// The raw score of a row; what is left out of it is missing.
  ///
  /// - Throws: `TaskError.unknownColumn`, `.unusableValue`.
  func rawScore(_ row: FeatureRow) throws -> Double {
    for name in row.values.keys { try requireKnown(name) }
    return scorer.rawScore(
      try zip(scorer.inputs, inputNames).map { input, name in
        try Self.cell(input, row.values[name])
      })
  }

  private static func cell(
    _ input: BoostedTrees.Input, _ value: FeatureValue?
  ) throws -> RowScorer.Cell {
    guard let value else { return .missing }
    switch input.kind {
    case .category, .text: return value.text.map(RowScorer.Cell.category) ?? .missing
    case .number, .timestamp:
      guard let number = value.number, number.isFinite else {
        throw TaskError.unusableValue(
          column: input.name, found: value.text ?? "",
          expected: input.kind == .number ? "a number" : "seconds since 1970-01-01 UTC")
      }
      return .number(number)
    }
  }
}

extension Column {
  /// The value of a row.
  fileprivate func cell(row: Int) -> RowScorer.Cell {
    switch values {
    case .number(let numbers), .timestamp(let numbers): .number(numbers[row])
    case .category(let categories): categories[row].map(RowScorer.Cell.category) ?? .missing
    case .text: .missing
    }
  }
}
