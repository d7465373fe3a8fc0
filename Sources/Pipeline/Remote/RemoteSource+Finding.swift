// What is new in a folder: by notices, by listings, and by a second look at what was fetched.
internal import Synchronization
internal import Texts

extension RemoteSource {
  /// When an object is asked for again that gave no answer.
  private static let unansweredPause = Duration.seconds(60)

  /// Looks at the objects that notices told of.
  func follow(_ hints: Set<ByteText>, _ work: inout Work) throws {
    var left = hints
    do {
      for (name, stamp) in try stamps(of: hints.sorted()) {
        switch stamp {
        case .success(let stamp): if try !want(name, stamp, &work) { close(name) }
        case .failure(let error):
          if Self.concernsAll(error) { throw error }
          // To fetch it fails alike, or not, with a pause of its own. What it is, fetching tells.
          if work.wanted[name] == nil {
            work.wanted[name] = RemoteEntry(name: name.string, size: 0, modified: 0)
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
    of names: [ByteText]
  ) throws -> [(name: ByteText, stamp: Result<RemoteStamp?, any Error>)] {
    try checkStopped()
    let stamps = ParallelMap.results(of: names) { [self] name in
      Result {
        try checkStopped()
        return try folder.stamp(of: name.string)
      }
    }
    return Array(zip(names, stamps)).map { (name: $0, stamp: $1) }
  }

  /// Whether an object that is as `stamp` says is to be fetched.
  private func want(_ name: ByteText, _ stamp: RemoteStamp?, _ work: inout Work) throws -> Bool {
    if let stamp, try !services.ledger.contains(stamp, name.string, of: folder.name) {
      work.wanted[name] = RemoteEntry(name: name.string, size: stamp.size, modified: stamp.modified)
      return true
    }
    work.wanted[name] = nil
    work.failing[name] = nil
    return false
  }

  /// Lists the folder, if it is time, and returns whether it was.
  func list(_ work: inout Work) throws -> Bool {
    guard ContinuousClock.now >= work.nextListing else { return false }
    let entries = try folder.entries().filter { accepts($0.name) }
    for entry in entries where !work.known.contains(entry) { work.wanted[entry.key] = entry }
    // Those that are gone are not wanted any more.
    let names = Set(entries.map(\.key))
    for name in work.wanted.keys where !names.contains(name) {
      work.wanted[name] = nil
      work.failing[name] = nil
      close(name)
    }
    work.nextListing = .now + .seconds(services.configuration.watching.listEvery)
    return true
  }

  /// Looks once more at objects whose second is over.
  func settle(_ work: inout Work) throws {
    let now = ContinuousClock.now
    let over = work.unsettled.filter { now >= $0.value + Self.second }
    if over.isEmpty { return }
    var settled: [String] = []
    for (name, stamp) in try stamps(of: over.keys.sorted()) {
      switch stamp {
      case .success(let stamp):
        // If it is another one, it is settled when that one is in the ledger.
        if try !want(name, stamp, &work) { settled.append(name.string) }
        work.unsettled[name] = nil
        work.unanswered[name] = nil
      case .failure(let error):
        if Self.concernsAll(error) { throw error }
        work.unsettled[name] = now + Self.unansweredPause
        work.unanswered[name] = error
      }
    }
    try services.ledger.settle(settled, of: folder.name)
  }

  private static func concernsAll(_ error: any Error) -> Bool {
    (error as? PipelineError)?.concernsAll ?? false
  }
}
