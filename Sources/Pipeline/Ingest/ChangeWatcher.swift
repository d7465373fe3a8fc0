// inotify, as a wake-up and nothing more: the truth is what a scan finds. A thread of its own drains
// the queue, so that it does not fill while the loop is busy, and when it overflows all the same, a
// scan follows as after any other event.
import Glibc
import Storage
import Synchronization
import Texts

/// Watches folders, sends a wake signal when something happens, and remembers what was renamed into them.
final class ChangeWatcher: Sendable {
  private let descriptor: Int32
  private let wakeSignal: WakeSignal
  private let state = Mutex(State())

  private struct State {
    /// The folder of each watch.
    var folders: [Int32: String] = [:]
    var watches: [ByteText: Int32] = [:]
    /// Files that came with their name, whole: there is nothing to wait for.
    var renamed: Set<ByteText> = []
    /// Those of before the scan that is going on.
    var scanned: Set<ByteText> = []
    var overflows = 0
    var isStopped = false
  }

  // Files that are closed after writing, that arrive by a new name or another link, folders that
  // appear, and the end of a watched folder.
  private static let mask =
    UInt32(IN_CLOSE_WRITE) | UInt32(IN_MOVED_TO) | UInt32(IN_CREATE) | UInt32(IN_DELETE_SELF)
    | UInt32(IN_MOVE_SELF) | UInt32(IN_ONLYDIR) | UInt32(IN_DONT_FOLLOW)

  /// Beyond so many remembered names the settling time decides.
  private static let mostRenamed = 100_000

  /// Starts the thread.
  init(wakeSignal: WakeSignal) throws {
    descriptor = inotify_init1(Int32(IN_CLOEXEC))
    guard descriptor >= 0 else { throw Disk.failure(.watch, "folders") }
    self.wakeSignal = wakeSignal
    _ = BackgroundThread { [self] in drain() }
  }

  /// Ends the thread, and gives back what the system lends to few; nothing is watched from now on.
  func stop() {
    let watch = state.withLock { state in
      state.isStopped = true
      return state.folders.keys.first
    }
    // The end of a watch is an event, which wakes the thread.
    if let watch { inotify_rm_watch(descriptor, watch) }
  }

  /// Watches a folder; watching it again changes nothing.
  ///
  /// - Returns: whether it can be watched; if not, scans have to do.
  @discardableResult
  func watch(_ folder: String) -> Bool {
    if state.withLock({ $0.watches[ByteText(folder)] != nil }) { return true }
    let watch = inotify_add_watch(descriptor, folder, Self.mask)
    guard watch >= 0 else { return false }
    state.withLock { state in
      state.folders[watch] = folder
      state.watches[ByteText(folder)] = watch
    }
    return true
  }

  /// Forgets the names that the last scan could have found and did not: they do not count, or are gone.
  func beginScan() {
    state.withLock { state in
      state.scanned = state.renamed
      state.renamed = []
    }
  }

  /// Whether a file arrived by its name, which is forgotten.
  func takeRenamed(_ path: String) -> Bool {
    state.withLock { state in
      let isNew = state.renamed.remove(ByteText(path)) != nil
      return state.scanned.remove(ByteText(path)) != nil || isNew
    }
  }

  /// How often the queue has overflowed.
  var overflows: Int { state.withLock(\.overflows) }

  private func drain() {
    let size = 1 << 16
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 8)
    while true {
      let count = read(descriptor, buffer.baseAddress, size)
      if count < 0 && errno == EINTR { continue }
      guard count > 0, !state.withLock(\.isStopped) else {
        close(descriptor)
        return
      }
      state.withLock { take(UnsafeRawBufferPointer(rebasing: buffer[..<count]), &$0) }
      wakeSignal.send()
    }
  }

  private func take(_ bytes: UnsafeRawBufferPointer, _ state: inout State) {
    let headSize = MemoryLayout<inotify_event>.size
    var place = 0
    while place + headSize <= bytes.count {
      let event = bytes.loadUnaligned(fromByteOffset: place, as: inotify_event.self)
      let name = bytes[(place + headSize)..<(place + headSize + Int(event.len))]
      place += headSize + Int(event.len)
      if event.mask & UInt32(IN_Q_OVERFLOW) != 0 {
        state.overflows += 1
        continue
      }
      guard let folder = state.folders[event.wd] else { continue }
      if event.mask & (UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF) | UInt32(IN_IGNORED)) != 0 {
        // If it is there again, the next scan watches it again.
        if event.mask & UInt32(IN_IGNORED) == 0 { inotify_rm_watch(descriptor, event.wd) }
        state.folders[event.wd] = nil
        state.watches[ByteText(folder)] = nil
        continue
      }
      let path = "\(folder)/\(String(decoding: name.prefix { $0 != 0 }, as: UTF8.self))"
      if event.mask & UInt32(IN_MOVED_TO) != 0 {
        if state.renamed.count < Self.mostRenamed { state.renamed.insert(ByteText(path)) }
      } else {
        // A program writes to it after all.
        state.renamed.remove(ByteText(path))
        state.scanned.remove(ByteText(path))
      }
    }
  }
}
