// What is known of each user, or of each item: one row per entity, from a table of its own or from
// the rows of its interactions.
import LearningTasks
import Tables

/// The feature columns of one side, a row for each entity.
struct EntityColumns: Sendable {
  /// The number of entities.
  let count: Int
  /// The row of the table that tells of each entity, -1 for none; empty for an entity without a
  /// table.
  let rows: [Int32]
  /// Columns of categories.
  let categories: [(name: String, values: CategoryColumn)]
  /// Columns of numbers.
  let numbers: [(name: String, values: NumberColumn)]

  /// Takes each entity's values from the first row that tells of it.
  ///
  /// - Parameters:
  ///   - places: the entity of each row of the table, -1 for none.
  init(
    names: [String], places: [Int32], count: Int, table: Table, side: String,
    context: RunContext
  ) {
    self.count = count
    var rowOf = [Int32](repeating: -1, count: count)
    for (row, place) in places.enumerated() where place >= 0 && rowOf[Int(place)] < 0 {
      rowOf[Int(place)] = Int32(row)
    }
    rows = rowOf
    var categories: [(String, CategoryColumn)] = []
    var numbers: [(String, NumberColumn)] = []
    for name in names {
      guard let column = table[name] else { continue }
      switch column.values {
      case .category(let values):
        let codes = rowOf.map { $0 < 0 ? -1 : values.codes[Int($0)] }
        categories.append((name, CategoryColumn(codes: codes, levels: values.levels)))
        let varying = places.indices.first { row in
          places[row] >= 0 && values.codes[row] != codes[Int(places[row])]
        }
        Self.warnIfVarying(varying, name: name, side: side, context: context)
      case .number(let values), .timestamp(let values):
        let all = values.doubles()
        let own = rowOf.map { $0 < 0 ? Double.nan : all[Int($0)] }
        numbers.append((name, NumberColumn(own)))
        let varying = places.indices.first { row in
          guard places[row] >= 0 else { return false }
          let (here, first) = (all[row], own[Int(places[row])])
          return here != first && !(here.isNaN && first.isNaN)
        }
        Self.warnIfVarying(varying, name: name, side: side, context: context)
      case .text:
        context.warn(["the \(side) feature '\(name)' is free text, which the model does not use"])
      }
    }
    self.categories = categories
    self.numbers = numbers
  }

  private static func warnIfVarying(
    _ row: Int?, name: String, side: String, context: RunContext
  ) {
    guard let row else { return }
    context.warn([
      "the \(side) feature '\(name)' differs between rows of one \(side) (row \(row + 1)): the "
        + "value of the first row counts"
    ])
  }
}
