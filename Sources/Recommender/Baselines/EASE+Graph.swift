// EASE as a sparse graph of items, which keeps the weights that matter.

internal import Glibc
public import NumericCore

extension EASE {
  /// The items with the largest weights of each item, in absolute size, with their signs.
  ///
  /// - Parameter most: the most arcs of an item.
  public func graph(arcs most: Int, pool: WorkerPool) -> ItemGraph {
    let items = weights.rows
    return ItemGraph.build(items: items, pool: pool) { item, _, rows in
      let row = weights.row(item)
      var strongest = StrongestItems(limit: most)
      for (other, weight) in row.enumerated() where weight != 0 {
        strongest.offer(Int32(other), strength: abs(weight))
      }
      for other in strongest.drain().sorted() {
        rows.columns.append(other)
        rows.weights.append(row[row.startIndex + Int(other)])
      }
    }
  }
}
