// The metrics against scikit-learn itself, on the same random rows. Needs a Python with
// scikit-learn, named by MLCORE_TEST_PYTHON.
import Evaluation
import Foundation
import NumericCore
import TestSupport
import Testing

private let python = ProcessInfo.processInfo.environment["MLCORE_TEST_PYTHON"]

@Suite(.onOwnThread, .enabled(if: python != nil, "MLCORE_TEST_PYTHON names no Python"))
struct ScikitLearnTests {
  /// One set of rows on its way to Python.
  struct Case: Encodable {
    let labels: [Bool]
    let probabilities: [Double]
    let weights: [Double]?
  }

  /// What scikit-learn says about one set of rows.
  struct Answer: Decodable {
    let auc, logLoss, prAUC, brier: Double
    let observedRates, meanPredictions: [Double]?
  }

  static let script = """
    import json, sys
    import numpy as np
    from sklearn import metrics
    from sklearn.calibration import calibration_curve
    answers = []
    for case in json.load(sys.stdin):
        y, p = np.array(case["labels"]), np.array(case["probabilities"])
        w = case.get("weights")
        weight = {} if w is None else {"sample_weight": np.array(w)}
        answer = dict(
            auc=metrics.roc_auc_score(y, p, **weight),
            logLoss=metrics.log_loss(y, p, **weight),
            prAUC=metrics.average_precision_score(y, p, **weight),
            brier=metrics.brier_score_loss(y, p, **weight))
        if w is None:
            rates, means = calibration_curve(y, p, n_bins=15)
            answer.update(observedRates=list(rates), meanPredictions=list(means))
        answers.append(answer)
    json.dump(answers, sys.stdout)
    """

  /// Whether there is a Python to ask.
  static var isAvailable: Bool { python != nil }

  /// What a script says about some cases, which it reads as JSON.
  static func answers<Asked: Encodable, Told: Decodable>(
    _ cases: [Asked], script: String
  ) throws -> [Told] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(python))
    process.arguments = ["-W", "ignore", "-c", script]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    // Python reads all before it writes.
    try input.fileHandleForWriting.write(contentsOf: JSONEncoder().encode(cases))
    try input.fileHandleForWriting.close()
    let data = try output.fileHandleForReading.readToEnd()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return try JSONDecoder().decode([Told].self, from: try #require(data))
  }

  @Test func `every metric that scikit-learn has agrees with it`() throws {
    var shapes = RowShape.all
    for rows in [5, 77, 640] {
      for levels in [nil, 2, 15, 60] {
        for weighted in [false, true] {
          shapes.append(RowShape(rows: rows, levels: levels, weighted: weighted))
        }
      }
    }
    let sets = try shapes.map { try $0.make() }
    let answers: [Answer] = try Self.answers(
      sets.map { Case(labels: $0.labels, probabilities: $0.probabilities, weights: $0.weights) },
      script: Self.script)
    #expect(answers.count == sets.count)
    let pool = WorkerPool(threads: 2)
    for ((shape, rows), answer) in zip(zip(shapes, sets), answers) {
      let metrics = try BinaryMetrics(rows, pool: pool)
      for (name, ours, theirs) in [
        ("auc", metrics.auc, answer.auc), ("log loss", metrics.logLoss, answer.logLoss),
        ("pr auc", metrics.prAUC, answer.prAUC), ("brier", metrics.brier, answer.brier),
      ] {
        #expect(
          abs(ours - theirs) <= 1e-11 * max(1, abs(theirs)),
          "\(name) of \(shape.testDescription): \(ours), scikit-learn says \(theirs)")
      }
      if let rates = answer.observedRates, let means = answer.meanPredictions {
        let bins = ReliabilityTable(rows).bins.filter { $0.count > 0 }
        #expect(bins.count == rates.count)
        for (bin, (rate, mean)) in zip(bins, zip(rates, means)) {
          #expect(abs((bin.observedRate ?? -1) - rate) < 1e-12)
          #expect(abs((bin.meanPrediction ?? -1) - mean) < 1e-12)
        }
      }
    }
  }
}
