// The only threads of the numeric code: a fixed pool whose workers spin for a moment and then
// sleep, so that the short parallel regions of tree growing cost about a microsecond, and an idle
// program costs nothing. No result may depend on which worker runs an index.

internal import CKernels
internal import Glibc
internal import Synchronization

/// A fixed set of threads that share the indices of a loop.
///
/// The calling thread works too, as worker 0. One loop runs at a time; a loop started from inside
/// a loop's body runs on the calling thread alone.
public final class WorkerPool: Sendable {
  /// How many threads share a loop, the caller included.
  public let threadCount: Int
  private let shared: SharedState
  private let threads: [pthread_t]

  /// The number of processors that this process may use.
  public static var availableProcessors: Int { max(1, Int(mlk_available_processors())) }

  /// Starts a pool of `threads` threads, the calling one included.
  ///
  /// - Parameter threads: at least 1; more than the processors only slows the loops down.
  public init(threads count: Int = WorkerPool.availableProcessors) {
    precondition(count >= 1, "a pool of \(count) threads cannot work")
    threadCount = count
    let shared = SharedState()
    self.shared = shared
    threads = (1..<count).map { worker in
      var thread = pthread_t()
      let start = Unmanaged.passRetained(WorkerStart(shared: shared, worker: worker)).toOpaque()
      let status = pthread_create(&thread, nil, { workerMain($0) }, start)
      precondition(status == 0, "pthread_create failed with error \(status)")
      return thread
    }
  }

  deinit {
    shared.stop()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Calls `body(index, worker)` once for every index in `0 ..< count`, in any order.
  ///
  /// `worker` is in `0 ..< threadCount` and no two calls run at once with the same one, so it can
  /// select scratch memory. Returns when all calls have returned.
  public func forEach(count: Int, _ body: (_ index: Int, _ worker: Int) -> Void) {
    if threadCount == 1 || count <= 1 || !shared.tryEnter() {
      for index in 0..<count { body(index, 0) }
      return
    }
    defer { shared.leave() }
    withoutActuallyEscaping(body) { escapable in
      shared.run(count: count, workers: threadCount - 1, body: escapable)
    }
  }

  /// Calls `body` for consecutive ranges of about `grain` indices that together cover `0 ..< count`.
  ///
  /// The ranges depend on `count` and `grain` only, never on the number of threads.
  public func forEachRange(
    count: Int, grain: Int, _ body: (_ range: Range<Int>, _ worker: Int) -> Void
  ) {
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
/// A loop is published by raising `generation`; each worker takes indices from `nextIndex` until
/// none is left, then counts itself out in `running`. The caller returns when `running` is zero,
/// so the loop's closure, held unretained in `job`, outlives every use.
private final class SharedState: @unchecked Sendable {
  typealias Body = (Int, Int) -> Void

  /// Raised once per loop; on the heap because threads sleep on its address.
  private let generation = UnsafeMutablePointer<Atomic<UInt32>>.allocate(capacity: 1)
  private let nextIndex = Atomic<Int>(0)
  private let running = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let isBusy = Atomic<Bool>(false)
  private let isStopping = Atomic<Bool>(false)
  /// The current loop; written by the caller before `generation` rises, read by workers after.
  private nonisolated(unsafe) var job: (count: Int, body: Body)?

  /// About 30 microseconds of spinning before a thread sleeps.
  private static let spins = 1_500

  init() { generation.initialize(to: Atomic(0)) }

  deinit {
    generation.deinitialize(count: 1)
    generation.deallocate()
  }

  func tryEnter() -> Bool { !isBusy.exchange(true, ordering: .acquiring) }
  func leave() { isBusy.store(false, ordering: .releasing) }

  func run(count: Int, workers: Int, body: @escaping Body) {
    job = (count, body)
    nextIndex.store(0, ordering: .relaxed)
    running.store(workers, ordering: .relaxed)
    generation.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 { wakeAll() }
    takeIndices(worker: 0)
    var spin = 0
    while running.load(ordering: .acquiring) > 0 {
      mlk_pause()
      spin += 1
      // More threads than processors: let the ones that have work run.
      if spin > Self.spins { sched_yield() }
    }
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
      takeIndices(worker: worker)
      running.wrappingSubtract(1, ordering: .acquiringAndReleasing)
    }
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
    for _ in 0..<Self.spins {
      let current = generation.pointee.load(ordering: .acquiring)
      if current != seen { return current }
      mlk_pause()
    }
    sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    defer { sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
    while true {
      let current = generation.pointee.load(ordering: .sequentiallyConsistent)
      if current != seen { return current }
      mlk_futex_wait(generation, seen)
    }
  }

  private func wakeAll() { mlk_futex_wake_all(generation) }
}
