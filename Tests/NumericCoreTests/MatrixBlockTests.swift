// Block products and factorisations against plain loops, inside larger memory whose rest must stay.
import NumericCore
import TestSupport
import Testing

@Suite(.onOwnThread) struct MatrixBlockTests {
  /// A block inside a wider matrix filled with random numbers.
  struct Framed {
    let buffer: AlignedBuffer<Float>
    let block: MatrixBlock

    init(rows: Int, columns: Int, seed: UInt64) {
      let stride = columns + 3
      buffer = AlignedBuffer(count: (rows + 1) * stride)
      let random = CounterRandom(seed: seed)
      for place in 0..<buffer.count {
        buffer.base[place] = Float(2 * random.uniform(at: UInt64(place)) - 1)
      }
      block = MatrixBlock(buffer.base, rows: rows, columns: columns, stride: stride)
    }

    subscript(row: Int, column: Int) -> Double {
      Double(block.base[row * block.stride + column])
    }

    /// What lies outside the block.
    var frame: [Float] {
      (0..<buffer.count).filter {
        $0 / block.stride >= block.rows || $0 % block.stride >= block.columns
      }.map { buffer.base[$0] }
    }
  }

  static let shapes = [[1, 1, 1], [3, 5, 2], [17, 9, 33], [64, 1, 7], [2, 40, 0], [0, 3, 4]]

  @Test(
    arguments: shapes, [MatrixBlock.TransposedFactor.neither, .left, .right])
  func `products equal plain loops and leave the frame alone`(
    shape: [Int], transposed: MatrixBlock.TransposedFactor
  ) {
    let (m, n, k) = (shape[0], shape[1], shape[2])
    let left =
      transposed == .left
      ? Framed(rows: k, columns: m, seed: 1) : Framed(rows: m, columns: k, seed: 1)
    let right =
      transposed == .right
      ? Framed(rows: n, columns: k, seed: 2) : Framed(rows: k, columns: n, seed: 2)
    let result = Framed(rows: m, columns: n, seed: 3)
    let before = Framed(rows: m, columns: n, seed: 3)
    result.block.setProduct(
      left.block, right.block, transposed: transposed, factor: -0.5, keep: 2)
    #expect(result.frame == before.frame)
    for row in 0..<m {
      for column in 0..<n {
        let sum = (0..<k).reduce(0.0) {
          $0 + (transposed == .left ? left[$1, row] : left[row, $1])
            * (transposed == .right ? right[column, $1] : right[$1, column])
        }
        #expect(abs(result[row, column] - (2 * before[row, column] - 0.5 * sum)) < 1e-4)
      }
    }
  }

  @Test(arguments: [1, 2, 7, 65])
  func `factors multiply back to the matrix and solve its systems`(order: Int) throws {
    let source = Framed(rows: 2 * order + 3, columns: order, seed: 4)
    let gramian = Framed(rows: order, columns: order, seed: 5)
    gramian.block.setUpperGramian(source.block)
    for place in 0..<order { gramian.block.base[place * (gramian.block.stride + 1)] += 1 }
    var full = [[Double]](repeating: [Double](repeating: 0, count: order), count: order)
    for i in 0..<order {
      for j in 0..<order {
        full[i][j] = gramian[min(i, j), max(i, j)]
        let sum = (0..<source.block.rows).reduce(0.0) { $0 + source[$1, i] * source[$1, j] }
        #expect(abs(full[i][j] - sum - (i == j ? 1 : 0)) < 1e-3)
      }
    }
    let lower = Framed(rows: order, columns: order, seed: 6)
    for i in 0..<order {
      for j in 0...i { lower.block.base[i * lower.block.stride + j] = Float(full[i][j]) }
    }
    try lower.block.factorLower()
    for i in 0..<order {
      for j in 0...i {
        let product = (0...j).reduce(0.0) { $0 + lower[i, $1] * lower[j, $1] }
        #expect(abs(product - full[i][j]) < 1e-3)
      }
    }
    // X = (X Lᵀ) L⁻ᵀ and X = L⁻¹ (L X).
    let tall = Framed(rows: 3, columns: order, seed: 7)
    let wide = Framed(rows: order, columns: 3, seed: 8)
    tall.block.divideByTransposedLower(lower.block)
    wide.block.solveLower(lower.block)
    let (tallBefore, wideBefore) = (
      Framed(rows: 3, columns: order, seed: 7), Framed(rows: order, columns: 3, seed: 8)
    )
    for i in 0..<3 {
      for j in 0..<order {
        let rebuilt = (0...j).reduce(0.0) { $0 + tall[i, $1] * lower[j, $1] }
        #expect(abs(rebuilt - tallBefore[i, j]) < 1e-3)
        let solved = (0...j).reduce(0.0) { $0 + lower[j, $1] * wide[$1, i] }
        #expect(abs(solved - wideBefore[j, i]) < 1e-3)
      }
    }
    // X = (X L) L⁻¹.
    let again = Framed(rows: 3, columns: order, seed: 7)
    again.block.divideByLower(lower.block)
    for i in 0..<3 {
      for j in 0..<order {
        let rebuilt = (j..<order).reduce(0.0) { $0 + again[i, $1] * lower[$1, j] }
        #expect(abs(rebuilt - tallBefore[i, j]) < 1e-3)
      }
    }
    try gramian.block.factorUpper()
    var vector = (0..<order).map { Float($0 + 1) }
    gramian.block.solveUpperFactor(&vector)
    for i in 0..<order {
      let left = (0..<order).reduce(0.0) { $0 + full[i][$1] * Double(vector[$1]) }
      #expect(abs(left - Double(i + 1)) < 1e-2)
    }
  }

  @Test func `a block without a Cholesky factor names the minor that fails`() {
    let framed = Framed(rows: 2, columns: 2, seed: 1)
    framed.block.base[0] = 1
    framed.block.base[1] = 2
    framed.block.base[framed.block.stride] = 2
    framed.block.base[framed.block.stride + 1] = 1
    #expect(throws: LinearAlgebra.Failure.notPositiveDefinite(minor: 2)) {
      try framed.block.factorLower()
    }
  }

  @Test func `parts are views and a shape that does not fit stops the program`() async {
    let framed = Framed(rows: 4, columns: 5, seed: 1)
    let part = framed.block.part(rows: 1..<3, columns: 2..<5)
    #expect(part.rows == 2 && part.columns == 3)
    #expect(Double(part.base[part.stride + 1]) == framed[2, 3])
    await #expect(processExitsWith: .failure) {
      let framed = Framed(rows: 2, columns: 2, seed: 1)
      framed.block.setProduct(framed.block, framed.block.part(rows: 0..<1))
    }
  }
}
