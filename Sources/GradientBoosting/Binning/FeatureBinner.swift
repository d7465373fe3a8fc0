// From columns to bins: chooses the bins of every feature on the training rows, then bins the
// training rows and, behind them, the validation rows.

internal import NumericCore
internal import Tables
internal import Texts

/// The features of a training run and its binned rows.
///
/// Rows of the matrix are the training rows in their order, then the validation rows.
struct BinnedDataset: Sendable {
  let features: [BinnedFeature]
  let matrix: BinnedMatrix
  /// How many of the matrix's rows are training rows.
  let trainingCount: Int
}

/// Chooses bins and applies them.
struct FeatureBinner {
  let columns: [Column]
  let labels: [Float]
  /// The weight of each row of the table; nil where all weigh 1.
  let weights: [Double]?
  let trainingRows: [Int32]
  let validationRows: [Int32]
  let configuration: BoostingConfiguration
  let random: CounterRandom
  let pool: WorkerPool

  /// Rows whose values choose the cuts of a number; more would not move them noticeably.
  private static let sampleSize = 200_000
  private static let blockRows = 8_192

  /// Bins all columns; constant features are left out.
  func dataset() -> BinnedDataset {
    dataset(fittedEncodings(), parts: [trainingRows, validationRows], trainingParts: 1)
  }

  /// Bins the training rows in parts, one after the other, of which each is ascending.
  ///
  /// - Returns: nil if a feature depends on the labels of the rows that it is trained on, so that
  ///   no part could be validated on.
  func dataset(parts: [[Int32]]) -> BinnedDataset? {
    let encodings = fittedEncodings()
    guard encodings.allSatisfy({ $0.trainingValues == nil }) else { return nil }
    return dataset(encodings, parts: parts, trainingParts: parts.count)
  }

  private func dataset(
    _ encodings: [FittedEncoding], parts: [[Int32]], trainingParts: Int
  ) -> BinnedDataset {
    let features = encodings.map(\.feature)
    let matrix = BinnedMatrix(
      rowCount: parts.reduce(0) { $0 + $1.count }, featureCount: features.count)
    let encoders = encodings.map {
      BinEncoder(feature: $0.feature, column: columns[$0.feature.input])
    }
    var start = 0
    // Each part is ascending, all together are not: no block may reach from one to the next.
    for (part, rows) in parts.enumerated() {
      let blocks = (rows.count + Self.blockRows - 1) / Self.blockRows
      let first = start
      pool.forEach(count: encodings.count * blocks) { task, _ in
        let (index, block) = task.quotientAndRemainder(dividingBy: blocks)
        let range = block * Self.blockRows..<min(rows.count, (block + 1) * Self.blockRows)
        let bins = UnsafeMutableBufferPointer(
          start: matrix.column(index) + first + range.lowerBound, count: range.count)
        // Training rows of ordered statistics have values of their own, in place of their level's.
        if part < trainingParts, let values = encodings[index].trainingValues {
          values.fill(bins, range: range)
        } else {
          encoders[index].encode(rows: rows[range], into: bins)
        }
      }
      start += rows.count
    }
    matrix.transpose(pool: pool)
    return BinnedDataset(
      features: features, matrix: matrix,
      trainingCount: parts.prefix(trainingParts).reduce(0) { $0 + $1.count })
  }

  /// The usable features of all columns, in the order of the columns.
  private func fittedEncodings() -> [FittedEncoding] {
    let sampled = sampledRows()
    let slots = Slots<[FittedEncoding]>(count: columns.count, repeating: [])
    pool.forEach(count: columns.count) { input, _ in
      let fitted: [FittedEncoding] =
        switch columns[input].values {
        case .number(let column), .timestamp(let column):
          [fitNumber(column, input: input, sampled: sampled)]
        case .category(let column):
          fitCategory(column, input: input)
        case .text: []
        }
      slots[input] = fitted.filter { $0.feature.binCount > 2 || $0.hasMissing }
    }
    return slots.values.flatMap { $0 }
  }

