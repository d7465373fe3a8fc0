// A trained model in the forms of other programs, and our own prediction with it, for
// Benchmarks/predicting.py.

import BenchmarkSupport
import Foundation
import GradientBoosting
import NumericCore
import Tables

enum ExportRun {
  /// The fastest of some calls counts, as for the programs that read the files.
  private static let repeats = 3

  /// Trains on a table, predicts another one and says how long that takes.
  ///
  /// The folder gets `model.txt` and `model.onnx`, the model in the formats of LightGBM and of ONNX,
  /// and `predictions.bin`, our probabilities of the other table as doubles.
  static func measure(
    train: String, test: String, folder: String, threads: Int, configuration: BoostingConfiguration
  ) throws -> [String: Any] {
    let pool = WorkerPool(threads: threads)
    let model = try GradientBoosting.fit(
      TrainingData(table: Table.read(from: train).table), configuration: configuration, seed: 42,
      pool: pool
    ).model
    let columns = try TrainingData(table: Table.read(from: test).table).features
    var (predictions, least) = ([Double](), Double.infinity)
    for _ in 0..<repeats {
      let (found, seconds) = try ContinuousClock().timed {
        try model.predict(columns, pool: pool)
      }
      (predictions, least) = (found, min(least, seconds))
    }
    let single = try SingleRows.measure(model, columns: columns, predictions: predictions)
    let place = URL(fileURLWithPath: folder)
    try predictions.withUnsafeBytes { Data($0) }.write(to: place.appending(path: "predictions.bin"))
    try Data(LightGBMModel(model).bytes).write(to: place.appending(path: "model.txt"))
    let classes = ONNXModel.Classes(negative: "0", positive: "1", threshold: 0.5)
    try Data(ONNXModel(model, classes: classes).bytes)
      .write(to: place.appending(path: "model.onnx"))
    return [
      "predict": least, "single_us": single.median, "single_p99_us": single.percentile99,
      "leaves": model.meanLeaves,
    ]
  }
}
