// What every sampler must do, and what the estimator does better than chance.
import NumericCore
import TestSupport
import Testing

@testable import Tuning

@Suite(.onOwnThread) struct SamplerTests {
  static let samplers: [any Sampler] = [RandomSampler(), TPESampler(), TPESampler(.optuna)]

  @Test(arguments: 0..<3)
  func `points are in the space, whatever was told before`(index: Int) throws {
    for (count, running) in [(0, 0), (3, 2), (12, 0), (40, 3), (120, 1)] {
      let history = try randomHistory(count, running: running, seed: UInt64(count))
      for draw in 0..<30 {
        let point = Self.samplers[index].point(
          after: history, random: CounterRandom(seed: UInt64(draw)))
        #expect(history.space.holds(point), "\(point)")
      }
    }
  }

  @Test(arguments: 0..<3)
  func `a point is a function of history and seed, and different seeds differ`(index: Int) throws {
    let history = try randomHistory(30, running: 2, seed: 1)
    func point(_ seed: UInt64) -> [Double] {
      Self.samplers[index].point(after: history, random: CounterRandom(seed: seed))
    }
    #expect(point(7) == point(7))
    #expect(Set((0..<20).map { point($0) }).count > 15)
  }

  @Test(arguments: 0..<3)
  func `every value of a small domain comes up, and a single value is no obstacle`(index: Int)
    throws
  {
    let space = try SearchSpace([
      SearchParameter("kind", .category(["a", "b"])), SearchParameter("one", .integer(3...3)),
      SearchParameter("same", .float(0.5...0.5)), SearchParameter("n", .integer(1...3)),
    ])
    var history = TrialHistory(space: space, direction: .minimise)
    for number in 0..<60 {
      let point = Self.samplers[index].point(
        after: history, random: CounterRandom(seed: UInt64(number)))
      _ = history.start(point)
      history.finish(number, complete(Double(number % 7)))
    }
    #expect(Set(history.trials.map { $0.point[0] }) == [0, 1])
    #expect(Set(history.trials.map { $0.point[3] }) == [1, 2, 3])
    #expect(history.trials.allSatisfy { $0.point[1] == 3 && $0.point[2] == 0.5 })
  }

  @Test(arguments: [1, 2])
  func `the estimator finds better points than chance`(index: Int) throws {
    var wins = 0
    for seed in 0..<10 {
      let ours = try bowlStudy(Self.samplers[index], trials: 60, seed: UInt64(seed))
      let chance = try bowlStudy(RandomSampler(), trials: 60, seed: UInt64(seed))
      if ours.loss(ours.best?.number ?? 0) < chance.loss(chance.best?.number ?? 0) { wins += 1 }
    }
    #expect(wins >= 8, "\(wins) of 10")
  }

  @Test func `infinite and missing values do not stop the estimator`() throws {
    let space = try mixedSpace()
    for sampler in [TPESampler(), TPESampler(.optuna)] {
      var history = TrialHistory(space: space, direction: .minimise)
      for number in 0..<30 {
        let point = sampler.point(after: history, random: CounterRandom(seed: UInt64(number)))
        _ = history.start(point)
        history.finish(number, complete(number % 2 == 0 ? .nan : .infinity))
      }
      #expect(history.trials.allSatisfy { space.holds($0.point) })
    }
  }

  @Test func `the history keeps its orders`() throws {
    let history = try randomHistory(80, running: 3, seed: 5)
    for (column, order) in zip(history.columns, history.orders) {
      let expected = column.indices.sorted { (column[$0], $0) < (column[$1], $1) }
      #expect(order.map { Int($0) } == expected)
    }
    let complete = history.trials.filter { $0.state == .complete }
      .sorted { (-($0.result?.value ?? 0), $0.number) < (-($1.result?.value ?? 0), $1.number) }
    #expect(history.ranking.prefix(complete.count).map { Int($0) } == complete.map(\.number))
    #expect(history.best?.number == complete.first?.number)
    #expect(history.ranking.count == 80)
  }
}
