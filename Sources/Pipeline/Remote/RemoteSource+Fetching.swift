// Fetches what is new, some objects at a time.
internal import Glibc
internal import Storage
internal import Synchronization
internal import Texts

extension RemoteSource {
  /// What is fetched before the loop takes it.
  private static let batch = (count: 256, bytes: 512 << 20)

  /// Fetches wanted objects, the oldest first.
  ///
  /// - Returns: why one could not be fetched.
  func fetch(_ work: inout Work) throws -> (any Error)? {
    var (orders, problem) = due(work)
    do { try Disk.makeFolder(services.directory.plain) } catch {
      for order in orders {
        _ = work.failing[order.entry.key, default: Backoff()].failed(error)
      }
      return error
    }
    for index in orders.indices {
      work.count += 1
      // With the other plain copies, so that what a killed loop leaves is removed.
      orders[index].path =
        "\(services.directory.plain)/\(prefix)\(work.count)-"
        + Disk.end(of: Disk.name(of: orders[index].entry.name), bytes: 60)
    }
    let stamps = ParallelMap.results(of: orders) { [self] order in
      Result { try folder.fetch(order.entry.name, to: order.path, checkStopped: checkStopped) }
    }
    var fetched: [Arrival] = []
    for (order, stamp) in zip(orders, stamps) {
      let entry = order.entry
      do {
        let stamp = try stamp.get()
        work.wanted[entry.key] = nil
        if let stamp, try !services.ledger.contains(stamp, entry.name, of: folder.name) {
          // What it failed with stays until it is taken: that may fail, too.
          fetched.append(Arrival(name: entry.name, listed: entry, path: order.path, stamp: stamp))
        } else {
          unlink(order.path)
          work.failing[entry.key] = nil
          // One that is listed and not there may be there the next time.
          if stamp != nil { work.known.insert(entry) }
          close(entry.key)
        }
      } catch {
        unlink(order.path)
        if (error as? PipelineError) == .stopped { throw error }
        _ = work.failing[entry.key, default: Backoff()].failed(error)
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
    let wanted = work.wanted.values.sorted { ($0.modified, $0.key) < ($1.modified, $1.key) }
    shared.withLock { $0.outstanding = wanted.count { work.failing[$0.key] == nil } }
    var orders: [(entry: RemoteEntry, path: String)] = []
    var problem: (any Error)?
    var bytes = 0
    for entry in wanted {
      if let left = work.failing[entry.key]?.left(now) {
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
}
