// Rows that belong together, such as those of one customer. A split that deals such rows to both of
// its sides judges a model on what it has learnt.

/// Groups of rows; a row that belongs to no other is a group of its own.
public struct RowGroups: Sendable, Equatable {
  /// For each row the first row of its group.
  public let leaders: [Int32]

  /// Joins the rows that any of some relations joins.
  ///
  /// - Parameter relations: each has for every row an earlier row that it belongs to, or the row
  ///   itself.
  /// - Returns: nil if no two rows belong together.
  public init?(joining relations: [[Int32]]) {
    guard let first = relations.first else { return nil }
    var leaders = first.indices.map { Int32($0) }
    func leader(of row: Int32) -> Int32 {
      var row = row
      while leaders[Int(row)] != row {
        leaders[Int(row)] = leaders[Int(leaders[Int(row)])]
        row = leaders[Int(row)]
      }
      return row
    }
    var joins = false
    for relation in relations {
      precondition(relation.count == leaders.count, "relations of different tables")
      for (row, other) in relation.enumerated() where other != Int32(row) {
        joins = true
        let (own, others) = (leader(of: Int32(row)), leader(of: other))
        leaders[Int(max(own, others))] = min(own, others)
      }
    }
    guard joins else { return nil }
    // A leader comes before its rows, so that one pass shortens every way to one step.
    for row in leaders.indices { leaders[row] = leaders[Int(leaders[row])] }
    self.leaders = leaders
  }

  private init(leaders: [Int32]) { self.leaders = leaders }

  /// The groups among some rows, as a table of their own.
  ///
  /// - Returns: nil if no two of them belong together.
  public func selecting(_ rows: [Int32]) -> RowGroups? {
    var placeOf = [Int32](repeating: -1, count: leaders.count)
    var joins = false
    let selected = rows.indices.map { place -> Int32 in
      let leader = Int(leaders[Int(rows[place])])
      if placeOf[leader] < 0 { placeOf[leader] = Int32(place) } else { joins = true }
      return placeOf[leader]
    }
    return joins ? RowGroups(leaders: selected) : nil
  }

  /// The number of rows of each group, at its first row; 0 elsewhere.
  public var sizes: [Int32] {
    var sizes = [Int32](repeating: 0, count: leaders.count)
    for leader in leaders { sizes[Int(leader)] += 1 }
    return sizes
  }

  /// Finds for each row the first one with the same key.
  ///
  /// - Parameter isAlone: the key of rows that belong to no other.
  public static func firstRows(withKeys keys: [UInt64], alone isAlone: UInt64? = nil) -> [Int32] {
    // A table of open addressing, at most half full.
    var bits = 4
    while 1 << bits < 2 * keys.count { bits += 1 }
    var slots = [Int32](repeating: -1, count: 1 << bits)
    let mask = (1 << bits) - 1
    return keys.indices.map { row -> Int32 in
      let key = keys[row]
      if key == isAlone { return Int32(row) }
      var slot = Int(truncatingIfNeeded: key >> 20) & mask
      while slots[slot] >= 0 {
        if keys[Int(slots[slot])] == key { return slots[slot] }
        slot = (slot + 1) & mask
      }
      slots[slot] = Int32(row)
      return Int32(row)
    }
  }
}
