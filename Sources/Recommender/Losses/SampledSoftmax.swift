// The softmax loss of all items that each user took, against negatives that a whole step shares:
//   L = (1 / n) sum_u sum over i of u's items (log S_u - z(u,i)),   z = (u . i) / t
//   S_u = sum over u's items of e^z(u,i) + sum over negatives j that u did not take of e^(z(u,j) + o_j)
// where o_j is -log of the chance that the step draws j, so that S_u has the sum over all items as
// its mean ("logQ correction"). Only negatives cost products of all users of a step, so that a step
// does not become dearer with the number of items that its users took.

internal import CKernels
internal import Glibc
internal import NumericCore

/// The items of a step: its negatives, then the users' items that are no negatives.
struct SampledCandidates {
  /// The candidates; the negatives ascend, and the others ascend behind them.
  var items: [Int32] = []
  /// For each negative -log of the chance that the step draws it.
  var logWeights: [Float] = []
  /// User `u`'s items are at `offsets[u] ..< offsets[u + 1]` of `places`.
  var offsets: [Int] = [0]
  /// Places among the candidates.
  var places: [Int32] = []

  /// The number of negatives.
  var negatives: Int { logWeights.count }
}

/// The loss and its workspace.
final class SampledSoftmax {
  /// The users whose scores one thread computes at a time.
  private static let userBlock = 64
  /// The candidates whose gradient one thread computes at a time.
  private static let candidateBlock = 128
  /// Below every score: the weight of such a negative is zero.
  private static let nothing: Float = -1e30
  private let scale: Float
  /// The most scores of a panel.
  private let mostScores: Int
  private var scores = AlignedBuffer<Float>(count: 0)
  private var scaledUsers = AlignedBuffer<Float>(count: 0)
  /// For each item of a user its score, then the gradient by it.
  private var own = AlignedBuffer<Float>(count: 0)
  private var losses = AlignedBuffer<Double>(count: 0)

  /// - Parameter mostScores: bounds the memory for scores; 64 MiB by default.
  init(temperature: Double, mostScores: Int = 16 << 20) {
    scale = Float(1 / temperature)
    self.mostScores = mostScores
  }

  /// Computes the loss of a step and its gradients by the vectors.
  ///
  /// - Returns: the mean loss of an item of a user.
  func compute(
    users: MatrixBlock, vectors: MatrixBlock, _ candidates: SampledCandidates,
    userGradient: MatrixBlock, candidateGradient: MatrixBlock, pool: WorkerPool
  ) -> Double {
    let negatives = candidates.negatives
    let blocks = max(1, mostScores / max(1, negatives) / Self.userBlock)
    let panel = min(users.rows, blocks * Self.userBlock)
    reserve(candidates, scores: panel * negatives, users: users)
    for start in stride(from: 0, to: users.rows, by: panel) {
      let range = start..<min(users.rows, start + panel)
      pool.forEachRange(count: range.count, grain: Self.userBlock) { part, _ in
        let rows = start + part.lowerBound..<start + part.upperBound
        score(
          rows, at: scores.base + part.lowerBound * negatives, users, vectors, candidates,
          userGradient)
      }
      let weights = MatrixBlock(scores.base, rows: range.count, columns: negatives)
      let scaled = MatrixBlock(scaledUsers.base, rows: users.rows, columns: users.columns)
      pool.forEachRange(count: negatives, grain: Self.candidateBlock) { part, _ in
        candidateGradient.part(rows: part).setProduct(
          weights.part(rows: 0..<range.count, columns: part), scaled.part(rows: range),
          transposed: .left, keep: start == 0 ? 0 : 1)
      }
    }
    addOwn(users, candidates, candidateGradient, pool)
    let total = Double(max(1, candidates.places.count))
    return (0..<users.rows).reduce(0) { $0 + losses.base[$1] } / total
  }

