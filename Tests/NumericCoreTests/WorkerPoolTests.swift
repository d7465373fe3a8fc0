// The pool's promise: each index once, whatever the number of threads, the size of the loop and
// what the threads were doing before.
import Glibc
import NumericCore
import Synchronization
import TestSupport
import Testing

@Suite(.onOwnThread) struct WorkerPoolTests {
  /// Counts calls from any thread.
  final class Counters: Sendable {
    private let counts: [Box]
    final class Box: Sendable { let value = Atomic<Int>(0) }
    init(_ count: Int) { counts = (0..<count).map { _ in Box() } }
    func add(_ index: Int) { counts[index].value.wrappingAdd(1, ordering: .relaxed) }
    var values: [Int] { counts.map { $0.value.load(ordering: .relaxed) } }
  }

  @Test(arguments: 1...8, [0, 1, 2, 3, 7, 100, 1_000])
  func `every index runs once`(threads: Int, count: Int) {
    let pool = WorkerPool(threads: threads)
    let counters = Counters(count)
    pool.forEach(count: count) { index, worker in
      #expect((0..<threads).contains(worker))
      counters.add(index)
    }
    #expect(counters.values == [Int](repeating: 1, count: count))
  }

  @Test(arguments: [(0, 5), (1, 5), (10, 5), (11, 5), (4, 10)])
  func `ranges cover the indices in order and do not depend on the threads`(
    count: Int, grain: Int
  ) {
    for threads in 1...4 {
      let found = Mutex<[Range<Int>]>([])
      WorkerPool(threads: threads).forEachRange(count: count, grain: grain) { range, _ in
        found.withLock { $0.append(range) }
      }
      let expected = stride(from: 0, to: count, by: grain).map { $0..<min(count, $0 + grain) }
      #expect(found.withLock { $0.sorted { $0.lowerBound < $1.lowerBound } } == expected)
    }
  }

  @Test(arguments: 1...8)
  func `no two calls of a loop share a worker at once`(threads: Int) {
    let pool = WorkerPool(threads: threads)
    let occupied = Counters(threads)
    let clashes = Atomic<Int>(0)
    let busy = (0..<threads).map { _ in Counters.Box() }
    pool.forEach(count: 2_000) { _, worker in
      if busy[worker].value.wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue != 0 {
        clashes.wrappingAdd(1, ordering: .relaxed)
      }
      occupied.add(worker)
      busy[worker].value.wrappingSubtract(1, ordering: .acquiringAndReleasing)
    }
    #expect(clashes.load(ordering: .relaxed) == 0)
    #expect(occupied.values.reduce(0, +) == 2_000)
  }

  @Test(arguments: [2, 4, 8, 32])
  func `many tiny loops see the memory of the loop before`(threads: Int) {
    let pool = WorkerPool(threads: threads)
    var values = [Int](repeating: 0, count: 5)
    for round in 0..<20_000 {
      values.withUnsafeMutableBufferPointer { buffer in
        nonisolated(unsafe) let buffer = buffer
        // Plain memory, written by whichever thread gets the index: a missed hand-over shows.
        pool.forEach(count: 5) { index, _ in
          if buffer[index] == round { buffer[index] = round + 1 }
        }
      }
    }
    #expect(values == [Int](repeating: 20_000, count: 5))
  }

  @Test func `workers that fell asleep are woken`() {
    let pool = WorkerPool(threads: 4)
    for _ in 0..<20 {
      usleep(2_000)
      let counters = Counters(64)
      let workers = Mutex<Set<Int>>([])
      pool.forEach(count: 64) { index, worker in
        counters.add(index)
        workers.withLock { _ = $0.insert(worker) }
        // The first one waits for a second one: the loop ends only if that wakes.
        while workers.withLock(\.count) < 2 { usleep(100) }
      }
      #expect(counters.values == [Int](repeating: 1, count: 64))
    }
  }

  @Test func `a loop inside a loop runs on the thread that starts it`() {
    let pool = WorkerPool(threads: 4)
    let counters = Counters(100)
    pool.forEach(count: 10) { outer, _ in
      let thread = pthread_self()
      pool.forEach(count: 10) { inner, worker in
        #expect(worker == 0 && pthread_self() == thread)
        counters.add(outer * 10 + inner)
      }
    }
    #expect(counters.values == [Int](repeating: 1, count: 100))
  }

  @Test func `loops from several threads at once all finish`() {
    let shared = WorkerPool(threads: 3)
    let counters = Counters(40)
    WorkerPool(threads: 4).forEach(count: 40) { outer, _ in
      shared.forEach(count: 50) { _, _ in counters.add(outer) }
    }
    #expect(counters.values == [Int](repeating: 50, count: 40))
  }

  @Test func `a pool ends its threads when it goes away`() throws {
    func threadCount() throws -> Int {
      let folder = try #require(opendir("/proc/self/task"))
      defer { closedir(folder) }
      var count = 0
      while readdir(folder) != nil { count += 1 }
      return count
    }
    // Other tests run meanwhile, so look for the hundreds that a leak would leave.
    let before = try threadCount()
    for round in 0..<100 {
      let pool = WorkerPool(threads: 8)
      if round % 2 == 0 { pool.forEach(count: 8) { _, _ in } }
    }
    #expect(try threadCount() < before + 300)
  }

  @Test func `the closure of a loop is released when the loop ends`() {
    final class Witness: Sendable {}
    let pool = WorkerPool(threads: 4)
    for _ in 0..<1_000 {
      weak var ghost: Witness?
      do {
        let witness = Witness()
        ghost = witness
        pool.forEach(count: 4) { _, _ in _ = ObjectIdentifier(witness) }
      }
      #expect(ghost == nil)
    }
  }
}
