// Times how long a sampler takes to choose the next trial of a churn search late in a study, and
// prints for each sampler the median of its last asks in milliseconds, as one line of JSON.
// Usage: SamplerBenchmark TOLD ASKS

import NumericCore
import Tuning

@main
struct SamplerBenchmark {
  static func main() throws {
    let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
    guard numbers.count == 2, let told = numbers.first, let asks = numbers.last, asks > 0 else {
      print("usage: SamplerBenchmark TOLD ASKS")
      return
    }
    let samplers = [("tpe", TPESampler()), ("tpe-optuna", TPESampler(.optuna))]
    let times = try samplers.map { name, sampler in
      "\"\(name)\": \(try median(sampler, told: told, asks: asks))"
    }
    print("{\(times.joined(separator: ", "))}")
  }

  /// The median time of asks in a study that the sampler itself has led there.
  private static func median(_ sampler: TPESampler, told: Int, asks: Int) throws -> Double {
    let space = try churnSpace()
    var study = try Study(
      space: space, direction: .minimise, sampler: sampler, pruner: NoPruner(),
      trialCount: told + asks, width: 1, seed: 1)
    let clock = ContinuousClock()
    var times: [Double] = []
    for _ in 0..<told + asks {
      let start = clock.now
      let batch = study.ask()
      times.append(start.duration(to: clock.now) / .milliseconds(1))
      study.tell(
        batch.map {
          TrialResult(
            state: .complete, value: loss($0.point), bestStep: 1, checkpoints: [], seconds: 0)
        })
    }
    return times.suffix(asks).sorted()[asks / 2]
  }

  /// The nine numbers that are searched for a table with a column of categories.
  private static func churnSpace() throws -> SearchSpace {
    try SearchSpace([
      SearchParameter("learning_rate", .float(0.01...0.3, isLog: true)),
      SearchParameter("num_leaves", .integer(4...128, isLog: true)),
      SearchParameter("min_data_in_leaf", .integer(1...200, isLog: true)),
      SearchParameter("lambda_l1", .float(1e-3...10, isLog: true)),
      SearchParameter("lambda_l2", .float(1e-3...100, isLog: true)),
      SearchParameter("min_gain_to_split", .float(1e-3...10, isLog: true)),
      SearchParameter("feature_fraction", .float(0.2...1)),
      SearchParameter("bagging_fraction", .float(0.4...1)),
      SearchParameter("cat_smooth", .float(1e-2...100, isLog: true)),
    ])
  }

  /// A made-up loss that is least somewhere inside the space, the same as in optuna_asking.py.
  private static func loss(_ point: [Double]) -> Double {
    let best = [0.05, 16, 20, 0.1, 5, 0.05, 0.5, 0.8, 10]
    return zip(point, best).reduce(0) { $0 + abs($1.0 - $1.1) / ($1.0 + $1.1) }
  }
}
