// How a file that is in the ledger leaves the inbox: away first, then looked at, as a program may still
// write to it.
internal import Glibc
internal import Storage

/// Takes files out of the inbox.
struct InboxRemoval {
  private let services: LoopServices
  private var takenCount = 0
  /// Files that were taken out of the inbox and that a program may still have open.
  private var kept: [(place: String, name: String, since: ContinuousClock.Instant)] = []

  init(_ services: LoopServices) { self.services = services }

  /// Takes a file that is in the ledger out of the inbox; elsewhere it stays.
  ///
  /// - Returns: whether it is done with; if not, it stays for good.
  mutating func release(_ file: FoundFile, _ tracker: inout StabilityTracker) -> Bool {
    guard file.source == services.directory.inbox else { return false }
    takenCount += 1
    let name = Disk.end(of: Disk.name(of: file.name), bytes: 60)
    let place = "\(services.directory.taken)/\(takenCount)-\(getpid())-\(name)"
    // Away first, then looked at: a newer file may just have got the name, or a program may write to
    // this one.
    if rename(file.path, place) == 0 {
      switch removal(of: place, as: file.identity) {
      case .possible: unlink(place)
      case .changed: putBack(place, as: file.name)
      case .unknown: kept.append((place, file.name, .now))
      }
      return true
    }
    if errno == ENOENT { return true }
    if errno == EXDEV {
      switch removal(of: file.path, as: file.identity) {
      case .changed:
        tracker.delay(file, by: .milliseconds(500), now: .now)
        return true
      case .possible, .unknown: if unlink(file.path) == 0 || errno == ENOENT { return true }
      }
    }
    let error = Disk.failure(.remove, file.path)
    services.log.problem(error, about: file.path)
    tracker.delay(file, by: .seconds(30), now: .now, because: error)
    return true
  }

  /// Whether a file that is stored may be removed.
  private enum Removal {
    case possible
    /// It is another one, or a program has it open for writing.
    case changed
    /// It is as it was, and a program may still have it open.
    case unknown
  }

  private func removal(of path: String, as identity: Disk.Identity) -> Removal {
    let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      // What cannot be opened any more was read by another name of this user's, and is as it was or not.
      let status = Disk.status(path)
      return status.map { Disk.Identity($0).isSameContent(as: identity) } == true
        ? .unknown : .changed
    }
    defer {
      WriterLease.giveBack(descriptor)
      close(descriptor)
    }
    let answer = services.store.lease.take(descriptor)
    var status = stat()
    guard answer != .refused, fstat(descriptor, &status) == 0,
      Disk.Identity(status).isSameContent(as: identity),
      answer != .granted || !WriterLease.isWanted(descriptor)
    else { return .changed }
    return answer == .granted ? .possible : .unknown
  }

  /// Removes files that were taken out of the inbox and have not changed since for as long as a file may
  /// be unfinished; others go back.
  mutating func sweep() throws {
    let now = ContinuousClock.now
    while let first = kept.first, now - first.since >= services.patience {
      try settle(first.place, as: first.name)
      kept.removeFirst()
    }
  }

  /// Removes a file on its way out that is in the ledger as it is, and puts others back.
  private func settle(_ place: String, as name: String) throws {
    guard let status = Disk.status(place) else { return }
    let identity = Disk.Identity(status)
    if try services.ledger.contains(identity, of: services.directory.inbox),
      removal(of: place, as: identity) != .changed
    {
      unlink(place)
    } else {
      putBack(place, as: name)
    }
  }

  /// Ends what a killed loop began: what it had taken out is in the ledger, or comes back.
  func recover() throws {
    for name in try Disk.names(in: services.directory.taken) {
      try settle(
        "\(services.directory.taken)/\(name)",
        as: name.split(separator: "-", maxSplits: 2).last.map(String.init) ?? name)
    }
  }

  private func putBack(_ place: String, as name: String) {
    // Not over a file that is newer still.
    var target = "\(services.directory.inbox)/\(name)"
    var attempt = 0
    while link(place, target) != 0 {
      guard errno == EEXIST, attempt < 1_000 else { return }
      attempt += 1
      target =
        "\(services.directory.inbox)/\(Disk.parent(of: "/\(name)").dropFirst())/\(attempt)-"
        + Disk.name(of: name)
    }
    unlink(place)
  }
}
