// A labelled customer table whose true probabilities are known, of any length: blocks of rows are
// made in parallel and written in order, so memory does not grow with the table.

public import NumericCore

/// What a generated table contains, and the best that any model can do on it.
public struct GeneratedChurn: Codable, Sendable, Equatable {
  /// The number of rows.
  public let rows: Int
  /// The number of customers who left.
  public let positives: Int
  /// The AUC of the true probabilities against the drawn labels; nil if all labels are the same.
  ///
  /// Exact to about 1e-4: probabilities that agree in their first 16 binary digits count as tied.
  public let bestAUC: Double?
  /// The log loss of the true probabilities against the drawn labels.
  public let bestLogLoss: Double

  private enum CodingKeys: String, CodingKey {
    case rows, positives
    case bestAUC = "best_auc"
    case bestLogLoss = "best_log_loss"
  }
}

/// Writes a telecom's customer table whose label `churn` is drawn from a known probability.
///
/// A row is a pure function of the seed and its number: a shorter table of the same seed is the
/// beginning of a longer one. Tables of different seeds are samples of the same population. About
/// 26 % of the customers leave; the reasons are in the table but for chance: contract, tenure,
/// charges, support calls, interactions of these, informative gaps, and 3,000 cities.
public struct ChurnGenerator: Sendable {
  /// The number of rows, at least 1.
  public let rows: Int
  /// Decides which customers are drawn.
  public let seed: UInt64
  let world = GeneratedWorld()

  /// The rows that one thread makes at a time.
  static let blockRows = 1_024

  /// Describes a table.
  ///
  /// - Precondition: `1 <= rows < 1_000_000_000`, for which customer numbers suffice.
  public init(rows: Int, seed: UInt64) {
    precondition((1..<1_000_000_000).contains(rows), "\(rows) rows cannot be numbered")
    self.rows = rows
    self.seed = seed
  }

  /// Writes the table as CSV; the bytes do not depend on the pool's threads.
  ///
  /// The file gets its name when it is complete and flushed; `-` is standard output.
  ///
  /// - Parameters:
  ///   - progress: called with the number of rows written so far.
  /// - Throws: `StorageError.system`, or what `progress` throws to stop.
  public func write(
    to path: String, pool: WorkerPool, progress: (_ rowsWritten: Int) throws -> Void = { _ in }
  ) throws -> GeneratedChurn {
    let file = try GeneratedFile(path)
    do {
      let result = try write(to: file, pool: pool, progress: progress)
      try file.complete()
      return result
    } catch {
      file.discard()
      throw error
    }
  }

  private func write(
    to file: GeneratedFile, pool: WorkerPool, progress: (Int) throws -> Void
  ) throws -> GeneratedChurn {
    try file.write(Array(GeneratedCustomer.header.utf8))
    // Two sets of blocks: while one is made, the one before is written.
    let width = 2 * pool.threadCount
    var making = (0..<width).map { _ in GeneratedBlock() }
    var writing: [GeneratedBlock] = []
    var outcome = GeneratedOutcome()
    var done = 0
    var start = 0
    while start < rows || done < rows {
      let ranges = (0..<width).map { block in
        let first = min(rows, start + block * Self.blockRows)
        return first..<min(rows, first + Self.blockRows)
      }
      let made = making
      let finished = writing
      var failure: (any Error)?
      // Only the call for index 0 touches `failure`.
      withUnsafeMutablePointer(to: &failure) { failure in
        nonisolated(unsafe) let failure = failure
        pool.forEach(count: width + 1) { index, _ in
          if index > 0 {
            made[index - 1].make(rows: ranges[index - 1], of: self)
            return
          }
          do {
            for block in finished where !block.rows.isEmpty { try file.write(block.text) }
          } catch {
            failure.pointee = error
          }
        }
      }
      if let failure { throw failure }
      for block in finished { outcome.merge(block) }
      done = finished.last?.rows.upperBound ?? 0
      if !finished.isEmpty { try progress(done) }
      start = ranges[width - 1].upperBound
      making = finished.isEmpty ? (0..<width).map { _ in GeneratedBlock() } : finished
      writing = made
    }
    return outcome.summary
  }
}

/// Consecutive rows, as text and as facts about the labels.
///
/// A class because its storage is reused; one thread has it at a time.
final class GeneratedBlock: @unchecked Sendable {
  private(set) var rows = 0..<0
  private(set) var probabilities: [Double] = []
  private(set) var labels: [Bool] = []
  /// The sum of the negative log likelihoods of the labels.
  private(set) var loss = 0.0
  var text: [UInt8] { buffer.bytes }
  private var buffer = LineBuffer()
  private var customers: [GeneratedCustomer] = []

  /// Makes the rows, replacing what the block held.
  func make(rows: Range<Int>, of generator: ChurnGenerator) {
    self.rows = rows
    let randoms = rows.map { CounterRandom(seed: generator.seed, stream: UInt64($0)) }
    customers.removeAll(keepingCapacity: true)
    for random in randoms { customers.append(GeneratedCustomer(random, generator.world)) }
    let usage = VectorMath.exp(customers.map(\.usageLogarithm))
    for index in customers.indices { customers[index].measure(usage[index], randoms[index]) }
    probabilities = VectorMath.sigmoid(customers.map { $0.logOdds(generator.world) })
    labels = zip(customers, probabilities).map { $0.fate < $1 }
    loss = -VectorMath.sum(
      VectorMath.log(zip(labels, probabilities).map { $0 ? $1 : 1 - $1 }))
    buffer.reset(capacity: rows.count * GeneratedCustomer.lineCapacity)
    for (index, row) in rows.enumerated() {
      customers[index].write(row: row, hasChurned: labels[index], to: &buffer)
    }
  }
}

/// What is kept of the blocks that are written: counts by probability, in constant memory.
struct GeneratedOutcome {
  private static let cells = 1 << 16
  /// Per cell of probability: customers who stayed, and who left.
  private var counts = [SIMD2<Int>](repeating: .zero, count: cells)
  private var loss = 0.0

  /// Adds a block; blocks come in the order of their rows.
  mutating func merge(_ block: GeneratedBlock) {
    loss += block.loss
    for (probability, label) in zip(block.probabilities, block.labels) {
      let cell = min(Self.cells - 1, Int(probability * Double(Self.cells)))
      counts[cell][label ? 1 : 0] += 1
    }
  }

  /// The facts about all rows so far.
  var summary: GeneratedChurn {
    let total = counts.reduce(.zero, &+)
    var below = 0.0
    var wins = 0.0
    for count in counts {
      wins += Double(count.y) * (below + 0.5 * Double(count.x))
      below += Double(count.x)
    }
    let hasBoth = total.x > 0 && total.y > 0
    return GeneratedChurn(
      rows: total.x + total.y, positives: total.y,
      bestAUC: hasBoth ? wins / (Double(total.x) * Double(total.y)) : nil,
      bestLogLoss: loss / Double(total.x + total.y))
  }
}