  /// The scores, loss and gradient of a block of users.
  private func score(
    _ rows: Range<Int>, at base: UnsafeMutablePointer<Float>, _ users: MatrixBlock,
    _ vectors: MatrixBlock, _ candidates: SampledCandidates, _ gradient: MatrixBlock
  ) {
    let width = users.columns
    let negatives = vectors.part(rows: 0..<candidates.negatives)
    let block = MatrixBlock(base, rows: rows.count, columns: negatives.rows)
    block.setProduct(users.part(rows: rows), negatives, transposed: .right)
    var largest = [Float](repeating: Self.nothing, count: rows.count)
    var sums = [Float](repeating: 0, count: rows.count)
    for (index, user) in rows.enumerated() {
      for place in candidates.offsets[user]..<candidates.offsets[user + 1] {
        let candidate = Int(candidates.places[place])
        mlk_dot_rows(
          vectors.base + candidate * width, 1, width, users.base + user * width, own.base + place)
        own.base[place] *= scale
        if candidate < negatives.rows { base[index * block.stride + candidate] = Self.nothing }
      }
    }
    mlk_softmax_rows(
      base, rows.count, block.columns, block.stride, scale, candidates.logWeights, &largest, &sums)
    let result = gradient.part(rows: rows)
    result.setProduct(block, negatives)
    let unit = scale / Float(max(1, candidates.places.count))
    for (index, user) in rows.enumerated() {
      let places = candidates.offsets[user]..<candidates.offsets[user + 1]
      let share = weigh(places, user: user, largest: largest[index], sum: sums[index])
      let row = result.base + index * width
      for column in 0..<width {
        row[column] *= share * unit
        scaledUsers.base[user * width + column] = users.base[user * width + column] * share * unit
      }
      for place in places {
        own.base[place] *= unit
        mlk_axpy(
          own.base[place], vectors.base + Int(candidates.places[place]) * width, row, width)
      }
    }
  }

  /// Sets a user's loss, and replaces the scores of the user's items by the gradients by them.
  ///
  /// - Parameters:
  ///   - largest: the largest score of a negative.
  ///   - sum: the sum of e^(score - largest) over the negatives.
  /// - Returns: what turns these powers into gradients by the negatives' scores.
  private func weigh(_ places: Range<Int>, user: Int, largest: Float, sum: Float) -> Float {
    losses.base[user] = 0
    guard !places.isEmpty else { return 0 }
    let top = places.reduce(largest) { max($0, own.base[$1]) }
    let share = expf(largest - top)
    let all = places.reduce(sum * share) { $0 + expf(own.base[$1] - top) }
    let taken = Float(places.count)
    var loss = Double(taken) * (Double(top) + log(Double(all)))
    for place in places {
      loss -= Double(own.base[place])
      own.base[place] = taken * expf(own.base[place] - top) / all - 1
    }
    losses.base[user] = loss
    return taken * share / all
  }

  /// Adds what users say for their own items to the candidates' gradient, in the order of the users.
  private func addOwn(
    _ users: MatrixBlock, _ candidates: SampledCandidates, _ gradient: MatrixBlock,
    _ pool: WorkerPool
  ) {
    let width = users.columns
    var starts = [Int](repeating: 0, count: candidates.items.count + 1)
    for candidate in candidates.places { starts[Int(candidate) + 1] += 1 }
    for candidate in candidates.items.indices { starts[candidate + 1] += starts[candidate] }
    var next = starts
    var uses = [(place: Int, user: Int)](repeating: (0, 0), count: candidates.places.count)
    for user in 0..<users.rows {
      for place in candidates.offsets[user]..<candidates.offsets[user + 1] {
        let candidate = Int(candidates.places[place])
        uses[next[candidate]] = (place, user)
        next[candidate] += 1
      }
    }
    pool.forEachRange(count: candidates.items.count, grain: Self.candidateBlock) { range, _ in
      for candidate in range {
        let row = gradient.base + candidate * width
        if candidate >= candidates.negatives { row.update(repeating: 0, count: width) }
        for use in uses[starts[candidate]..<starts[candidate + 1]] {
          mlk_axpy(own.base[use.place], users.base + use.user * width, row, width)
        }
      }
    }
  }

  private func reserve(_ candidates: SampledCandidates, scores count: Int, users: MatrixBlock) {
    if scores.count < count { scores = AlignedBuffer(count: count) }
    if own.count < candidates.places.count {
      own = AlignedBuffer(count: candidates.places.count)
    }
    if scaledUsers.count < users.rows * users.columns {
      scaledUsers = AlignedBuffer(count: users.rows * users.columns)
    }
    if losses.count < users.rows { losses = AlignedBuffer(count: users.rows) }
  }
}
