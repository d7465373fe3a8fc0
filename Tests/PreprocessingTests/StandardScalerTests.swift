// Scaling, against hand-computed numbers and against scikit-learn.

import Foundation
import NumericCore
import Preprocessing
import Tables
import TestSupport
import Testing

@Suite(.onOwnThread) struct StandardScalerTests {
  private func rows(_ count: Int) -> [Int32] { Array(0..<Int32(count)) }

  @Test func `mean, population variance and scale are those of the present values`() throws {
    let scaler = try StandardScaler.fit(
      names: ["a", "b"], columns: [NumberColumn([1, 2, 3, 100]), NumberColumn([.nan, 4, 8, 0])],
      rows: rows(3))
    #expect(scaler.mean == [2, 6])
    #expect(scaler.variance == [2.0 / 3, 4])
    #expect(scaler.scale == [(2.0 / 3).squareRoot(), 2])
    #expect(scaler.sampleCount == [3, 2])
    let matrix = try scaler.transform(
      [NumberColumn([2, .nan]), NumberColumn([10, 6])], rows: [1, 0, 1])
    #expect(matrix.rows == 3 && matrix.columns == 2)
    #expect(matrix[0, 0].isNaN && matrix[1, 0] == 0 && matrix[1, 1] == 2 && matrix[2, 1] == 0)
  }

  @Test func `weights count as repetitions do`() throws {
    let column = NumberColumn([3, 5, 11])
    let weighted = try StandardScaler.fit(
      names: ["a"], columns: [column], rows: [0, 1, 2], weights: [2, 0, 3])
    let repeated = try StandardScaler.fit(names: ["a"], columns: [column], rows: [0, 0, 2, 2, 2])
    #expect(weighted == repeated)
  }

  @Test(arguments: [0.0, 0.1, 1e9, -1e-9, 123_456.789])
  func `a constant column has scale 1`(value: Double) throws {
    let column = NumberColumn([Double](repeating: value, count: 1_000))
    let scaler = try StandardScaler.fit(names: ["a"], columns: [column], rows: rows(1_000))
    #expect(scaler.scale == [1])
    #expect(try abs(scaler.transform([column], rows: [5])[0, 0]) <= abs(value) * 1e-15)
  }

  @Test func `a column without values stays missing`() throws {
    let scaler = try StandardScaler.fit(
      names: ["a"], columns: [NumberColumn([.nan, .nan])], rows: [0, 1])
    #expect(scaler.mean[0].isNaN && scaler.scale[0].isNaN && scaler.sampleCount == [0])
    #expect(try scaler.transform([NumberColumn([1])], rows: [0])[0, 0].isNaN)
    let text = try scaler.exportedJSON()
    let read = try JSONDecoder().decode(StandardScaler.self, from: Data(text))
    #expect(read.mean[0].isNaN && read.sampleCount == [0])
  }

