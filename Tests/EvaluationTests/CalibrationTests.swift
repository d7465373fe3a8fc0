// Calibration against slow twins and against scikit-learn itself.
import Evaluation
import Foundation
import NumericCore
import TestSupport
import Testing

private let python = ProcessInfo.processInfo.environment["MLCORE_TEST_PYTHON"]

/// Scores that say something about labels, in steps so that some are equal.
struct CalibrationRows: Sendable, Encodable {
  var scores: [Double] = []
  var labels: [Bool] = []

  init(rows: Int, step: Double, noise: Double, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for row in 0..<rows {
      let score = 6 * generator.uniform() - 3
      let label = row < 2 ? row == 1 : score + noise * (generator.uniform() - 0.5) > 0.7
      scores.append(step > 0 ? (score / step).rounded() * step : score)
      labels.append(label)
    }
  }

  static let all =
    [2, 3, 7, 40, 333].flatMap { rows in
      [0, 0.5, 10].flatMap { step in
        [0, 4, 40].map { noise in
          CalibrationRows(rows: rows, step: step, noise: noise, seed: UInt64(rows))
        }
      }
    }
}

@Suite(.onOwnThread) struct CalibrationTests {
  @Test func `isotonic values are the largest smallest mean of runs around a score`() throws {
    for rows in CalibrationRows.all {
      let fitted = try IsotonicRegression(scores: rows.scores, labels: rows.labels)
      let levels = Set(rows.scores).sorted()
      let means = levels.map { level in
        let own = rows.labels.indices.filter { rows.scores[$0] == level }
        return (sum: Double(own.count { rows.labels[$0] }), count: Double(own.count))
      }
      func mean(_ range: ClosedRange<Int>) -> Double {
        means[range].reduce(0) { $0 + $1.sum } / means[range].reduce(0) { $0 + $1.count }
      }
      // The formula of Barlow and others: max over starts of the min over ends of the mean.
      for (index, level) in levels.enumerated() {
        let expected = (0...index).map { start in
          (index..<levels.count).map { mean(start...$0) }.min() ?? 0
        }.max()
        #expect(abs(fitted.value(level) - (expected ?? -1)) < 1e-12)
      }
    }
  }

  @Test func `between bends an isotonic function is linear, beyond them constant`() {
    let function = IsotonicRegression(scores: [-1, 1, 3], values: [0.2, 0.2, 0.8])
    let places = [-5, -1, 0, 1, 1.5, 2, 3, 9]
    for (place, expected) in zip(places, [0.2, 0.2, 0.2, 0.2, 0.35, 0.5, 0.8, 0.8]) {
      #expect(abs(function.value(place) - expected) < 1e-15)
    }
  }

  @Test func `Platt's curve is where the likelihood of smoothed labels is greatest`() throws {
    for rows in CalibrationRows.all where Set(rows.scores).count > 1 {
      let curve = try PlattScaling(scores: rows.scores, labels: rows.labels)
      let positives = Double(rows.labels.count { $0 })
      let negatives = Double(rows.labels.count) - positives
      var gradient = SIMD2<Double>.zero
      for (score, label) in zip(rows.scores, rows.labels) {
        let target = label ? (positives + 1) / (positives + 2) : 1 / (negatives + 2)
        let error = curve.probability(score) - target
        gradient += SIMD2(error * score, error)
      }
      #expect(abs(gradient.x) + abs(gradient.y) < 1e-8 * Double(rows.labels.count))
    }
  }

  @Test func `scores that are all equal get the rate of the smoothed labels`() throws {
    let labels = [true, false, false, false]
    let curve = try PlattScaling(scores: [2, 2, 2, 2], labels: labels)
    let expected = (2.0 / 3 + 3 * 0.2) / 4
    #expect(abs(curve.probability(2) - expected) < 1e-9)
  }

