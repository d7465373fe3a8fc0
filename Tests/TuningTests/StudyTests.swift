// Studies in memory and on disk.
import Foundation
import NumericCore
import TestSupport
import Testing

@testable import Tuning

@Suite(.onOwnThread) struct StudyTests {
  @Test func `starting points come first, then the sampler, in batches of one width`() throws {
    let space = try mixedSpace()
    let first = [0.05, 0.6, 0.3, 16, 5, 1]
    var study = try Study(
      space: space, direction: .minimise, sampler: RandomSampler(), pruner: NoPruner(),
      trialCount: 10, width: 4, startingPoints: [first], seed: 1)
    var sizes: [Int] = []
    while true {
      let batch = study.ask()
      if batch.isEmpty { break }
      sizes.append(batch.count)
      study.tell(batch.map { complete(bowl($0.point, space: space)) })
    }
    #expect(sizes == [4, 4, 2])
    #expect(study.history.trials[0].point == first && study.history.best?.number == 0)
    #expect(study.history.trials.map(\.number) == Array(0..<10))
    #expect(throws: TuningError.outsideSpace(trial: 1)) {
      try Study(
        space: space, direction: .minimise, sampler: RandomSampler(), pruner: NoPruner(),
        trialCount: 3, startingPoints: [first, [9, 9, 9, 9, 9, 9]], seed: 1)
    }
  }

  @Test func `the same seed is the same study, and a longer one begins with a shorter one`() throws
  {
    let long = try bowlStudy(TPESampler(), trials: 40, seed: 9)
    #expect(try bowlStudy(TPESampler(), trials: 40, seed: 9).trials == long.trials)
    #expect(
      try bowlStudy(TPESampler(), trials: 30, seed: 9).trials == Array(long.trials.prefix(30)))
    #expect(try bowlStudy(TPESampler(), trials: 40, seed: 8).trials != long.trials)
  }

  @Test func `what was recorded is read back to the bit`() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/study.sqlite"
    let description = [(key: "seed", value: "42")]
    let result = TrialResult(
      state: .pruned, value: 0.1 + 0.2, bestStep: 7,
      checkpoints: [
        Checkpoint(step: 5, progress: 1 / 3, value: .nan),
        Checkpoint(step: 10, progress: .pi, value: -.infinity),
      ], seconds: 0.5)
    do {
      let store = try StudyStore(path: path, description: description)
      try store.record(3, point: [0.1, 1e-300, 5], result: result)
      try store.record(0, point: [1, 2, 3], result: complete(1))
    }
    let trials = try StudyStore(path: path, description: description).trials()
    #expect(Set(trials.keys) == [0, 3])
    let read = try #require(trials[3])
    #expect(read.point == [0.1, 1e-300, 5])
    #expect(read.result.value == 0.1 + 0.2 && read.result.state == .pruned)
    #expect(read.result.checkpoints[0].value.isNaN && read.result.checkpoints[0].progress == 1 / 3)
    #expect(read.result.checkpoints[1] == result.checkpoints[1])
    #expect(trials[0]?.result == complete(1))
  }

  @Test func `another search, another process and damage are told apart`() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/study.sqlite"
    var store: StudyStore? = try StudyStore(path: path, description: [("seed", "42")])
    #expect(throws: TuningError.locked(path: path)) {
      try StudyStore(path: path, description: [("seed", "42")])
    }
    #expect(try store?.trials().isEmpty == true)
    store = nil
    #expect(throws: TuningError.otherStudy(path: path, key: "seed", found: "42", expected: "43")) {
      try StudyStore(path: path, description: [("seed", "43")])
    }
    try folder.write([UInt8](repeating: 7, count: 4_096), to: "broken.sqlite")
    #expect {
      try StudyStore(path: "\(folder.path)/broken.sqlite", description: [])
    } throws: { error in
      if case TuningError.corruptStudy = error { true } else { false }
    }
  }
}
