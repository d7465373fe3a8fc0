// One folder on another system: what is there that the ledger does not have is fetched, by a thread
// of its own, because other systems may be slow or away. The loop takes what was fetched.
//
// An object is told from what is known by its name, size and time, which a listing has. Times are whole
// seconds, so one that was replaced within its second would look the same: therefore each object is
// asked for its tag once more, when that second is surely over.
internal import Glibc
internal import Storage
internal import Synchronization

/// Finds what is new in a folder, and fetches it.
final class RemoteSource: Sendable {
  let folder: any RemoteFolder
  private let home: Home
  private let ledger: Ledger
  private let patterns: NamePatterns
  private let every: Duration
  private let number: Int
  private let log: LoopLog
  private let shared = Mutex(Shared())
  private let work = Mutex(Work())

  /// An object that was fetched.
  struct Arrival: Sendable {
    var name: String
    /// What the listing said of it, which another time may differ from.
    var listed: RemoteEntry
    /// Where its bytes are.
    var path: String
    var stamp: RemoteStamp
  }

  /// What other threads ask for and see.
  private struct Shared {
    /// Names that a notice told of, to be looked at.
    var hints: Set<String> = []
    /// Names that a notice told of and of which the ledger may not know everything.
    var open: Set<String> = []
    var arrivals: [Arrival] = []
    /// Objects that are to be fetched and have not failed.
    var outstanding = 0
    var hasLooked = false
    var isStopped = false
  }

  /// What the thread itself remembers.
  private struct Work {
    var isLoaded = false
    var known: Set<RemoteEntry> = []
    var wanted: [String: RemoteEntry] = [:]
    var failing: [String: Backoff] = [:]
    /// Objects whose second may not be over: when they were fetched first.
    var unsettled: [String: ContinuousClock.Instant] = [:]
    /// Those of them that could not be asked for, and why.
    var unanswered: [String: any Error] = [:]
    var nextListing = ContinuousClock.now
    var backoff = Backoff()
    var noted: RemotePlace?
    var count = 0
  }

  /// What is fetched before the loop takes it.
  private static let batch = (count: 256, bytes: 512 << 20)
  /// When an object's second is over, also where clocks of another system disagree by a second.
  private static let second = Duration.seconds(3)
  /// When an object is asked for again that gave no answer.
  private static let unansweredPause = Duration.seconds(60)
  /// Bytes of a name between slashes that leave room for what is added to those of predictions.
  private static let longestPart = 200

  /// Describes a source.
  ///
  /// - Parameter number: another one for each folder of a loop.
  init(
    folder: any RemoteFolder, number: Int, home: Home, ledger: Ledger, patterns: NamePatterns,
    every: Duration, log: LoopLog
  ) {
    self.folder = folder
    self.number = number
    self.home = home
    self.ledger = ledger
    self.patterns = patterns
    self.every = every
    self.log = log
  }

  // MARK: - For other threads

  /// The name below the folder of an object's place; nil where it is none of this folder's.
  func name(of place: String) -> String? {
    guard place.hasPrefix(folder.root + "/") else { return nil }
    let name = String(place.dropFirst(folder.root.count + 1))
    return accepts(name) ? name : nil
  }

  /// Has an object looked at soon.
  func look(at name: String) {
    shared.withLock { shared in
      shared.hints.insert(name)
      shared.open.insert(name)
    }
  }

  /// Whether an object that `look` was called for is in the ledger as it was then, or is gone.
  func isDone(_ name: String) -> Bool { shared.withLock { !$0.open.contains(name) } }

  /// What has been fetched; it stays until `confirm`.
  var arrivals: [Arrival] { shared.withLock(\.arrivals) }

  /// How many objects are on their way.
  var waiting: Int { shared.withLock { $0.outstanding + $0.arrivals.count } }

  /// Whether objects may be on their way.
  var isArriving: Bool {
    shared.withLock { !$0.hasLooked || $0.outstanding + $0.arrivals.count > 0 }
  }

  /// Forgets what has been fetched.
  ///
  /// - Parameter left: the names of those that are not in the ledger, and why; they are fetched again.
  func confirm(_ arrivals: [Arrival], left: [String: PipelineError]) {
    work.withLock { work in
      for arrival in arrivals {
        if let error = left[arrival.name] {
          work.wanted[arrival.name] = arrival.listed
          _ = work.failing[arrival.name, default: Backoff()].failed(error)
        } else {
          work.known.formUnion([arrival.listed, arrival.entry])
          work.unsettled[arrival.name] = .now
          work.failing[arrival.name] = nil
        }
      }
    }
    shared.withLock { shared in
      let names = Set(arrivals.map(\.name))
      shared.arrivals.removeAll { names.contains($0.name) }
      // One that a new notice tells of is looked at again first.
      shared.open.subtract(names.subtracting(left.keys).subtracting(shared.hints))
    }
    for arrival in arrivals { unlink(arrival.path) }
  }

  /// Ends what takes long.
  func stop() { shared.withLock { $0.isStopped = true } }