  private func sampledRows() -> [Int32] {
    let count = trainingRows.count
    guard count > Self.sampleSize else { return trainingRows }
    let step = Double(count) / Double(Self.sampleSize)
    let random = random.split(1)
    // One row from each stretch of `step` rows, so the sample is ascending and even.
    return (0..<Self.sampleSize).map { index in
      let position = (Double(index) + random.uniform(at: UInt64(index))) * step
      return trainingRows[min(count - 1, Int(position))]
    }
  }

  private func fitNumber(_ column: NumberColumn, input: Int, sampled: [Int32]) -> FittedEncoding {
    var sample = column.doubles(rows: sampled)
    let hasMissing = sample.contains(where: \.isNaN)
    let cuts = QuantileCuts.cuts(
      sample: &sample, maximumBins: configuration.maxBin - (hasMissing ? 1 : 0))
    return FittedEncoding(
      feature: BinnedFeature(
        name: columns[input].name, input: input, encoding: .number(cuts: cuts)),
      hasMissing: hasMissing && !sample.isEmpty, trainingValues: nil)
  }

  private func fitCategory(_ column: CategoryColumn, input: Int) -> [FittedEncoding] {
    var counts = [Int](repeating: 0, count: column.levels.count)
    var missing = 0
    for row in trainingRows {
      let code = column.codes[Int(row)]
      if code < 0 { missing += 1 } else { counts[Int(code)] += 1 }
    }
    // Frequent levels first, ties in the order of the strings: independent of the order of rows.
    let present = counts.indices.filter { counts[$0] > 0 }.sorted {
      (-counts[$0], ByteText(column.levels[$0])) < (-counts[$1], ByteText(column.levels[$1]))
    }
    let name = columns[input].name
    if present.count <= configuration.maxCatLevels {
      let levels = present.map { column.levels[$0] }
      let feature = BinnedFeature(name: name, input: input, encoding: .category(levels: levels))
      return [
        FittedEncoding(
          feature: feature, hasMissing: missing > 0 && !levels.isEmpty, trainingValues: nil)
      ]
    }
    let statistics = TargetStatistics(
      column: column, labels: labels, weights: weights, rows: trainingRows,
      random: random.split(2).split(UInt64(input)))
    let levels = present.map { column.levels[$0] }
    let maximumBins = configuration.maxBin - 1
    func derived(_ suffix: String, values: [Double], otherwise: Double, rowValues: [Double]?)
      -> FittedEncoding
    {
      var sample =
        rowValues
        ?? trainingRows.map { row in
          let code = column.codes[Int(row)]
          return code < 0 ? otherwise : values[Int(code)]
        }
      let cuts = QuantileCuts.cuts(sample: &sample, maximumBins: maximumBins)
      let encoding = BinnedFeature.Encoding.levelValue(
        levels: levels, values: present.map { values[$0] }, otherwise: otherwise, cuts: cuts)
      return FittedEncoding(
        feature: BinnedFeature(name: name + suffix, input: input, encoding: encoding),
        hasMissing: false,
        trainingValues: rowValues.map { TrainingValues(values: $0, cuts: CutSearch(cuts)) })
    }
    return [
      derived(
        " (target rate)", values: statistics.levelValues, otherwise: statistics.prior,
        rowValues: statistics.rowValues),
      derived(" (count)", values: counts.map(Double.init), otherwise: 0, rowValues: nil),
    ]
  }
}

/// A feature with what its training rows need beyond the encoding.
private struct FittedEncoding: Sendable {
  let feature: BinnedFeature
  let hasMissing: Bool
  /// For ordered target statistics: the value of each training row.
  let trainingValues: TrainingValues?
}

/// Numbers of the training rows that no encoder can look up.
private struct TrainingValues: Sendable {
  /// The number of each training row, by position.
  let values: [Double]
  let cuts: CutSearch

  /// Bins the values at a range of positions.
  func fill(_ bins: UnsafeMutableBufferPointer<UInt8>, range: Range<Int>) {
    values.withUnsafeBufferPointer { values in
      cuts.bin(UnsafeBufferPointer(rebasing: values[range]), into: bins)
    }
  }
}
