// One folder on another system: what is there that the ledger does not have is fetched, by a thread
// of its own, because other systems may be slow or away. The loop takes what was fetched.
//
// An object is told from what is known by its name, size and time, which a listing has. Times are whole
// seconds, so one that was replaced within its second would look the same: therefore each object is
// asked for its tag once more, when that second is surely over.
internal import Glibc
internal import Storage
internal import Synchronization
internal import Texts

/// Finds what is new in a folder, and fetches it.
final class RemoteSource: Sendable {
  let folder: any RemoteFolder
  let services: LoopServices
  private let patterns: NamePatterns
  private let number: Int
  let shared = Mutex(Shared())
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
  struct Shared {
    /// Names that a notice told of, to be looked at.
    var hints: Set<ByteText> = []
    /// Names that a notice told of and whose newest state the ledger may lack.
    var open: Set<ByteText> = []
    var arrivals: [Arrival] = []
    /// Objects that are to be fetched and have not failed.
    var outstanding = 0
    var hasLooked = false
    var isStopped = false
  }

  /// What the thread itself remembers.
  struct Work {
    var isLoaded = false
    var known: Set<RemoteEntry> = []
    var wanted: [ByteText: RemoteEntry] = [:]
    var failing: [ByteText: Backoff] = [:]
    /// Objects whose second may not be over: when they were fetched first.
    var unsettled: [ByteText: ContinuousClock.Instant] = [:]
    /// Those of them that could not be asked for, and why.
    var unanswered: [ByteText: any Error] = [:]
    var nextListing = ContinuousClock.now
    var backoff = Backoff()
    var noted: RemotePlace?
    var count = 0
  }

  /// When an object's second is over, also where clocks of another system disagree by a second.
  static let second = Duration.seconds(3)
  /// Bytes of a name between slashes that leave room for what is added to those of predictions.
  private static let longestPart = 200

  /// Describes a source.
  ///
  /// - Parameter number: another one for each folder of a loop.
  init(_ folder: any RemoteFolder, number: Int, _ services: LoopServices) {
    self.folder = folder
    self.number = number
    self.services = services
    patterns = services.configuration.watching.patterns
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
      shared.hints.insert(ByteText(name))
      shared.open.insert(ByteText(name))
    }
  }

  /// Whether an object that `look` was called for is in the ledger as it was then, or is gone.
  func isDone(_ name: String) -> Bool { shared.withLock { !$0.open.contains(text: name) } }

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
  func confirm(_ arrivals: [Arrival], left: [ByteText: PipelineError]) {
    work.withLock { work in
      for arrival in arrivals {
        if let error = left[arrival.key] {
          work.wanted[arrival.key] = arrival.listed
          _ = work.failing[arrival.key, default: Backoff()].failed(error)
        } else {
          work.known.formUnion([arrival.listed, arrival.entry])
          work.unsettled[arrival.key] = .now
          work.failing[arrival.key] = nil
        }
      }
    }
    shared.withLock { shared in
      let names = Set(arrivals.map(\.key))
      shared.arrivals.removeAll { names.contains($0.key) }
      // One that a new notice tells of is looked at again first.
      shared.open.subtract(names.subtracting(left.keys).subtracting(shared.hints))
    }
    for arrival in arrivals { unlink(arrival.path) }
  }

  /// Ends what takes long.
  func stop() { shared.withLock { $0.isStopped = true } }

  /// Removes what has been fetched and was not taken; to be called when the thread has ended.
  func removeFetched() {
    for name in (try? Disk.names(in: services.directory.plain)) ?? [] where name.hasPrefix(prefix) {
      unlink("\(services.directory.plain)/\(name)")
    }
  }

  /// What the names of fetched files begin with.
  var prefix: String { "fetched-\(number)-" }

  // MARK: - The thread

  /// Looks, and fetches some of what is new.
  func step() throws -> WorkerLoop.Outcome {
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
      if problem == nil { services.log.resolved(folder.name) }
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
  func accepts(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.hasPrefix("_") && ($0 == ".." || !$0.hasPrefix(".")) }),
      patterns.accept(name)
    else { return false }
    let isPath = parts.allSatisfy { part in
      !part.isEmpty && part != ".." && part.utf8.count <= Self.longestPart
        && !part.utf8.contains(0)
    }
    if !isPath {
      services.log.problem(
        PipelineError.remote(
          facts: "\(folder.name)/\(name): this key cannot be the name of a file",
          advice: "give the object another key; the others are not held up"), about: name)
    }
    return isPath
  }

  private func load(_ work: inout Work) throws {
    if work.isLoaded { return }
    for object in try services.ledger.remoteObjects(of: folder.name) {
      work.known.insert(object.entry)
      // Times of processes do not compare: their second begins anew.
      if !object.isSettled { work.unsettled[object.entry.key] = .now }
    }
    work.isLoaded = true
  }

  private func takeHints() -> Set<ByteText> {
    shared.withLock { shared in
      defer { shared.hints = [] }
      return shared.hints
    }
  }

  func close(_ name: ByteText) {
    shared.withLock { shared in
      if !shared.hints.contains(name) { shared.open.remove(name) }
    }
  }

  func checkStopped() throws {
    if shared.withLock({ $0.isStopped }) { throw PipelineError.stopped }
  }

  /// Writes the state of the folder into the ledger, for `mlcore status`.
  private func note(problem: (any Error)?, _ work: inout Work) throws {
    let place = RemotePlace(
      place: folder.name, kind: .folder, waiting: work.wanted.count + arrivals.count,
      problem: problem.map(services.log.text))
    if place == work.noted { return }
    try services.ledger.note(place)
    work.noted = place
  }
}

extension RemoteSource.Arrival {
  var key: ByteText { ByteText(name) }
  /// The object as a listing has it.
  var entry: RemoteEntry { RemoteEntry(name: name, size: stamp.size, modified: stamp.modified) }
}
