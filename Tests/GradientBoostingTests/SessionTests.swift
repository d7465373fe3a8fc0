// Several trainings that share the threads.

import ModelFormats
import NumericCore
import Storage
import Synchronization
import TestSupport
import Testing

@testable import GradientBoosting

@Suite(.onOwnThread) struct SessionTests {
  @Test(arguments: [1, 2, 4])
  func `side by side, boosters are those that are trained alone`(threads: Int) throws {
    let pool = WorkerPool(threads: threads)
    let table = ToyTable(rows: 900, seed: 8)
    let sets = (0..<5).map { fold in (0..<Int32(900)).filter { $0 % 5 != Int32(fold) } }
    let configuration = configuration { $0.baggingFraction = 0.8 }
    let sessions = try sets.map {
      try BoostingSession(
        table.data, rows: $0, configuration: configuration, seed: 3, pool: pool)
    }
    let together = try GradientBoosting.finish(sessions, pool: pool)
    for (rows, fitted) in zip(sets, together) {
      let alone = try GradientBoosting.fit(
        table.data, rows: rows, configuration: configuration, seed: 3,
        pool: WorkerPool(threads: 1))
      #expect(try fitted.model.safetensors().encoded() == alone.model.safetensors().encoded())
      #expect(fitted.validationLosses == alone.validationLosses)
    }
  }

  @Test func `the first session that fails decides, and the others stop`() throws {
    let pool = WorkerPool(threads: 2)
    let rounds = Mutex([0, 0, 0])
    let sessions = try (0..<3).map { index in
      try BoostingSession(
        ToyTable(rows: 400, seed: 8).data, configuration: configuration { $0.numTrees = 500 },
        seed: 3, pool: pool
      ) { report in
        rounds.withLock { $0[index] = report.round }
        return index == 0 || report.round < 5
      }
    }
    #expect(throws: GradientBoostingError.cancelled) {
      try GradientBoosting.finish(sessions, pool: pool)
    }
    #expect(rounds.withLock { $0.allSatisfy { $0 < 500 } })
  }

  @Test func `a session that has ended stays as it is`() throws {
    let session = try BoostingSession(
      ToyTable(rows: 300, seed: 8).data, configuration: configuration { $0.numTrees = 3 }, seed: 3,
      pool: WorkerPool(threads: 1))
    while try session.advance() {}
    let trees = session.result?.model.treeCount
    #expect(try !session.advance())
    #expect(session.result?.model.treeCount == trees)
  }

  @Test func `a few sessions at a time are under way, and the least advanced goes on first`() {
    var queue = SessionQueue(count: 5, mostOpen: 3)
    #expect((0..<4).map { _ in queue.take() } == [0, 1, 2, nil])
    queue.putBack(1, rounds: 16)
    queue.putBack(2, rounds: 8)
    #expect(queue.take() == 2)
    queue.putBack(0, rounds: nil)
    #expect(queue.take() == 3)
    #expect(queue.take() == 1)
    queue.putBack(2, rounds: nil)
    queue.close()
    #expect(queue.take() == nil)
  }
}
