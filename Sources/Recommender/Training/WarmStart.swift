// First embeddings of linear towers from a few iterations of alternating least squares: epochs of
// the softmax take several times as long to come as far.

internal import NumericCore

/// Vectors of one length whose inner products order items as the factors' do.
struct WarmStart {
  /// One row for each user: the factors and a 0.
  let users: Matrix<Float>
  /// One row for each item: the factors and what is missing to the longest one's length.
  let items: Matrix<Float>

  /// Widens factors by one column, so that scaling rows to unit length keeps the order of items.
  ///
  /// Factors know how popular an item is by their length, which unit length would lose. With
  /// `sqrt(M^2 - |v|^2)` as one more element, where `M` is the greatest length, all items are
  /// equally long, and against a user's 0 it changes no inner product.
  init(_ factors: ImplicitALS) {
    let squares = (0..<factors.items.rows).map { item in
      factors.items.row(item).reduce(Float(0)) { $0 + $1 * $1 }
    }
    let longest = squares.max() ?? 0
    users = Self.widened(factors.users) { _ in 0 }
    items = Self.widened(factors.items) { max(0, longest - squares[$0]).squareRoot() }
  }

  /// A matrix with one more column.
  private static func widened(_ matrix: Matrix<Float>, last: (Int) -> Float) -> Matrix<Float> {
    var elements: [Float] = []
    elements.reserveCapacity(matrix.rows * (matrix.columns + 1))
    for row in 0..<matrix.rows {
      elements += matrix.row(row)
      elements.append(last(row))
    }
    return Matrix(rows: matrix.rows, columns: matrix.columns + 1, elements: elements)
  }
}