  /// Removes what has been fetched and was not taken; to be called when the thread has ended.
  func removeFetched() {
    for name in (try? Disk.names(in: home.plain)) ?? [] where name.hasPrefix(prefix) {
      unlink("\(home.plain)/\(name)")
    }
  }

  /// What the names of fetched files begin with.
  private var prefix: String { "fetched-\(number)-" }

  // MARK: - The thread

  /// Looks, and fetches some of what is new.
  func step() throws -> Lane.Outcome {
    if shared.withLock({ $0.isStopped }) { throw PipelineError.stopped }
    guard arrivals.isEmpty else { return .nothing }
    return try work.withLock { work in
      if let left = work.backoff.left() { return .failed(left.error, again: left.wait) }
      do {
        try load(&work)
        try follow(takeHints(), &work)
        if try list(&work) { work.noted = nil }
        try settle(&work)
      } catch PipelineError.stopped {
        throw PipelineError.stopped
      } catch {
        shared.withLock { shared in
          shared.hasLooked = true
          shared.outstanding = 0
        }
        try note(problem: error, &work)
        return .failed(error, again: work.backoff.failed(error))
      }
      work.backoff.succeeded()
      let failure = try fetch(&work)
      let problem = failure ?? work.unanswered.min { $0.key < $1.key }?.value
      shared.withLock { shared in
        shared.hasLooked = true
        shared.outstanding = work.wanted.count { work.failing[$0.key] == nil }
      }
      try note(problem: problem, &work)
      if !arrivals.isEmpty { return .nothing }
      if problem == nil { log.isWell(folder.name) }
      let wait = timeToNext(work)
      return problem.map { .failed($0, again: wait) } ?? .later(wait)
    }
  }

  /// How long there is nothing to do.
  private func timeToNext(_ work: Work) -> Duration {
    let now = ContinuousClock.now
    var wait = work.nextListing - now
    for since in work.unsettled.values { wait = min(wait, since + Self.second - now) }
    for name in work.wanted.keys {
      if let backoff = work.failing[name] { wait = min(wait, backoff.left(now)?.wait ?? .zero) }
    }
    return max(wait, .zero)
  }

