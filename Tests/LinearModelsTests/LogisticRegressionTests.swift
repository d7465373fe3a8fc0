// The baseline's coefficients, against known answers and against scikit-learn.

import Foundation
import LinearModels
import NumericCore
import TestSupport
import Testing

@Suite(.onOwnThread) struct LogisticRegressionTests {
  private let pool = WorkerPool(threads: 2)

  private func configuration(l2: Double) -> LogisticRegressionConfiguration {
    var configuration = LogisticRegressionConfiguration()
    configuration.l2 = l2
    return configuration
  }

  /// Random features and labels that depend on them.
  private func example(
    rows: Int, columns: Int, seed: UInt64
  ) -> (features: Matrix<Double>, labels: [Double]) {
    var random = SeededGenerator(seed: seed)
    var features = Matrix<Double>(rows: rows, columns: columns)
    for index in features.elements.indices { features.elements[index] = random.normal() }
    let labels = (0..<rows).map { row in
      let logit = features.row(row).reduce(-0.5) { $0 + $1 }
      // The first two rows make sure that both classes occur.
      return row < 2 ? Double(row) : random.uniform() < 1 / (1 + exp(-logit)) ? 1 : 0
    }
    return (features, labels)
  }

  @Test func `without features it learns the log odds`() {
    let fitted = LogisticRegression.fit(
      Matrix(rows: 4, columns: 0), labels: [1, 0, 1, 1], pool: pool)
    #expect(abs(fitted.intercept - log(3)) < 1e-9)
    #expect(fitted.hasConverged)
    #expect(
      fitted.predict(Matrix(rows: 2, columns: 0)).allSatisfy { abs($0 - 0.75) < 1e-9 })
  }

  @Test func `the gradient is zero at the solution`() {
    let (features, labels) = example(rows: 9_000, columns: 5, seed: 1)
    let fitted = LogisticRegression.fit(
      features, labels: labels, configuration: configuration(l2: 3), pool: pool)
    #expect(fitted.hasConverged)
    let residuals = zip(fitted.predict(features), labels).map { $0 - $1 }
    #expect(abs(residuals.reduce(0, +)) < 1e-4)
    for column in 0..<5 {
      var gradient = 3 * fitted.coefficients[column]
      for row in 0..<9_000 { gradient += residuals[row] * features[row, column] }
      #expect(abs(gradient) < 1e-4)
    }
  }

  @Test func `weights count as repetitions do`() {
    let (features, labels) = example(rows: 60, columns: 3, seed: 2)
    let weights = (0..<60).map { Double($0 % 4) }
    let rows = (0..<60).flatMap { row in [Int](repeating: row, count: row % 4) }
    let weighted = LogisticRegression.fit(features, labels: labels, weights: weights, pool: pool)
    let repeated = LogisticRegression.fit(
      Matrix(rows: rows.count, columns: 3, elements: rows.flatMap { features.row($0) }),
      labels: rows.map { labels[$0] }, pool: pool)
    #expect(abs(weighted.intercept - repeated.intercept) < 1e-8)
    for (left, right) in zip(weighted.coefficients, repeated.coefficients) {
      #expect(abs(left - right) < 1e-8)
    }
  }

  @Test(arguments: [1.0, 1e-4, 1e-9])
  func `separable and collinear data stay finite`(l2: Double) {
    let values = (0..<40).map { Double($0) - 19.5 }
    let features = Matrix(
      rows: 40, columns: 4, elements: values.flatMap { [$0, 2 * $0, 1, $0 > 0 ? 1 : 0] })
    let labels = values.map { $0 > 0 ? 1.0 : 0 }
    let fitted = LogisticRegression.fit(
      features, labels: labels, configuration: configuration(l2: l2), pool: pool)
    #expect(fitted.coefficients.allSatisfy(\.isFinite) && fitted.intercept.isFinite)
    #expect(fitted.hasConverged)
    #expect(zip(fitted.predict(features), labels).allSatisfy { abs($0 - $1) < 0.5 })
  }

  @Test func `one class, one row and vast numbers end in probabilities`() {
    for (features, labels) in [
      (Matrix(rows: 3, columns: 1, elements: [1, 2, 3]), [1.0, 1, 1]),
      (Matrix(rows: 1, columns: 1, elements: [0]), [0]),
      (Matrix(rows: 2, columns: 2, elements: [1e200, -1e200, 0, 1e200]), [1, 0]),
      (Matrix(rows: 2, columns: 1, elements: [1e6, -1e6]), [1, 0]),
    ] {
      let fitted = LogisticRegression.fit(features, labels: labels, pool: pool)
      #expect(fitted.intercept.isFinite)
      #expect(fitted.predict(features).allSatisfy { $0 >= 0 && $0 <= 1 })
    }
  }

  @Test func `it stops before a step when it is asked to`() {
    let (features, labels) = example(rows: 60, columns: 3, seed: 5)
    var steps = 0
    let fitted = LogisticRegression.fit(features, labels: labels, pool: pool) {
      steps += 1
      return steps > 2
    }
    #expect(fitted.iterations == 2 && !fitted.hasConverged)
  }

  @Test func `the number of threads does not change a bit`() {
    let (features, labels) = example(rows: 30_000, columns: 12, seed: 3)
    let one = LogisticRegression.fit(features, labels: labels, pool: WorkerPool(threads: 1))
    for threads in [2, 3, 4] {
      #expect(
        LogisticRegression.fit(features, labels: labels, pool: WorkerPool(threads: threads)) == one)
    }
  }

  @Test func `it comes back from JSON`() throws {
    let (features, labels) = example(rows: 30, columns: 2, seed: 4)
    let fitted = LogisticRegression.fit(features, labels: labels, pool: pool)
    let text = try JSONEncoder().encode(fitted)
    #expect(try JSONDecoder().decode(LogisticRegression.self, from: text) == fitted)
  }

  private struct Example: Encodable {
    let kind = "logistic_regression"
    var features: [[Double]]
    var labels: [Double]
    var weights: [Double]
    var l2: Double
    var coefficients: [Double]
    var intercept: Double
    var probabilities: [Double]
  }

  // Needs a Python with scikit-learn; tools/test provides it.
  @Test(.enabled(if: ScikitLearn.isAvailable))
  func `coefficients are those of scikit-learn`() throws {
    var comparison = try ScikitLearn()
    for (seed, (rows, columns)) in [(2, 1), (10, 2), (30, 8), (20, 40), (4_097, 5), (9_000, 9)]
      .enumerated()
    {
      for l2 in [0.01, 1, 100] {
        let (features, labels) = example(rows: rows, columns: columns, seed: UInt64(seed))
        let weights = (0..<rows).map { l2 == 1 ? 1 : Double(1 + $0 % 3) / 2 }
        let fitted = LogisticRegression.fit(
          features, labels: labels, weights: weights, configuration: configuration(l2: l2),
          pool: pool)
        #expect(fitted.hasConverged)
        try comparison.add(
          Example(
            features: (0..<rows).map { Array(features.row($0)) }, labels: labels, weights: weights,
            l2: l2, coefficients: fitted.coefficients, intercept: fitted.intercept,
            probabilities: fitted.predict(features)))
      }
    }
    let differences = try comparison.differences()
    #expect(differences == "")
  }
}