  @Test func `an infinite value is told with its row`() throws {
    let column = NumberColumn([1, .infinity, 2])
    #expect(throws: PreprocessingError.infinite(column: "a", row: 1)) {
      try StandardScaler.fit(names: ["a"], columns: [column], rows: [2, 1])
    }
    let scaler = try StandardScaler.fit(names: ["a"], columns: [column], rows: [0, 2])
    #expect(throws: PreprocessingError.infinite(column: "a", row: 1)) {
      try scaler.transform([column], rows: [0, 1])
    }
  }

  @Test(arguments: [1e200, -1.7e308])
  func `a number whose square is not finite is named`(_ value: Double) throws {
    let column = NumberColumn([1, value, .nan, 3])
    #expect(throws: PreprocessingError.beyondScale(column: "a", row: 1, value: value)) {
      try StandardScaler.fit(names: ["a"], columns: [column], rows: [3, 2, 1, 0])
    }
    let fitted = try StandardScaler.fit(names: ["a"], columns: [column], rows: [0, 2, 3])
    #expect(fitted.variance == [1])
  }

  /// The slow twin: one plain pass for each sum.
  private func moments(_ values: [Double], _ weights: [Double]) -> (mean: Double, variance: Double)
  {
    func sum(_ term: (Double) -> Double) -> Double {
      stride(from: 0, to: values.count, by: 512).reduce(0) { total, start in
        total
          + (start..<min(start + 512, values.count)).reduce(0) {
            $0 + (values[$1].isNaN ? 0 : term(values[$1]) * weights[$1])
          }
      }
    }
    let count = sum { _ in 1 }
    let first = sum { $0 } / count
    let mean = first + sum { $0 - first } / count
    let correction = sum { $0 - mean }
    return (mean, (sum { ($0 - mean) * ($0 - mean) } - correction * correction / count) / count)
  }

  @Test(arguments: [1, 2, 511, 513, 3_000])
  func `means and variances have the bits of plain sums for any number of threads`(
    _ count: Int
  ) throws {
    var random = SeededGenerator(seed: UInt64(count))
    let columns = (0..<7).map { column in
      NumberColumn(
        (0..<count).map { row in
          row > 0 && random.uniform() < 0.2 ? .nan : random.normal() * Double(1 + column * 1_000)
        })
    }
    let names = columns.indices.map { "c\($0)" }
    let weights = (0..<count).map { _ in random.uniform() }
    for weights in [nil, weights] {
      let plain = columns.map {
        moments($0.doubles(), weights ?? [Double](repeating: 1, count: count))
      }
      for pool in [nil, WorkerPool(threads: 1), WorkerPool(threads: 3)] {
        let scaler = try StandardScaler.fit(
          names: names, columns: columns, rows: rows(count), weights: weights, pool: pool)
        #expect(scaler.mean.map(\.bitPattern) == plain.map(\.mean.bitPattern))
        #expect(scaler.variance.map(\.bitPattern) == plain.map(\.variance.bitPattern))
      }
    }
  }

  @Test func `no columns and no rows give empty matrices`() throws {
    let empty = try StandardScaler.fit(names: [], columns: [], rows: rows(3))
    #expect(try empty.transform([], rows: rows(3)) == Matrix(rows: 3, columns: 0))
    let scaler = try StandardScaler.fit(names: ["a"], columns: [NumberColumn([1])], rows: [0])
    #expect(try scaler.transform([NumberColumn([])], rows: []) == Matrix(rows: 0, columns: 1))
  }

  @Test func `the JSON has scikit-learn's names and comes back exactly`() throws {
    let scaler = try StandardScaler.fit(
      names: ["a/b", "c"], columns: [NumberColumn([0.1, 0.7]), NumberColumn([1, .nan])],
      rows: [0, 1])
    let text = try scaler.exportedJSON()
    let object = try JSONSerialization.jsonObject(with: Data(text)) as? [String: Any]
    #expect(
      object?.keys.sorted() == ["feature_names_in", "mean", "n_samples_seen", "scale", "var"])
    #expect(object?["feature_names_in"] as? [String] == ["a/b", "c"])
    #expect(try JSONDecoder().decode(StandardScaler.self, from: Data(text)) == scaler)
    let cut = String(decoding: text, as: UTF8.self).replacing("\"c\"", with: "\"c\",\"d\"")
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(StandardScaler.self, from: Data(cut.utf8))
    }
  }

  private struct Example: Encodable {
    let kind = "standard_scaler"
    var names: [String]
    var fit: [[Double?]]
    var new: [[Double?]]
    var weights: [Double]?
    var mean, `var`, scale, sampleCount: [Double?]
    var transformed: [[Double?]]
  }

  // Needs a Python with scikit-learn; tools/test provides it.
  @Test(.enabled(if: ScikitLearn.isAvailable))
  func `numbers and pickles are those of scikit-learn`() throws {
    var random = SeededGenerator(seed: 1)
    var comparison = try ScikitLearn()
    for (rowCount, width) in [(1, 1), (2, 3), (3, 1), (50, 4), (1_025, 3), (5_000, 7)] {
      for (missing, isWeighted) in [(0.0, false), (0.3, false), (0.0, true), (0.3, true)] {
        let columns = (0..<width).map { feature in
          // From far off zero with little variance to plain; one constant, one without values.
          let (offset, spread) = (
            [0, 1e6, -3, 1e-5][feature % 4], [1, 1e-2, 50, 1e-7][feature % 4]
          )
          return (0..<rowCount).map { _ in
            if feature == 4 { return 0.1 }
            if feature == 5 && missing > 0 { return Double.nan }
            return random.uniform() < missing ? .nan : offset + spread * random.normal()
          }
        }
        let rows = rows(rowCount)
        let weights =
          isWeighted ? rows.map { _ in (4 * random.uniform()).rounded() + 0.5 } : nil
        let names = (0..<width).map { "fé\($0)" }
        let scaler = try StandardScaler.fit(
          names: names, columns: columns.map { NumberColumn($0) }, rows: rows, weights: weights)
        let new = columns.map { column in [Double.nan, 0, 1e3] + column.prefix(20) }
        let newRows = self.rows(new[0].count)
        let transformed = try scaler.transform(new.map { NumberColumn($0) }, rows: newRows)
        func transposed(_ columns: [[Double]]) -> [[Double?]] {
          columns[0].indices.map { row in columns.map { $0[row].orNull } }
        }
        try comparison.add(
          Example(
            names: names, fit: transposed(columns), new: transposed(new), weights: weights,
            mean: scaler.mean.map(\.orNull), var: scaler.variance.map(\.orNull),
            scale: scaler.scale.map(\.orNull), sampleCount: scaler.sampleCount.map(\.orNull),
            transformed: newRows.map { transformed.row(Int($0)).map(\.orNull) }),
          pickle: scaler.scikitLearnPickle())
      }
    }
    let differences = try comparison.differences()
    #expect(differences == "")
  }
}
