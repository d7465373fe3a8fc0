// The entities of one step as a tower reads them: table rows and numbers, side by side.

internal import NumericCore

/// Some entities of one side: which rows of the table each sums, and its numbers.
final class TowerBatch {
  let shape: TowerShape
  private let features: EntityFeatures
  /// The entities in the batch.
  private(set) var count = 0
  /// Entity `b` of the batch sums the table rows at `offsets[b] ..< offsets[b + 1]` of `rows`.
  private(set) var offsets: [Int] = [0]
  private(set) var rows: [Int32] = []
  /// `shape.numbers` numbers for each entity of the batch.
  private(set) var numbers: [Float] = []

  init(shape: TowerShape, features: EntityFeatures) {
    self.shape = shape
    self.features = features
  }

  /// Takes other entities.
  ///
  /// - Parameters:
  ///   - entity: the entity at a place of the batch.
  ///   - idRow: the table row of an entity's id, given its place; 0 for unknown.
  func fill(count: Int, entity: (Int) -> Int32, idRow: (Int32) -> Int32) {
    self.count = count
    offsets.removeAll(keepingCapacity: true)
    rows.removeAll(keepingCapacity: true)
    numbers.removeAll(keepingCapacity: true)
    offsets.append(0)
    let firstCategory = Int32(shape.ids)
    for place in 0..<count {
      let index = Int(entity(place))
      if shape.ids > 0 { rows.append(idRow(Int32(index))) }
      for column in index * features.columns..<(index + 1) * features.columns {
        let category = features.categories[column]
        if category >= 0 { rows.append(firstCategory + category) }
      }
      offsets.append(rows.count)
      if shape.numbers > 0 { numbers += features.numbers.row(index) }
    }
  }
}

/// Which places of a batch use each table row: a batch's lists turned round.
///
/// Places ascend inside a row's list, so that sums over them have a fixed order.
struct TableRowUses {
  /// The rows that are used, each once, in the order of their first use.
  private(set) var rows: [Int32] = []
  /// Row `rows[r]` is used at `offsets[r] ..< offsets[r + 1]` of `places`.
  private(set) var offsets: [Int] = []
  private(set) var places: [Int32] = []
  /// For each table row its number among `rows` + 1 while lists are turned round, 0 in between.
  private var numberOf: [Int32]

  init(tableRows: Int) { numberOf = [Int32](repeating: 0, count: tableRows) }

  /// Turns the lists of a batch round, in time proportional to their length.
  mutating func update(_ batch: TowerBatch) {
    rows.removeAll(keepingCapacity: true)
    offsets.removeAll(keepingCapacity: true)
    offsets.append(0)
    for row in batch.rows {
      if numberOf[Int(row)] == 0 {
        rows.append(row)
        offsets.append(0)
        numberOf[Int(row)] = Int32(rows.count)
      }
      offsets[Int(numberOf[Int(row)])] += 1
    }
    for number in 0..<rows.count { offsets[number + 1] += offsets[number] }
    places = [Int32](repeating: 0, count: batch.rows.count)
    var next = offsets
    for place in 0..<batch.count {
      for use in batch.offsets[place]..<batch.offsets[place + 1] {
        let number = Int(numberOf[Int(batch.rows[use])]) - 1
        places[next[number]] = Int32(place)
        next[number] += 1
      }
    }
    for row in rows { numberOf[Int(row)] = 0 }
  }
}
