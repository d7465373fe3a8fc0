// Nearest neighbours, and the check of a loaded table by them.

internal import Texts

extension PGVectorTarget {
  /// The rows nearest to a vector, nearest first; of equal distance the first by the bytes of the
  /// identifier.
  ///
  /// - Parameters:
  ///   - excluding: identifiers that are left out.
  ///   - isExact: false lets the database use an index, whose answers are approximate.
  /// - Throws: a `ConnectorError`.
  public func nearest(
    to vector: [Float], in table: String, by metric: VectorMetric, count: Int,
    excluding: [String] = [], isExact: Bool = true
  ) throws -> [VectorNeighbor] {
    try search(table, Self.text(of: vector), metric, count, excluding, isExact)
  }

  /// The rows nearest to a row, without that row.
  ///
  /// - Throws: `ConnectorError.noSuchVector`, or another `ConnectorError`.
  public func nearest(
    toID id: String, in table: String, by metric: VectorMetric, count: Int,
    excluding: [String] = [], isExact: Bool = true
  ) throws -> [VectorNeighbor] {
    guard !id.utf8.contains(0) else { throw ConnectorError.noSuchVector(table: table, id: id) }
    let found = try connection.query(
      "select embedding from \(Self.quoted(table)) where id::text = $1", [id], name: table)
    guard let vector = found.rowCount == 1 ? found.text(0, 0) : nil else {
      throw ConnectorError.noSuchVector(table: table, id: id)
    }
    return try search(table, vector, metric, count, excluding + [id], isExact)
  }

  /// The number of rows of a table.
  public func rowCount(of table: String) throws -> Int {
    let found = try connection.query("select count(*) from \(Self.quoted(table))", name: table)
    return found.text(0, 0).flatMap { Int($0) } ?? 0
  }

  private func search(
    _ table: String, _ vector: String, _ metric: VectorMetric, _ count: Int,
    _ excluding: [String], _ isExact: Bool
  ) throws -> [VectorNeighbor] {
    precondition(count >= 0, "\(count) neighbours")
    // The order by identifiers would keep the database from using an index of vectors, most times.
    let order = isExact ? "distance, id::text collate \"C\"" : "distance"
    // Inside a load the settings last as long as its transaction, outside as long as the
    // connection.
    try connection.execute("set enable_indexscan = \(isExact ? "off" : "on")", name: table)
    let found = try connection.query(
      """
      select id::text, embedding \(metric.sign) $1::vector as distance from \(Self.quoted(table))
      where id::text <> all ($2::text[]) order by \(order) limit \(count)
      """, [vector, PostgreSQLConnection.array(of: excluding)], name: table)
    return (0..<found.rowCount).map { row in
      VectorNeighbor(
        id: found.text(row, 0) ?? "", distance: found.text(row, 1).flatMap { Double($0) } ?? .nan)
    }
  }

  /// Compares a table that was loaded, not yet in its place, with what the caller expects.
  func checkLoaded(_ table: PGVectorTable, _ checks: [NeighborCheck]) throws {
    let staging = Self.stagingName(table)
    let rows = try rowCount(of: staging)
    guard rows == table.ids.count else {
      throw ConnectorError.otherRowCount(table: table.name, found: rows, expected: table.ids.count)
    }
    for check in checks {
      let found = try nearest(
        to: check.vector, in: staging, by: .innerProduct, count: check.expected.count)
      if let (expected, found) = Self.difference(found, check.expected) {
        throw ConnectorError.otherNeighbor(table: table.name, found: found, expected: expected)
      }
    }
  }

  /// How far two float sums of the same products may be apart, beside their size or 1.
  private static let tolerance = 1e-4

  /// The first neighbour that differs: whose distance is another, or who is not expected at all and
  /// not as near as the last that is.
  private static func difference(
    _ found: [VectorNeighbor], _ expected: [VectorNeighbor]
  ) -> (expected: String, found: String)? {
    func isNear(_ first: Double, _ second: Double) -> Bool {
      abs(first - second) <= tolerance * max(1, abs(first), abs(second))
    }
    guard found.count == expected.count else {
      return ("\(expected.count) neighbours", "\(found.count) neighbours")
    }
    let known = Set(texts: expected.map(\.id))
    for (index, (neighbor, wanted)) in zip(found, expected).enumerated() {
      let isTied = isNear(neighbor.distance, expected[expected.count - 1].distance)
      if !isNear(neighbor.distance, wanted.distance)
        || !(known.contains(text: neighbor.id) || isTied)
      {
        return (
          "'\(wanted.id)' at \(wanted.distance) in place \(index + 1)",
          "'\(neighbor.id)' at \(neighbor.distance)"
        )
      }
    }
    return nil
  }

  private static func text(of vector: [Float]) -> String {
    "[\(vector.map(\.description).joined(separator: ","))]"
  }
}
