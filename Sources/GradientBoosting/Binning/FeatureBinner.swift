// From columns to bins: chooses the bins of every feature on the training rows, then bins the
// training rows and, behind them, the validation rows.

internal import NumericCore
internal import Tables

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
    let encodings = fittedEncodings()
    let features = encodings.map(\.feature)
    let matrix = BinnedMatrix(
      rowCount: trainingRows.count + validationRows.count, featureCount: features.count)
    let rows = trainingRows + validationRows
    let encoders = encodings.map {
      BinEncoder(feature: $0.feature, column: columns[$0.feature.input])
    }
    let blocks = (rows.count + Self.blockRows - 1) / Self.blockRows
    pool.forEach(count: encodings.count * blocks) { task, _ in
      let (index, block) = task.quotientAndRemainder(dividingBy: blocks)
      let range = block * Self.blockRows..<min(rows.count, (block + 1) * Self.blockRows)
      encodings[index].fill(
        matrix.column(index), range: range, rows: rows, encoder: encoders[index])
    }
    matrix.transpose(pool: pool)
    return BinnedDataset(features: features, matrix: matrix, trainingCount: trainingRows.count)
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
    let values = column.doubles(rows: sampled)
    var sample = values.filter { !$0.isNaN }
    let hasMissing = sample.count < values.count
    let cuts = QuantileCuts.cuts(
      sample: &sample, maximumBins: configuration.maxBin - (hasMissing ? 1 : 0))
    return FittedEncoding(
      feature: BinnedFeature(
        name: columns[input].name, input: input, encoding: .number(cuts: cuts)),
      hasMissing: hasMissing && !sample.isEmpty, rowValues: nil)
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
      (-counts[$0], column.levels[$0]) < (-counts[$1], column.levels[$1])
    }
    let name = columns[input].name
    if present.count <= configuration.maxCatLevels {
      let levels = present.map { column.levels[$0] }
      let feature = BinnedFeature(name: name, input: input, encoding: .category(levels: levels))
      return [
        FittedEncoding(feature: feature, hasMissing: missing > 0 && !levels.isEmpty, rowValues: nil)
      ]
    }
    let statistics = TargetStatistics(
      column: column, labels: labels, rows: trainingRows,
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
        hasMissing: false, rowValues: rowValues)
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
  /// For ordered target statistics: the value of each training row, by position.
  let rowValues: [Double]?

  /// Bins the rows `rows[range]` of a column into `bins[range]`.
  func fill(
    _ bins: UnsafeMutablePointer<UInt8>, range: Range<Int>, rows: [Int32], encoder: BinEncoder
  ) {
    let output = UnsafeMutableBufferPointer(start: bins + range.lowerBound, count: range.count)
    encoder.encode(rows: rows[range], into: output, stride: 1)
    // Training rows of ordered statistics have values of their own, in place of their level's.
    if let rowValues, case .levelValue(_, _, _, let cuts) = feature.encoding {
      let own = range.clamped(to: 0..<rowValues.count)
      guard !own.isEmpty else { return }
      let paddedCuts = BinEncoder.padded(cuts)
      rowValues.withUnsafeBufferPointer { values in
        BinEncoder.bin(
          UnsafeBufferPointer(rebasing: values[own]), cuts: paddedCuts, into: output, stride: 1)
      }
    }
  }
}
