// Validation after every round, and when to stop.

internal import NumericCore

/// The raw scores of the validation rows, kept up to date tree by tree.
struct ValidationScores<Loss: Objective> {
  private let objective: Loss
  private let dataset: BinnedDataset
  private let labels: [Double]
  private let weights: [Double]?
  private let totalWeight: Double
  private let scores: AlignedBuffer<Double>
  private let pool: WorkerPool

  private static var blockRows: Int { 1_024 }

  /// Prepares rows that have these raw scores before the first tree.
  init(
    objective: Loss, dataset: BinnedDataset, data: TrainingData, rows: [Int32],
    scores: AlignedBuffer<Double>, pool: WorkerPool
  ) {
    self.objective = objective
    self.dataset = dataset
    self.pool = pool
    labels = rows.map { data.labels[Int($0)] }
    weights = data.weights.map { weights in rows.map { weights[Int($0)] } }
    totalWeight = weights?.reduce(0, +) ?? Double(rows.count)
    self.scores = scores
  }

  var isEmpty: Bool { scores.count == 0 || totalWeight <= 0 }

  /// Adds a tree and returns the weighted mean loss.
  func add(_ tree: Tree) -> Double {
    let matrix = dataset.matrix
    let walk = TreeWalk(tree)
    let blocks = (scores.count + Self.blockRows - 1) / Self.blockRows
    let sums = Slots<Double>(count: blocks, repeating: 0)
    let scores = scores.base
    pool.forEachRange(count: labels.count, grain: Self.blockRows) { rows, _ in
      withUnsafeTemporaryAllocation(of: UInt16.self, capacity: rows.count) { leaves in
        guard let base = leaves.baseAddress else { return }
        let first = dataset.trainingCount
        walk.findLeaves(
          rows: first + rows.lowerBound..<first + rows.upperBound, of: matrix, into: base)
        var sum = 0.0
        for (index, row) in rows.enumerated() {
          scores[row] += tree.values[Int(leaves[index])]
          sum += (weights?[row] ?? 1) * objective.loss(score: scores[row], label: labels[row])
        }
        sums[rows.lowerBound / Self.blockRows] = sum
      }
    }
    return sums.values.reduce(0, +) / totalWeight
  }
}

/// Watches the validation loss.
struct EarlyStopping<Loss: Objective> {
  private let validation: ValidationScores<Loss>
  /// After how many rounds without a better loss to stop; 0 means never.
  private let patience: Int
  /// The validation loss after each round; empty without validation rows.
  private(set) var losses: [Double] = []
  private var best = 0

  init(validation: ValidationScores<Loss>, patience: Int) {
    self.validation = validation
    self.patience = patience
  }

  /// Takes note of a new tree.
  ///
  /// - Returns: whether training should stop.
  mutating func observe(_ tree: Tree) -> Bool {
    guard !validation.isEmpty else { return false }
    let loss = validation.add(tree)
    if losses.isEmpty || loss < losses[best] { best = losses.count }
    losses.append(loss)
    return patience > 0 && losses.count - 1 - best >= patience
  }

  /// The number of trees with the least validation loss; all where there is no validation.
  func bestRound(of count: Int) -> Int { losses.isEmpty ? count : best + 1 }
}