  /// Whether a name counts, and can be a path below a folder here: keys may say anything.
  private func accepts(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.hasPrefix("_") && ($0 == ".." || !$0.hasPrefix(".")) }),
      patterns.accept(name)
    else { return false }
    let isPath = parts.allSatisfy { part in
      !part.isEmpty && part != ".." && part.utf8.count <= Self.longestPart
        && !part.utf8.contains(0)
    }
    if !isPath {
      log.problem(
        PipelineError.remote(
          facts: "\(folder.name)/\(name): this key cannot be the name of a file",
          advice: "give the object another key; the others are not held up"), about: name)
    }
    return isPath
  }

  private func load(_ work: inout Work) throws {
    if work.isLoaded { return }
    for object in try ledger.remoteObjects(of: folder.name) {
      work.known.insert(object.entry)
      // Times of processes do not compare: their second begins anew.
      if !object.isSettled { work.unsettled[object.entry.name] = .now }
    }
    work.isLoaded = true
  }

  private func takeHints() -> Set<String> {
    shared.withLock { shared in
      defer { shared.hints = [] }
      return shared.hints
    }
  }

  /// Looks at the objects that notices told of.
  private func follow(_ hints: Set<String>, _ work: inout Work) throws {
    var left = hints
    do {
      for (name, stamp) in try stamps(of: hints.sorted()) {
        switch stamp {
        case .success(let stamp): if try !want(name, stamp, &work) { close(name) }
        case .failure(let error):
          if Self.concernsAll(error) { throw error }
          // To fetch it fails alike, or not, with a pause of its own. What it is, fetching tells.
          if work.wanted[name] == nil {
            work.wanted[name] = RemoteEntry(name: name, size: 0, modified: 0)
          }
        }
        left.remove(name)
      }
    } catch {
      shared.withLock { $0.hints.formUnion(left) }
      throw error
    }
  }

  /// What objects are now.
  private func stamps(
    of names: [String]
  ) throws -> [(name: String, stamp: Result<RemoteStamp?, any Error>)] {
    try checkStopped()
    let stamps = Crew.map(names) { [self] name in
      Result {
        try checkStopped()
        return try folder.stamp(of: name)
      }
    }
    return Array(zip(names, stamps)).map { (name: $0, stamp: $1) }
  }

  /// Whether an object that is as `stamp` says is to be fetched.
  private func want(_ name: String, _ stamp: RemoteStamp?, _ work: inout Work) throws -> Bool {
    if let stamp, try !ledger.contains(stamp, name, of: folder.name) {
      work.wanted[name] = RemoteEntry(name: name, size: stamp.size, modified: stamp.modified)
      return true
    }
    work.wanted[name] = nil
    work.failing[name] = nil
    return false
  }

  /// Lists the folder, if it is time, and returns whether it was.
  private func list(_ work: inout Work) throws -> Bool {
    guard ContinuousClock.now >= work.nextListing else { return false }
    let entries = try folder.entries().filter { accepts($0.name) }
    for entry in entries where !work.known.contains(entry) { work.wanted[entry.name] = entry }
    // Those that are gone are not wanted any more.
    let names = Set(entries.map(\.name))
    for name in work.wanted.keys where !names.contains(name) {
      work.wanted[name] = nil
      work.failing[name] = nil
      close(name)
    }
    work.nextListing = .now + every
    return true
  }

  /// Looks once more at objects whose second is over.
  private func settle(_ work: inout Work) throws {
    let now = ContinuousClock.now
    let over = work.unsettled.filter { now >= $0.value + Self.second }
    if over.isEmpty { return }
    var settled: [String] = []
    for (name, stamp) in try stamps(of: over.keys.sorted()) {
      switch stamp {
      case .success(let stamp):
        // If it is another one, it is settled when that one is in the ledger.
        if try !want(name, stamp, &work) { settled.append(name) }
        work.unsettled[name] = nil
        work.unanswered[name] = nil
      case .failure(let error):
        if Self.concernsAll(error) { throw error }
        work.unsettled[name] = now + Self.unansweredPause
        work.unanswered[name] = error
      }
    }
    try ledger.settle(settled, of: folder.name)
  }

  private static func concernsAll(_ error: any Error) -> Bool {
    (error as? PipelineError)?.concernsAll ?? false
  }

  /// Fetches wanted objects, the oldest first.
  ///
  /// - Returns: why one could not be fetched.
  private func fetch(_ work: inout Work) throws -> (any Error)? {
    var (orders, problem) = due(work)
    do { try Disk.makeFolder(home.plain) } catch {
      for order in orders {
        _ = work.failing[order.entry.name, default: Backoff()].failed(error)
      }
      return error
    }
    for index in orders.indices {
      work.count += 1
      // With the other plain copies, so that what a killed loop leaves is removed.
      orders[index].path =
        "\(home.plain)/\(prefix)\(work.count)-"
        + Disk.end(of: Disk.name(of: orders[index].entry.name), bytes: 60)
    }
    let stamps = Crew.map(orders) { [self] order in
      Result { try folder.fetch(order.entry.name, to: order.path, checkStopped: checkStopped) }
    }
    var fetched: [Arrival] = []
    for (order, stamp) in zip(orders, stamps) {
      let entry = order.entry
      do {
        let stamp = try stamp.get()
        work.wanted[entry.name] = nil
        if let stamp, try !ledger.contains(stamp, entry.name, of: folder.name) {
          // What it failed with stays until it is taken: that may fail, too.
          fetched.append(Arrival(name: entry.name, listed: entry, path: order.path, stamp: stamp))
        } else {
          unlink(order.path)
          work.failing[entry.name] = nil
          // One that is listed and not there may be there the next time.
          if stamp != nil { work.known.insert(entry) }
          close(entry.name)
        }
      } catch {
        unlink(order.path)
        if (error as? PipelineError) == .stopped { throw error }
        _ = work.failing[entry.name, default: Backoff()].failed(error)
        problem = problem ?? error
      }
    }
    if !fetched.isEmpty { shared.withLock { $0.arrivals += fetched } }
    return problem
  }

  /// The objects that are to be fetched next, the oldest first, and why others have to wait.
  private func due(
    _ work: Work
  ) -> (orders: [(entry: RemoteEntry, path: String)], problem: (any Error)?) {
    let now = ContinuousClock.now
    let wanted = work.wanted.values.sorted { ($0.modified, $0.name) < ($1.modified, $1.name) }
    shared.withLock { $0.outstanding = wanted.count { work.failing[$0.name] == nil } }
    var orders: [(entry: RemoteEntry, path: String)] = []
    var problem: (any Error)?
    var bytes = 0
    for entry in wanted {
      if let left = work.failing[entry.name]?.left(now) {
        problem = problem ?? left.error
        continue
      }
      // One at least, however large.
      let isFull = orders.count == Self.batch.count || entry.size > Self.batch.bytes - bytes
      if isFull, !orders.isEmpty { break }
      orders.append((entry, ""))
      bytes += entry.size
    }
    return (orders, problem)
  }

  private func close(_ name: String) {
    shared.withLock { shared in
      if !shared.hints.contains(name) { shared.open.remove(name) }
    }
  }

  private func checkStopped() throws {
    if shared.withLock({ $0.isStopped }) { throw PipelineError.stopped }
  }

  /// Writes down how it stands, for those who look at the home.
  private func note(problem: (any Error)?, _ work: inout Work) throws {
    let place = RemotePlace(
      place: folder.name, kind: .folder, waiting: work.wanted.count + arrivals.count,
      problem: problem.map(LoopLog.text))
    if place == work.noted { return }
    try ledger.note(place, at: Moment.now())
    work.noted = place
  }
}

extension RemoteSource.Arrival {
  /// The object as a listing has it.
  var entry: RemoteEntry { RemoteEntry(name: name, size: stamp.size, modified: stamp.modified) }
}
