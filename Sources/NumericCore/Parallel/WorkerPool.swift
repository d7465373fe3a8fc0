// The only threads of the numeric code: a fixed pool whose workers spin for a moment and then
// sleep, so that the short parallel regions of tree growing cost about a microsecond, and an idle
// program costs nothing. No result may depend on which worker runs an index.

internal import CKernels
internal import Glibc
internal import Synchronization

/// A fixed set of threads that share the indices of a loop.
///
/// The calling thread works too, as worker 0. One loop runs at a time; a loop started meanwhile,
/// from inside a loop's body or from another thread, runs on the calling thread alone.
public final class WorkerPool: Sendable {
  /// How many threads share a loop, the caller included.
  public let threadCount: Int
  private let shared: SharedState
  private let threads: [pthread_t]

  /// The number of processors that this process may use.
  public static var availableProcessors: Int { max(1, Int(mlk_available_processors())) }

  /// How many threads a loop would have that started now: one while another loop runs.
  ///
  /// It may tell how to divide work, but never what comes out.
  public var freeThreadCount: Int { shared.isRunning ? 1 : threadCount }

  /// Starts a pool of `threads` threads, the calling one included.
  ///
  /// From the first pool on, all BLAS calls of the process run on the thread that makes them (see
  /// `LinearAlgebra.useOneThread()`).
  ///
  /// Where the system gives fewer threads, the pool has fewer: no result depends on them.
  ///
  /// - Parameter threads: at least 1; more than the processors only slows the loops down.
  public init(threads count: Int = WorkerPool.availableProcessors) {
    precondition(count >= 1, "a pool of \(count) threads cannot work")
    LinearAlgebra.useOneThread()
    let shared = SharedState()
    self.shared = shared
    var threads: [pthread_t] = []
    for worker in 1..<count {
      var thread = pthread_t()
      let start = Unmanaged.passRetained(WorkerStart(shared: shared, worker: worker))
      guard pthread_create(&thread, nil, { workerMain($0) }, start.toOpaque()) == 0 else {
        start.release()
        break
      }
      threads.append(thread)
    }
    self.threads = threads
    threadCount = threads.count + 1
  }

  deinit {
    shared.stop()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Calls `body(index, worker)` once for every index in `0 ..< count`, in any order.
  ///
  /// `worker` is in `0 ..< threadCount` and no two calls of this loop run at once with the same
  /// one, so it can select scratch memory that belongs to the loop (a nested loop counts its
  /// workers from 0 again). Returns when all calls have returned.
  public func forEach(count: Int, _ body: (_ index: Int, _ worker: Int) -> Void) {
    if threadCount == 1 || count <= 1 || !shared.tryEnter() {
      for index in 0..<count { body(index, 0) }
      return
    }
    defer { shared.leave() }
    withoutActuallyEscaping(body) { escapable in
      shared.run(count: count, body: escapable)
    }
  }

  /// Calls `body` for consecutive ranges of about `grain` indices that together cover `0 ..< count`.
  ///
  /// The ranges depend on `count` and `grain` only, never on the number of threads.
  public func forEachRange(
    count: Int, grain: Int, _ body: (_ range: Range<Int>, _ worker: Int) -> Void
  ) {
    precondition(grain >= 1, "a range of \(grain) indices makes no progress")
    let blocks = (count + grain - 1) / grain
    forEach(count: blocks) { block, worker in
      body(block * grain..<min(count, (block + 1) * grain), worker)
    }
  }
}

/// What a new thread is handed.
private final class WorkerStart: Sendable {
  let shared: SharedState
  let worker: Int
  init(shared: SharedState, worker: Int) {
    self.shared = shared
    self.worker = worker
  }
}

private func workerMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { return nil }
  let start = Unmanaged<WorkerStart>.fromOpaque(argument).takeRetainedValue()
  start.shared.serve(worker: start.worker)
  return nil
}

/// The state that the caller and the workers meet on.
///
/// The caller fills in `job`, opens `gate` and raises `generation`. A worker that notices in time
/// enters: it counts itself into the gate, takes indices from `nextIndex` until none is left, and
/// counts itself out. When the caller runs out of indices it shuts the gate and waits only for the
/// workers inside, so a worker that is slow to wake never delays a short loop; it finds the gate
/// shut, or open for a later loop, and waits for the next generation. Outside the gate a worker
/// touches neither `job` nor `nextIndex`, so the caller may reuse them once the gate is empty, and
/// the loop's closure outlives every use.
private final class SharedState: @unchecked Sendable {
  typealias Body = (Int, Int) -> Void

