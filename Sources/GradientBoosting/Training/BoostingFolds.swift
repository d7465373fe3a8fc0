// The rows of a table in folds, binned once for all trainings on them.

public import NumericCore
internal import Tables

/// Labelled rows in folds, of which each is validated on by trainings that learn from the others.
///
/// All folds lie in one binned matrix, fold after fold: bins are chosen on all rows, of which they
/// see the values but not the labels. Where a column has so many categories that ordered target
/// statistics stand for it, which do depend on labels, each fold gets a matrix of its own, with
/// statistics of the other folds alone.
public struct BoostingFolds: Sendable {
  /// What a training that validates on one fold works on.
  struct Part: Sendable {
    let dataset: BinnedDataset
    /// The row of the table that each row of the matrix is.
    let rows: [Int32]
    /// The rows of the matrix to validate on.
    let validation: Range<Int>
  }

  let data: TrainingData
  let parts: [Part]
  private let configuration: BoostingConfiguration

  /// The number of folds.
  public var count: Int { parts.count }

  /// The rows of all folds together.
  public var rowCount: Int { parts[0].rows.count }

  /// The number of features of the binned matrix.
  public var featureCount: Int { parts[0].dataset.features.count }

  /// Bins the rows.
  ///
  /// - Parameters:
  ///   - folds: for each fold its rows, ascending; at least two, of which none is empty.
  ///   - configuration: what decides the bins; trainings may differ in everything else.
  /// - Throws: `GradientBoostingError`.
  public init(
    _ data: TrainingData, folds: [[Int32]], configuration: BoostingConfiguration, seed: UInt64,
    pool: WorkerPool
  ) throws {
    precondition(folds.count >= 2 && folds.allSatisfy { !$0.isEmpty }, "folds need rows")
    let all = folds.flatMap { $0 }.sorted()
    try data.check(rows: all, labelKind: .real)
    try data.check(monotoneConstraints: configuration.monotoneConstraints)
    var relative = data
    relative.weights = data.weights.map { TrainingData.relativeWeights($0, rows: all) }
    self.data = relative
    self.configuration = configuration
    let labels = data.labels.map { Float($0) }
    let weights = relative.weights
    func binner(training: [Int32], validation: [Int32], stream: UInt64) -> FeatureBinner {
      FeatureBinner(
        columns: data.features, labels: labels, weights: weights, trainingRows: training,
        validationRows: validation, configuration: configuration,
        random: CounterRandom(seed: seed).split(1).split(stream), pool: pool)
    }
    if let shared = binner(training: all, validation: [], stream: 0).dataset(parts: folds) {
      let rows = folds.flatMap { $0 }
      var start = 0
      parts = folds.map { fold in
        defer { start += fold.count }
        return Part(dataset: shared, rows: rows, validation: start..<start + fold.count)
      }
    } else {
      parts = folds.enumerated().map { index, fold in
        let training = folds.enumerated().filter { $0.offset != index }.flatMap { $0.element }
          .sorted()
        return Part(
          dataset: binner(training: training, validation: fold, stream: UInt64(index + 1))
            .dataset(),
          rows: training + fold, validation: training.count..<training.count + fold.count)
      }
    }
    guard parts.allSatisfy({ !$0.dataset.features.isEmpty }) else {
      throw GradientBoostingError.noUsableFeature
    }
    let most = BoostingLimits.mostFeatures
    if let found = parts.map(\.dataset.features.count).max(), found > most {
      throw GradientBoostingError.tooManyFeatures(found: found, most: most)
    }
  }

  /// Whether a configuration has the bins that these folds were made with.
  func fits(_ other: BoostingConfiguration) -> Bool {
    other.maxBin == configuration.maxBin && other.maxCatLevels == configuration.maxCatLevels
  }
}
