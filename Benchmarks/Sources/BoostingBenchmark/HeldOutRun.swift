// One training and its prediction of held-out rows, in parts that are timed apart.

import BenchmarkSupport
import GradientBoosting
import NumericCore
import Tables

enum HeldOutRun {
  /// Trains on one table, predicts another one and says how long, how much memory and how well.
  ///
  /// A table that is both is read once.
  static func measure(
    train: String, test: String, threads: Int, configuration: BoostingConfiguration
  ) throws -> [String: Any] {
    let pool = WorkerPool(threads: threads)
    let isOne = train == test
    let train = try TrainingData(table: Table.read(from: train).table)
    let test = isOne ? train : try TrainingData(table: Table.read(from: test).table)
    let memory = MemoryRise()
    let fitted = try GradientBoosting.fit(
      train, configuration: configuration, seed: 42, pool: pool)
    let (predictions, predicting) = try ContinuousClock().timed {
      try fitted.model.predict(test.features, pool: pool)
    }
    let (peak, rise) = memory.measured()
    let single = try SingleRows.measure(
      fitted.model, columns: test.features, predictions: predictions)
    return [
      "dataset": fitted.binningSeconds,
      "boost": fitted.boostingSeconds,
      "predict": predicting,
      "single_us": single.median,
      "single_p99_us": single.percentile99,
      "auc": rankAUC(labels: test.labels, scores: predictions),
      "leaves": fitted.model.meanLeaves,
      "peak_mb": peak,
      "rise_mb": rise,
    ]
  }
}
