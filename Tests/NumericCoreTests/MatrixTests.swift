// The BLAS and LAPACK calls against plain loops over random shapes, empty ones included.
import NumericCore
import TestSupport
import Testing

@Suite(.onOwnThread) struct MatrixTests {
  static func random(rows: Int, columns: Int) -> Matrix<Double> {
    let source = CounterRandom(seed: UInt64(rows), stream: UInt64(columns))
    return Matrix(
      rows: rows, columns: columns,
      elements: (0..<rows * columns).map { 2 * source.uniform(at: UInt64($0)) - 1 })
  }

  static let shapes = [(0, 0), (0, 3), (3, 0), (1, 1), (1, 7), (7, 1), (5, 3), (17, 64), (130, 33)]

  @Test func `elements lie row by row`() {
    var matrix = Matrix<Float>(rows: 2, columns: 3, elements: [0, 1, 2, 3, 4, 5])
    #expect(matrix[1, 0] == 3)
    #expect(Array(matrix.row(1)) == [3, 4, 5])
    matrix[0, 2] = 9
    #expect(matrix.elements == [0, 1, 9, 3, 4, 5])
    #expect(Matrix<Double>(rows: 2, columns: 2, repeating: 1).elements == [1, 1, 1, 1])
  }

  @Test(arguments: shapes)
  func `products with a vector equal plain loops`(rows: Int, columns: Int) {
    let matrix = Self.random(rows: rows, columns: columns)
    let wide = Self.random(rows: 1, columns: columns).elements
    let tall = Self.random(rows: 1, columns: rows).elements
    let product = matrix.multiplied(by: wide)
    let transposed = matrix.transposeMultiplied(by: tall)
    #expect(product.count == rows && transposed.count == columns)
    for row in 0..<rows {
      let expected = (0..<columns).reduce(0.0) { $0 + matrix[row, $1] * wide[$1] }
      #expect(abs(product[row] - expected) < 1e-12)
    }
    for column in 0..<columns {
      let expected = (0..<rows).reduce(0.0) { $0 + matrix[$1, column] * tall[$1] }
      #expect(abs(transposed[column] - expected) < 1e-12)
    }
  }

  @Test(arguments: shapes)
  func `the Gramian's upper triangle equals plain loops and the lower is zero`(
    rows: Int, columns: Int
  ) {
    let matrix = Self.random(rows: rows, columns: columns)
    let gramian = matrix.upperGramian()
    #expect(gramian.rows == columns && gramian.columns == columns)
    for i in 0..<columns {
      for j in 0..<columns {
        let expected = i > j ? 0 : (0..<rows).reduce(0.0) { $0 + matrix[$1, i] * matrix[$1, j] }
        #expect(abs(gramian[i, j] - expected) < 1e-12)
      }
    }
  }

  @Test(arguments: [0, 1, 2, 5, 40])
  func `the solution of a positive definite system satisfies it`(order: Int) throws {
    var system = Self.random(rows: 2 * order, columns: order).upperGramian()
    for i in 0..<order { system[i, i] += 0.1 }
    let rightSide = Self.random(rows: 1, columns: order).elements
    let solution = try system.solvingPositiveDefinite(rightSide)
    for i in 0..<order {
      let left = (0..<order).reduce(0.0) { $0 + system[min(i, $1), max(i, $1)] * solution[$1] }
      #expect(abs(left - rightSide[i]) < 1e-9)
    }
  }

  @Test func `a matrix without a Cholesky factor names the minor that fails`() {
    let indefinite = Matrix<Double>(rows: 2, columns: 2, elements: [1, 2, 0, 1])
    #expect(throws: LinearAlgebra.Failure.notPositiveDefinite(minor: 2)) {
      try indefinite.solvingPositiveDefinite([1, 1])
    }
    let singular = Matrix<Double>(rows: 1, columns: 1)
    #expect(throws: LinearAlgebra.Failure.notPositiveDefinite(minor: 1)) {
      try singular.solvingPositiveDefinite([1])
    }
  }

  @Test(arguments: [Double.nan, .infinity])
  func `numbers that are not finite are refused`(value: Double) {
    let system = Matrix<Double>(rows: 2, columns: 2, elements: [value, 0, 0, 1])
    #expect(throws: LinearAlgebra.Failure.notFinite) {
      try system.solvingPositiveDefinite([1, 1])
    }
    let identity = Matrix<Double>(rows: 2, columns: 2, elements: [1, 0, 0, 1])
    #expect(throws: LinearAlgebra.Failure.notFinite) {
      try identity.solvingPositiveDefinite([1, value])
    }
  }

  @Test func `the core name is known and a shape that does not fit stops the program`() async {
    #expect(!LinearAlgebra.coreName.isEmpty)
    await #expect(processExitsWith: .failure) {
      _ = Matrix<Double>(rows: 2, columns: 3).multiplied(by: [1, 2])
    }
  }
}
