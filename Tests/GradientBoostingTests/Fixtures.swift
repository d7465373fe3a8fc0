// Random data of any shape for the tests of this module.

import CKernels
import NumericCore
import Tables

@testable import GradientBoosting

/// Resolved parameters for growing, from a configuration with small limits.
func growingParameters(
  leaves: Int, minData: Int = 1, lambdaL1: Double = 0, maxDepth: Int = -1
) throws -> GrowingParameters {
  var configuration = BoostingConfiguration()
  configuration.numLeaves = leaves
  configuration.minDataInLeaf = minData
  configuration.lambdaL1 = lambdaL1
  configuration.maxDepth = maxDepth
  configuration.minSumHessianInLeaf = 0
  return GrowingParameters(try configuration.resolved(rows: 1_000))
}

/// A configuration that trains in a moment, with some changes.
func configuration(
  _ change: (inout BoostingConfiguration) -> Void = { _ in }
) -> BoostingConfiguration {
  var configuration = BoostingConfiguration()
  configuration.numTrees = 40
  configuration.learningRate = 0.1
  change(&configuration)
  return configuration
}

/// A binned matrix with random bins, and the derivatives of its rows.
struct RandomBins {
  private(set) var matrix: BinnedMatrix
  private(set) var features: [BinnedFeature]
  private(set) var columns: [[UInt8]]
  /// For some features how values may change along them.
  var directions: [Int: Int] = [:]
  let gradients: [Int]
  let hessians: [Int]

  init(rows: Int, binCounts: [Int], categorical: Set<Int> = [], seed: UInt64, pool: WorkerPool) {
    var generator = SeededGenerator(seed: seed)
    matrix = BinnedMatrix(rowCount: rows, featureCount: binCounts.count)
    var columns: [[UInt8]] = []
    for (feature, count) in binCounts.enumerated() {
      let hasMissing = Bool.random(using: &generator)
      let column = (0..<rows).map { _ in
        UInt8(Int.random(in: (hasMissing ? 0 : 1)..<count, using: &generator))
      }
      for row in 0..<rows { matrix.column(feature)[row] = column[row] }
      columns.append(column)
    }
    matrix.transpose(pool: pool)
    self.columns = columns
    gradients = (0..<rows).map { row in
      Int(columns[0][row]) * 3 - 20 + Int.random(in: -200...200, using: &generator)
    }
    hessians = (0..<rows).map { _ in Int.random(in: 1...250, using: &generator) }
    features = binCounts.enumerated().map { index, count in
      let encoding: BinnedFeature.Encoding =
        categorical.contains(index)
        ? .category(levels: (1..<count).map { "level \($0)" })
        : .number(cuts: (0..<(count - 2)).map(Double.init))
      return BinnedFeature(name: "feature \(index)", input: index, encoding: encoding)
    }
  }

  var shapes: [BinnedFeatureShape] {
    features.map {
      BinnedFeatureShape(
        binCount: $0.binCount, isCategorical: $0.isCategorical,
        direction: directions[$0.input] ?? 0)
    }
  }

  /// Adds features that are the same as others, which themselves get empty bins, 100 with the others.
  mutating func appendTwins(of others: Range<Int>, pool: WorkerPool) {
    for other in others {
      columns.append(columns[other])
      features.append(
        BinnedFeature(
          name: "feature \(features.count)", input: features.count,
          encoding: features[other].encoding))
      features[other] = BinnedFeature(
        name: features[other].name, input: other, encoding: .number(cuts: (0..<98).map(Double.init))
      )
    }
    matrix = BinnedMatrix(rowCount: matrix.rowCount, featureCount: columns.count)
    for (feature, column) in columns.enumerated() {
      for (row, bin) in column.enumerated() { matrix.column(feature)[row] = bin }
    }
    matrix.transpose(pool: pool)
  }

  func entry(_ row: Int) -> UInt64 {
    UInt64(row) << 32 | UInt64(UInt16(bitPattern: Int16(gradients[row]))) << 16
      | UInt64(hessians[row])
  }

  func sums(_ rows: [Int]) -> PackedSums {
    PackedSums(bits: rows.reduce(0) { $0 + Int64(gradients[$1]) << 32 + Int64(hessians[$1]) })
  }
}

/// A table whose binary label depends on numbers, categories and missing cells.
struct ToyTable {
  var columns: [Column]
  var labels: [Double]

  init(rows: Int, seed: UInt64, levels: Int = 6) {
    var generator = SeededGenerator(seed: seed)
    var x: [Double] = []
    var z: [Double] = []
    var category: [String?] = []
    var many: [String?] = []
    labels = []
    for _ in 0..<rows {
      let a = generator.normal()
      let b = generator.normal()
      let level = Int.random(in: 0..<levels, using: &generator)
      let fine = Int.random(in: 0..<max(2, rows / 10), using: &generator)
      let logit =
        1.5 * a - (b > 0 ? 1 : 0) + (level % 2 == 0 ? 0.8 : -0.8) + (fine % 3 == 0 ? 1 : 0)
      labels.append(generator.uniform() < 1 / (1 + exponential(-logit)) ? 1 : 0)
      x.append(generator.uniform() < 0.1 ? .nan : a)
      z.append((b * 4).rounded())
      category.append(generator.uniform() < 0.05 ? nil : "level \(level)")
      many.append("city \(fine)")
    }
    columns = [
      Column(name: "x", values: .number(NumberColumn(x))),
      Column(name: "z", values: .number(NumberColumn(z))),
      Column(name: "category", values: .category(CategoryColumn(category))),
      Column(name: "city", values: .category(CategoryColumn(many))),
    ]
  }

  var data: TrainingData { TrainingData(features: columns, labels: labels) }
}

extension BoostedTrees {
  /// The bins of a table's rows, one for each feature.
  func binnedRows(_ columns: [Column]) throws -> [[UInt8]] {
    let rowCount = columns.first?.count ?? 0
    let byFeature = try encoders(for: columns).map { encoder in
      var bins = [UInt8](repeating: 0, count: rowCount)
      bins.withUnsafeMutableBufferPointer {
        encoder.encode(range: 0..<rowCount, into: $0)
      }
      return bins
    }
    return (0..<rowCount).map { row in byFeature.map { $0[row] } }
  }
}

/// exp by its series, so that the fixtures need no other module.
private func exponential(_ x: Double) -> Double {
  if abs(x) > 0.5 {
    let half = exponential(x / 2)
    return half * half
  }
  var sum = 1.0
  var term = 1.0
  for k in 1...16 {
    term *= x / Double(k)
    sum += term
  }
  return sum
}

extension RowScorer.Cell {
  /// The cell of a column in a row; missing without a column.
  init(_ column: Column?, row: Int) {
    switch column?.values {
    case .number(let values), .timestamp(let values): self = .number(values.doubles()[row])
    case .category(let values): self = values[row].map { .category($0) } ?? .missing
    case .text, nil: self = .missing
    }
  }
}
