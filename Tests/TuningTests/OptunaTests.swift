// Comparison with the real Optuna: the densities of its estimator, and its reading of our journals.
import Foundation
import NumericCore
import TestSupport
import Testing

@testable import Tuning

@Suite(
  .onOwnThread,
  .enabled(if: Python.has("optuna"), "needs a Python with Optuna; tools/test provides it"))
struct OptunaTests {
  /// The densities that Optuna gives to points, from a study that it reads from our journal.
  private static let densities = """
    import json, sys, optuna
    from optuna.samplers._tpe.sampler import _split_trials, default_gamma
    from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator
    from optuna.trial import TrialState
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    storage = optuna.storages.JournalStorage(
        optuna.storages.journal.JournalFileBackend(sys.argv[1]))
    study = optuna.load_study(study_name=None, storage=storage)
    trials = study.get_trials(deepcopy=False)
    space = trials[0].distributions
    running = [optuna.trial.create_trial(state=TrialState.RUNNING, distributions=space,
        params={name: space[name].to_external_repr(number)
                for name, number in zip(space, point)})
        for point in json.load(open(sys.argv[2]))["running"]]
    for index, trial in enumerate(running):
        trial.number = len(trials) + index
    sampler = optuna.samplers.TPESampler()
    n = len(trials)
    below, above = _split_trials(study, trials + running, default_gamma(n))
    points = json.load(open(sys.argv[2]))["points"]
    # Which of two equal observations has the gap to the left is open there; here it is the first.
    import numpy as np
    argsort = np.argsort
    np.argsort = lambda values, **options: argsort(values, kind="stable")
    table = {name: np.array([point[index] for point in points])
             for index, name in enumerate(space)}
    result = {"good": [trial.number for trial in below]}
    for name, part, handle in (("l", below, True), ("g", above, False)):
        estimator = sampler._build_parzen_estimator(study, space, part, handle_below=handle)
        result[name] = estimator.log_pdf(table).tolist()
    print(json.dumps(result))
    """

  private struct Densities: Decodable {
    let good: [Int]
    let l: [Double]
    let g: [Double]
  }

  @Test(arguments: [(10, 0), (24, 2), (60, 3), (300, 3)])
  func `with its settings, the estimator has the densities of Optuna`(count: Int, running: Int)
    throws
  {
    let folder = try TemporaryFolder()
    let history = try randomHistory(count, running: running, seed: UInt64(count))
    let points = (0..<40).map { draw in
      RandomSampler().point(after: history, random: .init(seed: UInt64(1_000 + draw)))
    }
    let journal = OptunaJournal.text(history, name: "parity", attributes: [], width: 4)
    try folder.write(Array(journal.utf8), to: "study.log")
    let question = [
      "points": points, "running": history.trials.suffix(running).map(\.point),
    ]
    try folder.write(Array(try JSONEncoder().encode(question)), to: "points.json")
    let answer = try Python.run(
      Self.densities, ["\(folder.path)/study.log", "\(folder.path)/points.json"])
    let expected = try #require(
      try? JSONDecoder().decode(Densities.self, from: Data(answer.utf8)), "\(answer)")
    let sampler = TPESampler(.optuna)
    let good = history.ranking.prefix(sampler.settings.goodCount(of: count)).sorted()
    #expect(good.map { Int($0) } == expected.good)
    let (l, g) = sampler.mixtures(history)
    for (ours, theirs) in [
      (l.logDensities(points), expected.l), (g.logDensities(points), expected.g),
    ] {
      for (own, other) in zip(ours, theirs) {
        #expect(abs(own - other) < 1e-8 * max(1, abs(other)), "\(own) against \(other)")
      }
    }
  }

  private static let reading = """
    import json, sys, optuna
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    storage = optuna.storages.JournalStorage(
        optuna.storages.journal.JournalFileBackend(sys.argv[1]))
    study = optuna.load_study(study_name=None, storage=storage)
    print(json.dumps({
        "name": study.study_name, "direction": study.direction.name,
        "attributes": study.user_attrs, "best": study.best_trial.number,
        "trials": [{"number": t.number, "state": t.state.name, "value": t.value,
            "params": list(map(str, t.params.values())), "steps": list(t.intermediate_values),
            "values": list(t.intermediate_values.values()),
            "seconds": t.duration.total_seconds()} for t in study.trials]}))
    """

  private struct Reading: Decodable {
    struct ReadTrial: Decodable {
      let number: Int
      let state: String
      let value: Double
      let params: [String]
      let steps: [String]
      let values: [Double]
      let seconds: Double
    }
    let name: String
    let direction: String
    let attributes: [String: String]
    let best: Int
    let trials: [ReadTrial]
  }

  @Test func `Optuna reads the whole study from a journal`() throws {
    let folder = try TemporaryFolder()
    let history = try randomHistory(25, seed: 3)
    let journal = OptunaJournal.text(
      history, name: "say \"study\"", attributes: [("data", "größe\n")], width: 4)
    try folder.write(Array(journal.utf8), to: "study.log")
    let program = Self.reading.replacingOccurrences(
      of: "list(t.intermediate_values)", with: "list(map(str, t.intermediate_values))")
    let answer = try Python.run(program, ["\(folder.path)/study.log"])
    let read = try #require(
      try? JSONDecoder().decode(Reading.self, from: Data(answer.utf8)), "\(answer)")
    #expect(read.name == "say \"study\"" && read.direction == "MAXIMIZE")
    #expect(read.attributes == ["data": "größe\n"])
    #expect(read.best == history.best?.number)
    try #require(read.trials.count == 25)
    for (trial, other) in zip(history.trials, read.trials) {
      let result = try #require(trial.result)
      #expect(trial.number == other.number && result.value == other.value)
      #expect(other.state == (result.state == .complete ? "COMPLETE" : "PRUNED"))
      #expect(other.steps == result.checkpoints.map { String($0.step) })
      #expect(other.values == result.checkpoints.map(\.value))
      #expect(other.params.last == ["a", "b", "c"][Int(trial.point[5])])
      #expect(other.seconds > 0)
    }
  }
}
