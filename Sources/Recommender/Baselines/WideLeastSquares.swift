// One half of an iteration of alternating least squares with wide vectors. A dense system for each
// row would cost the cube of the width, however few interactions there are.
//
// Let O be the vectors of the other side (n x d), H those of the c interactions of a row, w the
// weight of all pairs and p the penalty. The row is x = (w OᵀO + HᵀH + pI)⁻¹ Hᵀ1.
// - Rows with equally many interactions share B = w OᵀO + pI = LLᵀ. With Y = H L⁻ᵀ, Woodbury's
//   identity gives x = L⁻ᵀ Yᵀ (I + YYᵀ)⁻¹ 1.
// - If n < d, then x = Oᵀz, where z solves (OOᵀ + pW⁻¹) z = W⁻¹e; e is 1 at the interactions, and
//   the diagonal of W is w + e. The same identity applies, with B = OOᵀ + (p / w) I, rows of the
//   unit matrix as H, -p / (w (w + 1)) as the factor of YYᵀ, and 1 / (w + 1) instead of 1.

internal import NumericCore

/// Solves the rows of one side in groups of equally many interactions.
final class WideLeastSquares {
  /// Up to this width a dense system for each row costs little, unless rows are short.
  private static let narrowWidth = 256
  /// How many times the mean number of interactions fits into the width where rows are short.
  private static let shortRows = 4
  /// The most interactions whose rows are divided by a factor at a time.
  private static let gatheredRows = 256
  /// The rows of a product that one thread computes at a time.
  private static let productRows = 64

  private let objective: LeastSquaresObjective
  private let pool: WorkerPool
  private let width: Int

  init(_ objective: LeastSquaresObjective, pool: WorkerPool) {
    self.objective = objective
    self.pool = pool
    width = objective.factors
  }

  /// Whether groups of rows cost less than a dense system for each row.
  static func pays(for taken: SparseRows, width: Int) -> Bool {
    width > narrowWidth || taken.indices.count * shortRows <= width * taken.rows
  }

  /// Replaces every row of `solved` by its optimum.
  ///
  /// - Precondition: rows of `other` without an interaction are zeros.
  /// - Throws: `RecommenderError.notPositiveDefinite`.
  func solve(_ solved: MatrixBlock, from other: MatrixBlock, _ taken: SparseRows) throws {
    solved.base.update(repeating: 0, count: solved.rows * width)
    let system = System(other, taken, weight: objective.unobservedWeight)
    setProducts(system)
    let rows = (0..<taken.rows).filter { !taken[$0].isEmpty }
    let groups = Dictionary(grouping: rows) { taken[$0].count }.sorted { $0.key < $1.key }
    var long: [Int] = []
    for (count, rows) in groups {
      guard count <= system.order else {
        long += rows
        continue
      }
      try system.factor(penalty: objective.penalty(count: count, others: other.rows))
      solve(solved, rows: rows, count: count, taken, system)
    }
    // More interactions than numbers in a vector: the dense system is the smaller one.
    guard !long.isEmpty else { return }
    try LeastSquaresSolver(objective, pool: pool).solve(
      solved, from: other, taken, rows: long.sorted())
  }

  /// Computes `w OᵀO` or `OOᵀ`.
  private func setProducts(_ system: System) {
    let vectors = system.vectors
    pool.forEachRange(count: system.order, grain: Self.productRows) { range, _ in
      let part = system.block(system.products).part(rows: range)
      if system.isDual {
        part.setProduct(vectors.part(rows: range), vectors, transposed: .right)
      } else {
        part.setProduct(
          vectors.part(rows: 0..<vectors.rows, columns: range), vectors, transposed: .left,
          factor: Float(objective.unobservedWeight))
      }
    }
  }

  /// Solves rows with the same number of interactions.
  private func solve(
    _ solved: MatrixBlock, rows: [Int], count: Int, _ taken: SparseRows, _ system: System
  ) {
    let chunk = max(1, Self.gatheredRows / count)
    let scratch = (0..<pool.threadCount).map { _ in
      Scratch(rows: chunk, interactions: count, order: system.order, width: width)
    }
    pool.forEachRange(count: (rows.count + chunk - 1) / chunk, grain: 1) { range, worker in
      for number in range {
        let start = number * chunk
        let part = rows[start..<min(rows.count, start + chunk)]
        solve(solved, part, count: count, taken, system, scratch[worker])
      }
    }
  }

