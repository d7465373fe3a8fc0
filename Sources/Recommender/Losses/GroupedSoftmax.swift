// The softmax loss of all items that each user took, over all candidates at once:
//   L = (1 / n) sum_u (n_u log sum_i e^z(u,i) - sum of z(u,i) over u's items),   z = (u . i) / t
// where n_u counts u's items and n all of them.
//
// The gradient by z is n_u p(u,i) - [u took i], and everything else is matrix products. Scores are
// computed for a panel of users at a time, in memory that is given back to the next panel.

internal import CKernels
internal import Glibc
internal import NumericCore

/// The candidates that each user of a step took, as places among the candidates.
struct Positives {
  /// User `u`'s are at `offsets[u] ..< offsets[u + 1]` of `places`.
  var offsets: [Int] = [0]
  var places: [Int32] = []
}

/// The loss and its workspace.
final class GroupedSoftmax {
  /// The users whose scores one thread computes at a time.
  private static let userBlock = 64
  /// The candidates whose gradient one thread computes at a time.
  private static let candidateBlock = 128
  private let scale: Float
  /// The most scores of a panel.
  private let mostScores: Int
  private var scores = AlignedBuffer<Float>(count: 0)
  private var scaledUsers = AlignedBuffer<Float>(count: 0)
  private var losses = AlignedBuffer<Double>(count: 0)

  /// - Parameter mostScores: bounds the memory for scores; 64 MiB by default.
  init(temperature: Double, mostScores: Int = 16 << 20) {
    scale = Float(1 / temperature)
    self.mostScores = mostScores
  }

  /// Computes the loss of a step and its gradients by the vectors.
  ///
  /// - Returns: the mean loss of a positive.
  func compute(
    users: MatrixBlock, candidates: MatrixBlock, positives: Positives,
    userGradient: MatrixBlock, candidateGradient: MatrixBlock, pool: WorkerPool
  ) -> Double {
    let count = candidates.rows
    let total = positives.places.count
    let blocks = max(1, mostScores / max(1, count) / Self.userBlock)
    let panel = min(users.rows, blocks * Self.userBlock)
    reserve(scores: panel * count, users: users.rows, width: users.columns)
    for start in stride(from: 0, to: users.rows, by: panel) {
      let range = start..<min(users.rows, start + panel)
      pool.forEachRange(count: range.count, grain: Self.userBlock) { part, _ in
        let rows = range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound
        score(
          rows, at: scores.base + part.lowerBound * count, users, candidates, positives,
          userGradient, total: total)
      }
      let weights = MatrixBlock(scores.base, rows: range.count, columns: count)
      let scaled = MatrixBlock(scaledUsers.base, rows: users.rows, columns: users.columns)
      pool.forEachRange(count: count, grain: Self.candidateBlock) { part, _ in
        candidateGradient.part(rows: part).setProduct(
          weights.part(rows: 0..<range.count, columns: part), scaled.part(rows: range),
          transposed: .left, keep: start == 0 ? 0 : 1)
      }
    }
    return (0..<users.rows).reduce(0) { $0 + losses.base[$1] } / Double(max(1, total))
  }

  /// The scores, loss and gradient of a block of users.
  ///
  /// The scores become `e^(z - largest)`, less `sum / n_u` for the user's own items; times
  /// `n_u / sum` they are the gradient by z. That factor goes to the users' side of the products.
  private func score(
    _ rows: Range<Int>, at base: UnsafeMutablePointer<Float>, _ users: MatrixBlock,
    _ candidates: MatrixBlock, _ positives: Positives, _ gradient: MatrixBlock, total: Int
  ) {
    let block = MatrixBlock(base, rows: rows.count, columns: candidates.rows)
    block.setProduct(users.part(rows: rows), candidates, transposed: .right)
    var largest = [Float](repeating: 0, count: rows.count)
    var sums = [Float](repeating: 0, count: rows.count)
    var own = [Double](repeating: 0, count: rows.count)
    for (index, user) in rows.enumerated() {
      let row = base + index * block.stride
      for place in positives.offsets[user]..<positives.offsets[user + 1] {
        let candidate = Int(positives.places[place])
        own[index] += Double(row[candidate] * scale)
      }
    }
    mlk_softmax_rows(base, rows.count, block.columns, block.stride, scale, nil, &largest, &sums)
    for (index, user) in rows.enumerated() {
      let taken = Float(positives.offsets[user + 1] - positives.offsets[user])
      losses.base[user] =
        Double(taken) * (Double(largest[index]) + log(Double(sums[index]))) - own[index]
      guard taken > 0 else { continue }
      let row = base + index * block.stride
      for place in positives.offsets[user]..<positives.offsets[user + 1] {
        row[Int(positives.places[place])] -= sums[index] / taken
      }
    }
    let result = gradient.part(rows: rows)
    result.setProduct(block, candidates)
    for (index, user) in rows.enumerated() {
      let taken = Float(positives.offsets[user + 1] - positives.offsets[user])
      let factor = scale * taken / sums[index] / Float(max(1, total))
      for column in 0..<users.columns {
        result.base[index * result.stride + column] *= factor
        scaledUsers.base[user * users.columns + column] =
          users.base[user * users.stride + column] * factor
      }
    }
  }

  private func reserve(scores count: Int, users: Int, width: Int) {
    if scores.count < count { scores = AlignedBuffer(count: count) }
    if scaledUsers.count < users * width { scaledUsers = AlignedBuffer(count: users * width) }
    if losses.count < users { losses = AlignedBuffer(count: users) }
  }
}