  /// Raised once per loop; on the heap because threads sleep on its address.
  private let generation = UnsafeMutablePointer<Atomic<UInt32>>.allocate(capacity: 1)
  /// The loop's generation in the upper half, then one bit for open, then the workers inside.
  private let gate = Atomic<UInt64>(0)
  private let nextIndex = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let isBusy = Atomic<Bool>(false)
  private let isStopping = Atomic<Bool>(false)
  /// The current loop; written by the caller while the gate is empty, read by workers inside it.
  private nonisolated(unsafe) var job: (count: Int, body: Body)?

  private static let openBit: UInt64 = 1 << 31
  private static let insideMask: UInt64 = openBit - 1
  /// About 200 microseconds of spinning before a thread sleeps: to wake it costs as much as many
  /// small loops.
  private static let spins = 10_000

  /// Two threads of a pool often begin on one processor, and while one of them waits in a spin the
  /// other cannot do what it waits for: so it is let through every few microseconds.
  private static func pause(_ spin: inout Int) {
    mlk_pause()
    spin += 1
    if spin % 256 == 0 { sched_yield() }
  }

  init() { generation.initialize(to: Atomic(0)) }

  deinit {
    generation.deinitialize(count: 1)
    generation.deallocate()
  }

  var isRunning: Bool { isBusy.load(ordering: .relaxed) }
  func tryEnter() -> Bool { !isBusy.exchange(true, ordering: .acquiring) }
  func leave() { isBusy.store(false, ordering: .releasing) }

  func run(count: Int, body: @escaping Body) {
    let next = generation.pointee.load(ordering: .relaxed) &+ 1
    job = (count, body)
    nextIndex.store(0, ordering: .relaxed)
    gate.store(Self.openGate(next), ordering: .releasing)
    // With the loads in `waitForGeneration`: a thread about to sleep sees this generation, or is
    // seen among the sleepers.
    generation.pointee.store(next, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 { wakeAll() }
    takeIndices(worker: 0)
    gate.bitwiseAnd(~Self.openBit, ordering: .relaxed)
    var spin = 0
    while gate.load(ordering: .acquiring) & Self.insideMask > 0 { Self.pause(&spin) }
    job = nil
  }

  func stop() {
    isStopping.store(true, ordering: .sequentiallyConsistent)
    generation.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
    wakeAll()
  }

  func serve(worker: Int) {
    var seen: UInt32 = 0
    while true {
      seen = waitForGeneration(after: seen)
      if isStopping.load(ordering: .acquiring) { return }
      guard enterGate(generation: seen) else { continue }
      takeIndices(worker: worker)
      gate.wrappingSubtract(1, ordering: .releasing)
    }
  }

  private static func openGate(_ generation: UInt32) -> UInt64 {
    UInt64(generation) << 32 | openBit
  }

  /// Counts a worker into the gate, unless it is shut or open for another loop.
  private func enterGate(generation: UInt32) -> Bool {
    var current = gate.load(ordering: .relaxed)
    while current & ~Self.insideMask == Self.openGate(generation) {
      let (entered, found) = gate.weakCompareExchange(
        expected: current, desired: current + 1, successOrdering: .acquiring,
        failureOrdering: .relaxed)
      if entered { return true }
      current = found
    }
    return false
  }

  // Not inlined, so that no reference to the loop's closure is held after it returns.
  @inline(never)
  private func takeIndices(worker: Int) {
    guard let (count, body) = job else { return }
    while true {
      let index = nextIndex.wrappingAdd(1, ordering: .relaxed).oldValue
      if index >= count { return }
      body(index, worker)
    }
  }

  private func waitForGeneration(after seen: UInt32) -> UInt32 {
    var spin = 0
    while spin < Self.spins {
      let current = generation.pointee.load(ordering: .acquiring)
      if current != seen { return current }
      Self.pause(&spin)
    }
    sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    defer { sleepers.wrappingSubtract(1, ordering: .relaxed) }
    while true {
      let current = generation.pointee.load(ordering: .sequentiallyConsistent)
      if current != seen { return current }
      mlk_futex_wait(generation, seen)
    }
  }

  private func wakeAll() { mlk_futex_wake_all(generation) }
}
