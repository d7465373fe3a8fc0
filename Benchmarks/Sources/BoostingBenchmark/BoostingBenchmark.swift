// One measurement of our booster in a fresh process: reads a training and a test table, trains with
// given parameters, predicts, and prints one line of JSON for Benchmarks/compare.py.
//
// Usage: BoostingBenchmark TRAIN.parquet TEST.parquet THREADS key=value ...
// The label is the column `label`; keys are those of BoostingConfiguration.

import Foundation
import GradientBoosting
import NumericCore
import Tables

@main
struct BoostingBenchmark {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 4, let threads = Int(arguments[3]) else {
      FileHandle.standardError.write(
        Data("usage: BoostingBenchmark TRAIN TEST THREADS key=value ...\n".utf8))
      exit(2)
    }
    let pool = WorkerPool(threads: threads)
    let train = try TrainingData(table: Table.read(from: arguments[1]).table)
    let test = try TrainingData(table: Table.read(from: arguments[2]).table)
    let configuration = try configuration(arguments[4...])
    let fitted = try GradientBoosting.fit(
      train, configuration: configuration, seed: 42, pool: pool)
    let clock = ContinuousClock()
    var predictions: [Double] = []
    let predicting = try clock.measure {
      predictions = try fitted.model.predict(test.features, pool: pool)
    }
    let result: [String: Any] = [
      "dataset": fitted.binningSeconds,
      "boost": fitted.boostingSeconds,
      "predict": predicting / .seconds(1),
      "auc": rankAUC(test.labels, predictions),
      "leaves": fitted.model.meanLeaves,
      "peak_mb": peakMegabytes(),
    ]
    let json = try JSONSerialization.data(withJSONObject: result, options: [.sortedKeys])
    print(String(decoding: json, as: UTF8.self))
  }

  /// The default configuration with some keys changed.
  static func configuration(_ settings: ArraySlice<String>) throws -> BoostingConfiguration {
    var values: [String: Any] = [:]
    let defaults = try JSONEncoder().encode(BoostingConfiguration())
    if let known = try JSONSerialization.jsonObject(with: defaults) as? [String: Any] {
      values = known
    }
    for setting in settings {
      let parts = setting.split(separator: "=").map(String.init)
      guard parts.count == 2, BoostingConfiguration.parameterNames.contains(parts[0]),
        let number = Double(parts[1])
      else { throw CocoaError(.formatting, userInfo: [NSDebugDescriptionErrorKey: setting]) }
      values[parts[0]] = number
    }
    let json = try JSONSerialization.data(withJSONObject: values)
    return try JSONDecoder().decode(BoostingConfiguration.self, from: json)
  }

  /// The area under the ROC curve; ties count half.
  static func rankAUC(_ labels: [Double], _ scores: [Double]) -> Double {
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    var rankSum = 0.0
    var positives = 0.0
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count && scores[order[end]] == scores[order[start]] { end += 1 }
      for row in order[start..<end] where labels[row] == 1 {
        rankSum += Double(start + end + 1) / 2
        positives += 1
      }
      start = end
    }
    let negatives = Double(order.count) - positives
    return (rankSum - positives * (positives + 1) / 2) / (positives * negatives)
  }

  /// The most memory that this process has held.
  static func peakMegabytes() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) / 1_024
  }
}

extension TrainingData {
  /// The columns of a table, with the column `label` as labels.
  init(table: Table) throws {
    guard let label = table["label"], case .number(let values) = label.values else {
      throw CocoaError(.fileReadCorruptFile)
    }
    self.init(features: table.columns.filter { $0.name != "label" }, labels: values.doubles())
  }
}