  private func solve(
    _ solved: MatrixBlock, _ rows: ArraySlice<Int>, count: Int, _ taken: SparseRows,
    _ system: System, _ scratch: Scratch
  ) {
    let order = system.order
    let gathered = MatrixBlock(scratch.gathered.base, rows: rows.count * count, columns: order)
    for (place, column) in rows.lazy.flatMap({ taken[$0] }).enumerated() {
      system.write(Int(column), to: gathered.base + place * order)
    }
    let lower = system.block(system.lower)
    gathered.divideByTransposedLower(lower)
    let solutions = MatrixBlock(scratch.solutions.base, rows: rows.count, columns: order)
    let small = MatrixBlock(scratch.small.base, rows: count, columns: count)
    let sums = MatrixBlock(scratch.sums.base, rows: 1, columns: count)
    for index in 0..<rows.count {
      let own = gathered.part(rows: index * count..<(index + 1) * count)
      small.setProduct(own, own, transposed: .right, factor: system.correction)
      for place in 0..<count { small.base[place * (count + 1)] += 1 }
      sums.base.update(repeating: system.rightSide, count: count)
      // The eigenvalues are at least w / (w + 1): it has a factor unless it is not finite, and then
      // the result says so.
      _ = try? small.factorUpper()
      small.solveUpperFactor(sums.base)
      solutions.part(rows: index..<index + 1).setProduct(sums, own)
    }
    solutions.divideByLower(lower)
    var result = solutions
    if system.isDual {
      result = MatrixBlock(scratch.results.base, rows: rows.count, columns: width)
      result.setProduct(solutions, system.vectors)
    }
    for (index, row) in rows.enumerated() {
      (solved.base + row * width).update(from: result.base + index * width, count: width)
    }
  }
}

/// What all rows of one side have in common.
private final class System {
  /// The vectors of the other side that any row uses, side by side.
  let vectors: MatrixBlock
  /// Whether the unknowns are factors of these vectors, and not the numbers of a row.
  let isDual: Bool
  /// The number of unknowns.
  let order: Int
  let products: AlignedBuffer<Float>
  /// The factor of the products with the penalty of a group.
  let lower: AlignedBuffer<Float>
  /// The factor of YYᵀ, and the right-hand side of a row's interactions.
  private(set) var correction: Float = 1
  let rightSide: Float
  private let weight: Double
  private let memory: AlignedBuffer<Float>
  /// The place of each vector of the other side among those that are used.
  private let placeOf: [Int32]

  init(_ other: MatrixBlock, _ taken: SparseRows, weight: Double) {
    var placeOf = [Int32](repeating: -1, count: other.rows)
    for column in taken.indices { placeOf[Int(column)] = 0 }
    let used = placeOf.indices.filter { placeOf[$0] == 0 }
    memory = AlignedBuffer(count: used.count * other.columns)
    for (place, row) in used.enumerated() {
      placeOf[row] = Int32(place)
      (memory.base + place * other.columns).update(
        from: other.base + row * other.stride, count: other.columns)
    }
    vectors = MatrixBlock(memory.base, rows: used.count, columns: other.columns)
    isDual = used.count < other.columns
    order = min(used.count, other.columns)
    products = AlignedBuffer(count: order * order)
    lower = AlignedBuffer(count: order * order)
    rightSide = isDual ? Float(1 / (weight + 1)) : 1
    self.placeOf = placeOf
    self.weight = weight
  }

  /// A square matrix of the unknowns.
  func block(_ buffer: AlignedBuffer<Float>) -> MatrixBlock {
    MatrixBlock(buffer.base, rows: order, columns: order)
  }

  /// Factors the products with a penalty on their diagonal.
  ///
  /// - Throws: `RecommenderError.notPositiveDefinite`.
  func factor(penalty: Double) throws {
    lower.base.update(from: products.base, count: order * order)
    let diagonal = Float(isDual ? penalty / weight : penalty)
    for place in 0..<order { lower.base[place * (order + 1)] += diagonal }
    if isDual { correction = Float(-penalty / (weight * (weight + 1))) }
    do {
      try block(lower).factorLower()
    } catch {
      throw RecommenderError.notPositiveDefinite(what: "alternating least squares")
    }
  }

  /// Writes the row of H of one interaction.
  func write(_ column: Int, to row: UnsafeMutablePointer<Float>) {
    let place = Int(placeOf[column])
    if isDual {
      row.update(repeating: 0, count: order)
      row[place] = 1
    } else {
      row.update(from: vectors.base + place * order, count: order)
    }
  }
}

/// The memory of one thread.
private struct Scratch {
  let gathered: AlignedBuffer<Float>
  let solutions: AlignedBuffer<Float>
  let results: AlignedBuffer<Float>
  let small: AlignedBuffer<Float>
  let sums: AlignedBuffer<Float>

  init(rows: Int, interactions: Int, order: Int, width: Int) {
    gathered = AlignedBuffer(count: rows * interactions * order)
    solutions = AlignedBuffer(count: rows * order)
    results = AlignedBuffer(count: rows * width)
    small = AlignedBuffer(count: interactions * interactions)
    sums = AlignedBuffer(count: interactions)
  }
}
