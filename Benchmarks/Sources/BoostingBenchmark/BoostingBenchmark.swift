// Our booster's measurements for Benchmarks/compare.py: one line of JSON for each process.
//
// Usage: BoostingBenchmark compare TRAIN.parquet TEST.parquet THREADS key=value ...
//        BoostingBenchmark export TRAIN.parquet TEST.parquet FOLDER THREADS key=value ...
//        BoostingBenchmark explain TRAIN.parquet TEST.parquet ROWS FOLDER THREADS key=value ...
//        BoostingBenchmark folds TABLE.parquet THREADS key=value ...
//        BoostingBenchmark machine
// The label is the column `label`; keys are those of BoostingConfiguration.

import BenchmarkSupport
import Configuration
import Foundation
import GradientBoosting
import NumericCore
import Tables

@main
struct BoostingBenchmark {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let result: [String: Any]
    switch (arguments.first, arguments.count) {
    case ("compare", 4...):
      result = try HeldOutRun.measure(
        train: arguments[1], test: arguments[2], threads: Int(arguments[3]) ?? 1,
        configuration: BoostingConfiguration(settings: arguments[4...]))
    case ("export", 5...):
      result = try ExportRun.measure(
        train: arguments[1], test: arguments[2], folder: arguments[3],
        threads: Int(arguments[4]) ?? 1,
        configuration: BoostingConfiguration(settings: arguments[5...]))
    case ("explain", 6...):
      result = try ExplanationRun.measure(
        train: arguments[1], test: arguments[2], rows: Int(arguments[3]) ?? 1,
        folder: arguments[4], threads: Int(arguments[5]) ?? 1,
        configuration: BoostingConfiguration(settings: arguments[6...]))
    case ("folds", 3...):
      result = try CrossValidation.measure(
        path: arguments[1], configuration: BoostingConfiguration(settings: arguments[3...]),
        pool: WorkerPool(threads: Int(arguments[2]) ?? 1))
    case ("machine", 1): result = Machine.facts
    default:
      FileHandle.standardError.write(
        Data(
          "usage: BoostingBenchmark compare|export|explain|folds|machine, see its source\n".utf8))
      exit(2)
    }
    try printJSON(result)
  }
}

extension BoostingConfiguration {
  /// The default configuration with some keys changed: `key=value`.
  init(settings: ArraySlice<String>) throws {
    self.init()
    for setting in settings {
      try Self.layers.apply(assignment: setting, source: "argument", to: &self)
    }
  }
}

extension TrainingData {
  /// The columns of a table, with the column `label` as labels.
  init(table: Table, leavingOut: Set<String> = []) throws {
    self.init(
      features: table.columns.filter { $0.name != "label" && !leavingOut.contains($0.name) },
      labels: try table.numbers("label"))
  }
}

extension Table {
  /// The values of a number column.
  func numbers(_ name: String) throws -> [Double] {
    guard let column = self[name], case .number(let values) = column.values else {
      throw CocoaError(.fileReadCorruptFile, userInfo: [NSDebugDescriptionErrorKey: name])
    }
    return values.doubles()
  }
}
