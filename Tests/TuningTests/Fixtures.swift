// Spaces and histories for the tests of this module.

import NumericCore

@testable import Tuning

/// A space with every kind of parameter.
func mixedSpace() throws -> SearchSpace {
  try SearchSpace([
    SearchParameter("rate", .float(0.01...0.3, isLog: true)),
    SearchParameter("share", .float(0.2...1)),
    SearchParameter("tenths", .float(0...1, step: 0.1)),
    SearchParameter("leaves", .integer(4...128, isLog: true)),
    SearchParameter("depth", .integer(1...9, step: 2)),
    SearchParameter("kind", .category(["a", "b", "c"])),
  ])
}

/// A smooth function of a point of the mixed space, least near (0.05, 0.6, 0.3, 16, 5, "b").
func bowl(_ point: [Double], space: SearchSpace) -> Double {
  let wish = [0.05, 0.6, 0.3, 16, 5, 1]
  return zip(space.parameters, zip(point, wish)).reduce(0) { sum, item in
    let (parameter, (number, wish)) = item
    guard let axis = parameter.axis else { return sum + (number == wish ? 0 : 0.1) }
    let distance =
      (axis.coordinate(number) - axis.coordinate(wish)) / (axis.highest - axis.lowest)
    return sum + distance * distance
  }
}

/// The result of a trial that ended on its own.
func complete(_ value: Double) -> TrialResult {
  TrialResult(
    state: .complete, value: value, bestStep: 1,
    checkpoints: [Checkpoint(step: 1, progress: 1, value: value)], seconds: 0)
}

/// A history of random points, some of them pruned, and some still running.
func randomHistory(_ count: Int, running: Int = 0, seed: UInt64) throws -> TrialHistory {
  let space = try mixedSpace()
  var history = TrialHistory(space: space, direction: .maximise)
  let random = CounterRandom(seed: seed)
  for number in 0..<count + running {
    let point = RandomSampler().point(after: history, random: random.split(UInt64(number)))
    _ = history.start(point)
  }
  for number in 0..<count {
    let value = -bowl(history.trials[number].point, space: space)
    let isPruned = number % 5 == 4
    history.finish(
      number,
      TrialResult(
        state: isPruned ? .pruned : .complete, value: value, bestStep: 3,
        checkpoints: [
          Checkpoint(step: 1 + number % 3, progress: Double(1 + number % 3), value: value)
        ], seconds: 0))
  }
  return history
}

/// Runs a study of the bowl to its end.
func bowlStudy(_ sampler: any Sampler, trials: Int, seed: UInt64) throws -> TrialHistory {
  let space = try mixedSpace()
  var study = try Study(
    space: space, direction: .minimise, sampler: sampler, pruner: NoPruner(), trialCount: trials,
    seed: seed)
  while true {
    let batch = study.ask()
    if batch.isEmpty { return study.history }
    study.tell(batch.map { complete(bowl($0.point, space: space)) })
  }
}