  @Test func `scores of any size are calibrated alike`() throws {
    let rows = CalibrationRows(rows: 200, step: 0, noise: 4, seed: 5)
    let curve = try PlattScaling(scores: rows.scores, labels: rows.labels)
    for factor in [1e-9, 1e9] {
      let scaled = try PlattScaling(scores: rows.scores.map { $0 * factor }, labels: rows.labels)
      for score in rows.scores {
        #expect(abs(scaled.probability(score * factor) - curve.probability(score)) < 1e-9)
      }
    }
  }

  @Test func `separated classes are calibrated within the smoothed labels`() throws {
    let scores = (0..<20).map { Double($0) }
    let labels = scores.map { $0 >= 10 }
    for method in [Calibration.Method.platt, .isotonic] {
      let calibration = try Calibration(method, logOdds: scores, labels: labels)
      let probabilities = calibration.probabilities([-1e6, 0, 19, 1e6])
      #expect(probabilities.allSatisfy { 0 <= $0 && $0 <= 1 })
      #expect(probabilities[1] < 0.2 && probabilities[2] > 0.8)
    }
    let isotonic = try Calibration(.isotonic, logOdds: scores, labels: labels)
    #expect(isotonic.probabilities([-1e6, 1e6]) == [1.0 / 12, 11.0 / 12])
  }

  @Test func `without calibration probabilities are those of the log-odds`() throws {
    let none = try Calibration(.none, logOdds: [], labels: [])
    #expect(none == .none && none.probabilities([0, -800, 800]) == [0.5, 0, 1])
  }

  @Test func `rows of one class are refused`() {
    for method in [Calibration.Method.platt, .isotonic] {
      #expect(throws: EvaluationError.oneClass(label: true, rows: 2)) {
        try Calibration(method, logOdds: [1, 2], labels: [true, true])
      }
      #expect(throws: EvaluationError.empty) { try Calibration(method, logOdds: [], labels: []) }
    }
  }

  private struct Answer: Decodable {
    let isotonic: [Double]
    let slope, intercept: Double
  }

  private static let places = stride(from: -4.0, through: 4, by: 0.137).map { $0 }

  private static let script = """
    import json, sys
    import numpy as np
    from sklearn.calibration import _SigmoidCalibration
    from sklearn.isotonic import IsotonicRegression
    asked = json.load(sys.stdin)
    answers = []
    for case in asked["cases"]:
        x, y = np.array(case["scores"]), np.array(case["labels"]).astype(float)
        isotonic = IsotonicRegression(out_of_bounds="clip").fit(x, y)
        curve = _SigmoidCalibration().fit(x, y)
        answers.append(dict(
            isotonic=list(map(float, isotonic.predict(np.array(asked["places"])))),
            slope=-float(curve.a_), intercept=-float(curve.b_)))
    json.dump(answers, sys.stdout)
    """

  private struct Question: Encodable {
    let cases: [CalibrationRows]
    let places: [Double]
  }

  @Test(.enabled(if: python != nil, "MLCORE_TEST_PYTHON names no Python"))
  func `both agree with scikit-learn`() throws {
    let cases = CalibrationRows.all.filter { Set($0.scores).count > 1 }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(python))
    process.arguments = ["-W", "ignore", "-c", Self.script]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    try input.fileHandleForWriting.write(
      contentsOf: JSONEncoder().encode(Question(cases: cases, places: Self.places)))
    try input.fileHandleForWriting.close()
    let data = try output.fileHandleForReading.readToEnd()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    let answers = try JSONDecoder().decode([Answer].self, from: try #require(data))
    #expect(answers.count == cases.count)
    for (rows, answer) in zip(cases, answers) {
      let isotonic = try IsotonicRegression(scores: rows.scores, labels: rows.labels)
      let curve = try PlattScaling(scores: rows.scores, labels: rows.labels)
      let theirs = PlattScaling(slope: answer.slope, intercept: answer.intercept)
      for (place, value) in zip(Self.places, answer.isotonic) {
        #expect(abs(isotonic.value(place) - value) < 1e-9)
      }
      // Its minimiser stops earlier than ours.
      for score in rows.scores {
        #expect(abs(curve.probability(score) - theirs.probability(score)) < 1e-4)
      }
    }
  }
}
